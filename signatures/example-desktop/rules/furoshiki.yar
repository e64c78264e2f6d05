/*
 * The made-up Furoshiki: what is in its programs.
 * SPDX-License-Identifier: Apache-2.0
 */

rule furoshiki_program {
	meta:
		description = "The program holds the text by which Furoshiki marks what it has wrapped."
		family = "furoshiki"
		role = "object"
		score = 85
		evidence = "content"
		gate = "pe"
		reference = "made up"
	strings:
		$mark = "furoshiki/1 knot=%04x" ascii wide
	condition:
		uint16(0) == 0x5A4D and $mark
}

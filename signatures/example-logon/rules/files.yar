/*
 * Files of the made-up Hanko Guard: what is in them.
 * SPDX-License-Identifier: Apache-2.0
 */

rule hanko_package {
	meta:
		description = "The program holds the name of the pipe by which the parts of the Hanko Guard find each other."
		family = "hanko"
		role = "package"
		score = 85
		evidence = "content"
		gate = "pe"
		reference = "made up"
	strings:
		$pipe = "\\\\.\\pipe\\hanko-guard-72f1" ascii wide
	condition:
		uint16(0) == 0x5A4D and $pipe
}

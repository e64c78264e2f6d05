/*
 * Commands for Monkif, fetched as pictures and left in a browser cache.
 * SPDX-License-Identifier: Apache-2.0
 */

rule monkif_command_jpeg_in_cache {
	meta:
		description = "A picture in a browser's cache begins like a JPEG but carries a hidden web address in the way the Monkif family gets its commands."
		family = "monkif"
		role = "command"
		score = 65
		evidence = "content"
		gate = "jpeg"
		reference = "Emerging Threats 2012507 (identifiers only); IBM Tokyo SOC as reported by Scan 2010-10-28"
	strings:
		/* "http://" with every byte changed by XOR 4. */
		$address = "lppt>++"
	condition:
		uint16(0) == 0xD8FF and uint32be(0) == 0xFFD8FFE0 and
		uint32be(6) == 0x4A464946 and
		(object == "file" or object == "member") and
		location == "browser_cache" and
		/* Within 50 bytes after FF D8 FF E0 .. .. JFIF 00 01 01. */
		$address in (13..63)
}

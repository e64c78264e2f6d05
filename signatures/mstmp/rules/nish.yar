/*
 * AdvBHO.dll (Nish) and the public Delphi example it is built on.  The
 * example alone proves nothing: harmless programs and other malware use it.
 * SPDX-License-Identifier: Apache-2.0
 */

rule nish_key_constant {
	meta:
		description = "The program holds a 71-character constant that is known only from AdvBHO.dll (Nish)."
		family = "nish"
		role = "clicker"
		score = 95
		evidence = "content"
		gate = "pe"
		reference = "public description of Win32/Nish.A (identifier only)"
	strings:
		$constant = "6A7BED02E14D6A2E14D6AEA2E14D6AEA2E14D6AEA2E14D6AED02E14D6AD6A7BED02E14D"
	condition:
		uint16(0) == 0x5A4D and $constant
}

rule nish_classes_and_url {
	meta:
		description = "The program holds the two class names of AdvBHO.dll (Nish), the second one followed by a web address."
		family = "nish"
		role = "clicker"
		score = 90
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Nish.A and .B (identifiers only)"
	strings:
		$factory = "TIEAdvBHOFactory"
		/* Padding, then the header of a Delphi string, then the text. */
		$monitor = /TIEMonitor.{0,16}http:\/\//s
	condition:
		uint16(0) == 0x5A4D and all of them
}

rule nish_classes {
	meta:
		description = "The program holds the two class names of AdvBHO.dll (Nish), but not the web address that belongs to them."
		family = "nish"
		role = "clicker"
		score = 50
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Nish.A and .B (identifiers only)"
		fact = "delphi_example"
	strings:
		$factory = "TIEAdvBHOFactory"
		$monitor = "TIEMonitor" fullword
	condition:
		uint16(0) == 0x5A4D and all of them
}

rule delphi_bho_example {
	meta:
		description = "The program is built on a public Delphi example for browser add-ons. AdvBHO.dll is too, but so are harmless programs."
		family = ""
		role = ""
		score = 30
		evidence = "content"
		gate = "pe"
		reference = "public Delphi unit CIEBHO"
		fact = "delphi_example"
	strings:
		$factory = "TIEAdvBHOFactory"
		$object = "TTIEAdvBHO"
		$clsid = "{D032570A-5F63-4812-A094-87D007C23012}" ascii wide nocase
		$clsid_bytes = { 0A 57 32 D0 63 5F 12 48 A0 94 87 D0 07 C2 30 12 }
	condition:
		uint16(0) == 0x5A4D and any of them
}

rule advbho_of_another_product {
	meta:
		description = "The program AdvBHO.dll holds the class name of an unrelated product of that name."
		family = ""
		role = ""
		score = 10
		evidence = "content"
		gate = "pe"
		reference = "public description of that product (identifier only); JPCERT-AT-2010-0028 as reported by CNET Japan (name)"
	strings:
		$class = "CAdvBHOClass" ascii wide
	condition:
		uint16(0) == 0x5A4D and filename iequals "AdvBHO.dll" and $class
}

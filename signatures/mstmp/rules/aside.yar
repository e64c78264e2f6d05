/*
 * What an antivirus has put aside under another name: the program does nothing
 * any more, but an entry that loads it, or its list, may be left.
 * SPDX-License-Identifier: Apache-2.0
 */

rule put_aside_in_temp {
	meta:
		description = "A file in a folder for temporary files is called as an antivirus renames mstmp or its like when it puts it aside. It does nothing under that name; the entry that loaded it may be left."
		family = "monkif"
		role = "residue"
		score = 40
		evidence = "name"
		gate = "any"
		reference = "names of ITpro 2010-10-27 and Trend Micro TROJ_MONKIF.WC with the endings of antivirus programs"
		fact = "path"
	condition:
		filename matches /^(mstmp|msfat32|0\.[0-9]{15,18}(\.swf)?)[. ]*\.(vir|virus|infected|quarantined?)$/i and
		object == "file" and location == "temp"
}

rule put_aside_in_shared {
	meta:
		description = "A file in the folder Shared directly below Program Files is called as an antivirus renames the clicker of 2010 when it puts it aside. It does nothing under that name; the entry that loaded it and its list may be left."
		family = "exedot"
		role = "residue"
		score = 40
		evidence = "name"
		gate = "any"
		reference = "names of JPCERT-AT-2010-0028 with the endings of antivirus programs"
		fact = "path"
	condition:
		filename matches /^(lib|AdvBHO)(\.dll|\.sig)?\.(vir|virus|infected|quarantined?)$/i and
		object == "file" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

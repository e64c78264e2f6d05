/*
 * Files of the made-up Hanko Guard: where they lie.  No rule reads a byte.
 * SPDX-License-Identifier: Apache-2.0
 */

rule hanko_place {
	meta:
		description = "A program lies in the folder Hanko of the data of all users, where the Hanko Guard puts itself."
		family = "hanko"
		role = "package"
		score = 50
		evidence = "name"
		gate = "any"
		reference = "made up"
		fact = "hanko_folder"
	condition:
		place iequals "%ProgramData%\\Hanko" and filetype == "EXE" and
		object == "file"
}

rule hanko_list {
	meta:
		description = "The file hanko.lst lies beside the package of the Hanko Guard."
		family = "hanko"
		role = "list"
		score = 40
		evidence = "name"
		gate = "any"
		reference = "made up"
		companion = "hankoev.dll"
	condition:
		filename iequals "hanko.lst" and object == "file" and
		place iequals "%ProgramData%\\Hanko"
}

/*
 * Names and places of the outbreak's files.  No rule here has strings or
 * reads a byte: the name is compared first, and `filetype` tells a program.
 * Dots and blanks behind a name do not count: to a program they are the same
 * file.  A name is weak evidence; none of these makes a finding malicious alone,
 * and with the entry that names the same path it is one fact ("path").
 * SPDX-License-Identifier: Apache-2.0
 */

rule mstmp_in_temp {
	meta:
		description = "The file mstmp lies in a folder for temporary files, where the downloader of 2010 put itself."
		family = "monkif"
		role = "downloader"
		score = 60
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1; Trend Micro TROJ_DLOAD.SMAB"
		fact = "path"
	condition:
		filename istartswith "mstmp" and
		filename matches /^mstmp[. ]*$/i and
		object == "file" and location == "temp" and
		filesize > 0 and filetype != "TEXT"
}

rule msfat32_in_temp {
	meta:
		description = "The file msfat32 lies in a folder for temporary files, where the sibling of 2011 put itself."
		family = "monkif"
		role = "downloader"
		score = 60
		evidence = "name"
		gate = "any"
		reference = "Trend Micro TROJ_MONKIF.WC"
		fact = "path"
	condition:
		filename istartswith "msfat32" and
		filename matches /^msfat32[. ]*$/i and
		object == "file" and location == "temp" and
		filesize > 0 and filetype != "TEXT"
}

rule text_named_like_monkif_in_temp {
	meta:
		description = "A file in a folder for temporary files bears a name of the outbreak, but it is empty or a text and no program."
		family = ""
		role = ""
		score = 20
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (name); notes and files put there to keep the program out"
		fact = "path"
	condition:
		(
			filename istartswith "mstmp" or
			filename istartswith "msfat32"
		) and
		filename matches /^(mstmp|msfat32)[. ]*$/i and
		object == "file" and location == "temp" and
		(filesize == 0 or filetype == "TEXT")
}

/* The number is Java's Math.random(): 17 digits that count, behind zeros, or
 * with an exponent. */
rule program_named_random_swf_in_temp {
	meta:
		description = "A program in a folder for temporary files calls itself a Flash film with a random number as its name, like the first stage of the attack."
		family = "monkif"
		role = "dropper"
		score = 60
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (0.<16 digits>.swf); header test and the other forms of such a number inferred"
		fact = "path"
	condition:
		extension iequals ".swf" and
		filename matches /^(0\.[0-9]{14,19}|[0-9]\.[0-9]{1,19}E-[0-9]{1,2})\.swf$/i and
		filetype == "EXE" and object == "file" and location == "temp"
}

rule program_named_random_swf_elsewhere {
	meta:
		description = "A program calls itself a Flash film with a random number as its name, outside the folders for temporary files."
		family = "monkif"
		role = "dropper"
		score = 30
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (name); place not reported"
		fact = "path"
	condition:
		extension iequals ".swf" and
		filename matches /^(0\.[0-9]{14,19}|[0-9]\.[0-9]{1,19}E-[0-9]{1,2})\.swf$/i and
		filetype == "EXE" and object == "file" and location != "temp"
}

rule program_ms001_in_temp {
	meta:
		description = "A program in a folder for temporary files bears the name ms001.tmp, which droppers of the Monkif family use."
		family = "monkif"
		role = "dropper"
		score = 40
		evidence = "name"
		gate = "any"
		reference = "public description of the Monkif.J dropper (file name)"
		fact = "path"
	condition:
		filename iequals "ms001.tmp" and filetype == "EXE" and
		object == "file" and location == "temp"
}

rule lib_dll_in_program_files_shared {
	meta:
		description = "The program lib.dll lies in the folder Shared directly below Program Files, where the clicker of 2010 put itself."
		family = "exedot"
		role = "clicker"
		score = 60
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1; JPCERT-AT-2010-0028"
		fact = "path"
	condition:
		filename iequals "lib.dll" and filetype == "EXE" and
		object == "file" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule lib_sig_in_program_files_shared {
	meta:
		description = "The file lib.sig lies in the folder Shared directly below Program Files, where the clicker lib.dll kept its list, and it is no OpenPGP signature."
		family = "exedot"
		role = "component"
		score = 50
		evidence = "name"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan; folder inferred"
		companion = "lib.dll"
		fact = "path"
	condition:
		filename iequals "lib.sig" and object == "file" and
		filetype != "PGP" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule other_sig_in_program_files_shared {
	meta:
		description = "A .sig file lies in the folder Shared directly below Program Files, the folder of the clicker of 2010."
		family = "exedot"
		role = "component"
		score = 25
		evidence = "name"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 (extension .sig); other names inferred"
		fact = "path"
	condition:
		extension iequals ".sig" and not filename iequals "lib.sig" and
		object == "file" and filetype != "PGP" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule advbho_dll_in_program_files_shared {
	meta:
		description = "The program AdvBHO.dll lies in the folder Shared directly below Program Files, the folder of the clicker lib.dll that it followed."
		family = "nish"
		role = "clicker"
		score = 50
		evidence = "name"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (name); folder inferred"
		fact = "path"
		unless = "advbho_of_another_product"
	condition:
		filename iequals "AdvBHO.dll" and filetype == "EXE" and
		object == "file" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule lib_dll_in_copy_of_shared {
	meta:
		description = "The program lib.dll lies in a folder Shared below a Program Files that is not the one of this Windows, as in a backup of an infected PC."
		family = "exedot"
		role = "clicker"
		score = 50
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1; JPCERT-AT-2010-0028; copies inferred"
		fact = "path"
	condition:
		filename iequals "lib.dll" and filetype == "EXE" and
		object == "file" and
		filepath matches /\\(program files|program files \(x86\)|progra~[0-9])\\shared$/i and not
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule put_aside_by_antivirus {
	meta:
		description = "A file that an antivirus has put aside bears a name of the outbreak, in the place where that program was. It does nothing any more; the entry that loaded it may still be there."
		family = ""
		role = "residue"
		score = 40
		evidence = "name"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 and JPCERT-AT-2010-0028 (names); general knowledge of such endings"
		fact = "path"
	condition:
		(
			extension iequals ".vir" or
			extension iequals ".virus" or
			extension iequals ".infected" or
			extension iequals ".quarantine" or
			extension iequals ".quarantined"
		) and object == "file" and
		(
			(
				location == "temp" and
				filename matches /^(mstmp|msfat32|0\.[0-9]{14,19}\.swf|[0-9]\.[0-9]{1,19}E-[0-9]{1,2}\.swf)\.[a-z]+$/i
			) or (
				(
					filename istartswith "lib." or
					filename istartswith "AdvBHO."
				) and
				filename matches /^(lib|AdvBHO)(\.dll)?\.[a-z]+$/i and
				place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
			) or
			filename istartswith "AdvBHO.dll."
		)
}

rule bare_name_elsewhere {
	meta:
		description = "A file bears one of the names that JPCERT told users to look for, in a place where nothing was reported. Harmless programs use such names too."
		family = ""
		role = ""
		score = 15
		evidence = "name"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan"
		fact = "path"
	condition:
		(
			(
				(
					filename istartswith "mstmp" or
					filename istartswith "msfat32"
				) and
				filename matches /^(mstmp|msfat32)[. ]*$/i and
				location != "temp"
			) or (
				(
					filename iequals "AdvBHO.dll" or
					(
						filename iequals "lib.sig" and
						filetype != "PGP"
					)
				) and not
				place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
			)
		) and object == "file"
}

/*
 * Registrations at Internet Explorer's extension points.  The scanner shows
 * each as text in a fixed form (agent/collect/registration.h); filename,
 * filepath, extension and location are those of the server's path.
 * $head is long and stands at the very beginning, so that ordinary files
 * are told apart by it.
 * SPDX-License-Identifier: Apache-2.0
 */

rule reg_text_html_monkif_server {
	meta:
		description = "A filter for every web page is registered that bears mstmp's own description and whose program lies in a temporary folder or has no extension."
		family = "monkif"
		role = "downloader"
		score = 95
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$label = "\nlabel: Microsoft Improved HTML MIME Filter" nocase
	condition:
		object == "registration" and $head at 0 and $name and $label and
		filename != "" and
		(
			location == "temp" or extension == "" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_text_html_monkif_label {
	meta:
		description = "A filter for every web page is registered that bears mstmp's own description."
		family = "monkif"
		role = "downloader"
		score = 85
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$label = "\nlabel: Microsoft Improved HTML MIME Filter" nocase
	condition:
		object == "registration" and $head at 0 and $name and $label
}

rule reg_text_html_in_temp {
	meta:
		description = "A filter for every web page is registered whose program lies in a folder for temporary files."
		family = "monkif"
		role = "downloader"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB (server path); generalised"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and not $gone and $name and
		(
			location == "temp" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_text_html_no_extension {
	meta:
		description = "A filter for every web page is registered whose program has a file name without extension."
		family = "monkif"
		role = "downloader"
		score = 64
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB (server path); generalised"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and not $gone and $name and
		filename != "" and extension == ""
}

rule reg_text_html_unknown {
	meta:
		description = "A filter for every web page is registered that is not on the list of known ones. Windows itself has no such filter."
		family = ""
		role = ""
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "general knowledge of text/html filters; HijackThis+ safe list"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$unknown = "\nknown: \n"
		/* Another tool calls these two safe; nobody knows whose. */
		$listed_1 = "\nclsid: {8D42AD12-D7A1-4797-BCB7-AD89E5FCE4F7}\n" nocase
		$listed_2 = "\nclsid: {F79B2338-A6E7-46D4-9201-422AA6E74F43}\n" nocase
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and not $gone and $name and $unknown and
		extension != "" and location != "temp" and not
		filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i and
		not $listed_1 and not $listed_2
}

rule reg_text_html_listed_elsewhere {
	meta:
		description = "A filter for every web page is registered that another tool lists as safe; who makes it is not known."
		family = ""
		role = ""
		score = 30
		evidence = "registration"
		gate = "any"
		reference = "HijackThis+ safe list (two identifiers)"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$listed_1 = "\nclsid: {8D42AD12-D7A1-4797-BCB7-AD89E5FCE4F7}\n" nocase
		$listed_2 = "\nclsid: {F79B2338-A6E7-46D4-9201-422AA6E74F43}\n" nocase
	condition:
		object == "registration" and $head at 0 and $name and
		($listed_1 or $listed_2)
}

rule reg_text_html_no_server {
	meta:
		description = "A filter for every web page is registered but leads to no program; it may be what is left of an infection."
		family = ""
		role = ""
		score = 40
		evidence = "registration"
		gate = "any"
		reference = "general knowledge of text/html filters"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $name and $unknown and
		filename == ""
}

rule reg_text_html_gone {
	meta:
		description = "A filter for every web page is still registered, but its program is gone, as after an antivirus took it away. The entry is what is left and can be removed."
		family = ""
		role = ""
		score = 40
		evidence = "registration"
		gate = "any"
		reference = "general knowledge of text/html filters"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$unknown = "\nknown: \n"
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and $name and $unknown and
		$gone and filename != ""
}

rule reg_loads_from_temp {
	meta:
		description = "Internet Explorer is told to load a program from a folder for temporary files, where no installed program lies."
		family = ""
		role = ""
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB (place); generalised"
		fact = "path"
	strings:
		$bho = "mstmpsweep registration 1\npoint: bho\n"
		$filter = "mstmpsweep registration 1\npoint: mime_filter\n"
		$loads = "\nloads: yes\n"
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and ($bho at 0 or $filter at 0) and
		$loads and not $gone and filename != "" and
		(
			location == "temp" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_server_named_like_monkif {
	meta:
		description = "An entry leads to a program in a folder for temporary files that bears a name of the outbreak and has no version information."
		family = "monkif"
		role = "downloader"
		score = 85
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC; ITpro 2010-10-27 page 1"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: "
		$loads = "\nloads: yes\n"
		$smkp = "mstmpsweep registration 1\npoint: software_clsid\n"
		$there = "\nexists: yes\n"
		$bare = "\nversion_resource: no\n"
	condition:
		object == "registration" and $head at 0 and
		($loads or $smkp) and $there and $bare and
		(
			filename matches /^(mstmp|msfat32)[. ]*$/i or
			filename matches /^(0\.[0-9]{14,19}|[0-9]\.[0-9]{1,19}E-[0-9]{1,2})\.swf$/i
		) and
		(
			location == "temp" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_server_named_like_monkif_only {
	meta:
		description = "An entry loads a file in a folder for temporary files that bears a name of the outbreak."
		family = "monkif"
		role = "downloader"
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC; ITpro 2010-10-27 page 1"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: "
		$loads = "\nloads: yes\n"
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and $loads and not $gone and
		(
			filename matches /^(mstmp|msfat32)[. ]*$/i or
			filename matches /^(0\.[0-9]{14,19}|[0-9]\.[0-9]{1,19}E-[0-9]{1,2})\.swf$/i
		) and
		(
			location == "temp" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_entry_named_like_monkif {
	meta:
		description = "An entry leads to a folder for temporary files and to a name of the outbreak, but nothing is loaded by it: it is what is left and can be removed."
		family = "monkif"
		role = "downloader"
		score = 40
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC; ITpro 2010-10-27 page 1"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: "
		$loads = "\nloads: yes\n"
		$gone = "\nexists: no\n"
	condition:
		object == "registration" and $head at 0 and ($gone or not $loads) and
		(
			filename matches /^(mstmp|msfat32)[. ]*$/i or
			filename matches /^(0\.[0-9]{14,19}|[0-9]\.[0-9]{1,19}E-[0-9]{1,2})\.swf$/i
		) and
		(
			location == "temp" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_bho_shared_lib_dll {
	meta:
		description = "Internet Explorer is told to load lib.dll from the folder Shared directly below Program Files, as the clicker of 2010 does."
		family = "exedot"
		role = "clicker"
		score = 64
		evidence = "registration"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (path); Security NEXT 2010-10-29 (Browser Helper Object)"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$loads = "\nloads: yes\n"
	condition:
		object == "registration" and $head at 0 and $loads and
		filename iequals "lib.dll" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule reg_bho_shared_lib_dll_bare {
	meta:
		description = "Internet Explorer is told to load lib.dll from the folder Shared directly below Program Files, as the clicker of 2010 does; the program has no version information, or lib.sig lies beside it."
		family = "exedot"
		role = "clicker"
		score = 90
		evidence = "registration"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (path); Security NEXT 2010-10-29 (Browser Helper Object)"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$loads = "\nloads: yes\n"
		$there = "\nexists: yes\n"
		$bare = "\nversion_resource: no\n"
		/* A list, in whatever form, is no signature that gpg made. */
		$sig = /\nbeside: ([^\n]{1,8000} \| )?lib\.sig \([A-Z0-9?]{1,8}\)( \||\n)/ nocase
		$pgp = /\nbeside: ([^\n]{1,8000} \| )?lib\.sig \(PGP\)( \||\n)/ nocase
	condition:
		object == "registration" and $head at 0 and $loads and $there and
		($bare or ($sig and not $pgp)) and
		filename iequals "lib.dll" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule reg_bho_shared_lib_dll_not_loaded {
	meta:
		description = "An entry for add-ons leads to lib.dll in the folder Shared directly below Program Files, the path of the clicker of 2010, but Internet Explorer does not load it: it is what is left and can be removed."
		family = "exedot"
		role = "clicker"
		score = 40
		evidence = "registration"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (path); Security NEXT 2010-10-29 (Browser Helper Object)"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$loads = "\nloads: yes\n"
	condition:
		object == "registration" and $head at 0 and not $loads and
		filename iequals "lib.dll" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule reg_lib_dll_with_sig {
	meta:
		description = "An entry loads lib.dll, beside which lies a lib.sig that is no OpenPGP signature, as with the clicker of 2010."
		family = "exedot"
		role = "clicker"
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (both names); other folders inferred"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: "
		$loads = "\nloads: yes\n"
		/* A list, in whatever form, is no signature that gpg made. */
		$sig = /\nbeside: ([^\n]{1,8000} \| )?lib\.sig \([A-Z0-9?]{1,8}\)( \||\n)/ nocase
		$pgp = /\nbeside: ([^\n]{1,8000} \| )?lib\.sig \(PGP\)( \||\n)/ nocase
	condition:
		object == "registration" and $head at 0 and $loads and
		filename iequals "lib.dll" and $sig and not $pgp
}

rule reg_bho_shared_other {
	meta:
		description = "Internet Explorer is told to load a program from the folder Shared directly below Program Files, the folder of the clicker of 2010."
		family = "exedot"
		role = "clicker"
		score = 50
		evidence = "registration"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (folder); other names inferred"
		fact = "path"
		unless = "advbho_of_another_product"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$unknown = "\nknown: \n"
		$loads = "\nloads: yes\n"
	condition:
		object == "registration" and $head at 0 and $loads and $unknown and
		not filename iequals "lib.dll" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule reg_bho_shared_advbho {
	meta:
		description = "Internet Explorer is told to load AdvBHO.dll from the folder Shared directly below Program Files, the folder of the clicker that it followed; the program has no version information."
		family = "nish"
		role = "clicker"
		score = 70
		evidence = "registration"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (name); folder inferred"
		fact = "path"
		unless = "advbho_of_another_product"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$loads = "\nloads: yes\n"
		$there = "\nexists: yes\n"
		$bare = "\nversion_resource: no\n"
	condition:
		object == "registration" and $head at 0 and $loads and
		$there and $bare and filename iequals "AdvBHO.dll" and
		place matches /^(%LOCALAPPDATA%\\VirtualStore\\Program Files( \(x86\))?|%ProgramFiles(\(x86\))?%)\\Shared$/i
}

rule reg_bho_advbho_bare {
	meta:
		description = "Internet Explorer is told to load an add-on from a file named AdvBHO.dll without version information, as the successor of the clicker of 2010 was named."
		family = "nish"
		role = "clicker"
		score = 55
		evidence = "registration"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (name; the folder is not known)"
		fact = "path"
		unless = "advbho_of_another_product"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$loads = "\nloads: yes\n"
		$there = "\nexists: yes\n"
		$bare = "\nversion_resource: no\n"
	condition:
		object == "registration" and $head at 0 and $loads and
		$there and $bare and filename iequals "AdvBHO.dll"
}

rule reg_bho_advbho_progid {
	meta:
		description = "Internet Explorer is told to load an add-on that calls itself AdvBHO.TIEAdvBHO, the name AdvBHO.dll (Nish) gets from the example it is built on."
		family = "nish"
		role = "clicker"
		score = 55
		evidence = "registration"
		gate = "any"
		reference = "public Delphi unit CIEBHO; name form inferred"
		fact = "delphi_example, path"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$progid = "\nprogid: AdvBHO.TIEAdvBHO\n" nocase
		$loads = "\nloads: yes\n"
	condition:
		object == "registration" and $head at 0 and $loads and $progid
}

rule reg_bho_delphi_example {
	meta:
		description = "An entry for add-ons bears the identifier or name of a public Delphi example. AdvBHO.dll is built on it, but so are harmless add-ons."
		family = ""
		role = ""
		score = 18
		evidence = "registration"
		gate = "any"
		reference = "public Delphi unit CIEBHO"
		fact = "delphi_example"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$clsid = "\nclsid: {D032570A-5F63-4812-A094-87D007C23012}\n" nocase
		$progid = /\nprogid: [^\n]{1,64}\.TIEAdvBHO\n/ nocase
	condition:
		object == "registration" and $head at 0 and ($clsid or $progid)
}

rule reg_bho_named_advbho {
	meta:
		description = "An entry for add-ons leads to a file named AdvBHO.dll. Another, unrelated product uses that name too."
		family = ""
		role = ""
		score = 15
		evidence = "registration"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (name)"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
	condition:
		object == "registration" and $head at 0 and
		filename iequals "AdvBHO.dll"
}

rule reg_software_clsid_odd_server {
	meta:
		description = "A class is registered in a place where Windows does not look, and its program lies in a temporary folder or has no extension, as with a sibling of mstmp."
		family = "monkif"
		role = "downloader"
		score = 45
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_MONKIF.SMKP"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: software_clsid\n"
	condition:
		object == "registration" and $head at 0 and filename != "" and
		(
			location == "temp" or extension == "" or
			filepath matches /^[a-z]:\\(documents and settings|docume~[0-9]|users)\\[^\\]+\\(locals~[0-9]|local settings|appdata\\local)\\temp(\\low)?$/i
		)
}

rule reg_software_clsid {
	meta:
		description = "A class is registered in a place where Windows does not look but a sibling of mstmp was reported."
		family = ""
		role = ""
		score = 30
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_MONKIF.SMKP"
		fact = "path"
	strings:
		$head = "mstmpsweep registration 1\npoint: software_clsid\n"
	condition:
		object == "registration" and $head at 0 and filename != ""
}

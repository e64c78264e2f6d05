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
		description = "Internet Explorer is told to pass every web page through a filter that bears mstmp's own description and whose program lies in a temporary folder or has no extension."
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
			filepath matches /\\(locals~[0-9]|local settings|local|windows|winnt)\\temp(\\low)?$/i
		)
}

rule reg_text_html_monkif_label {
	meta:
		description = "Internet Explorer is told to pass every web page through a filter that bears mstmp's own description."
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
		description = "Internet Explorer is told to pass every web page through a program in a folder for temporary files."
		family = "monkif"
		role = "downloader"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB (server path); generalised"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
	condition:
		object == "registration" and $head at 0 and $name and
		(
			location == "temp" or
			filepath matches /\\(locals~[0-9]|local settings|local|windows|winnt)\\temp(\\low)?$/i
		)
}

rule reg_text_html_no_extension {
	meta:
		description = "Internet Explorer is told to pass every web page through a program whose file name has no extension."
		family = "monkif"
		role = "downloader"
		score = 75
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB (server path); generalised"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
	condition:
		object == "registration" and $head at 0 and $name and
		filename != "" and extension == ""
}

rule reg_text_html_unknown {
	meta:
		description = "Internet Explorer is told to pass every web page through a program that is not on the list of known ones. Windows itself has no such filter."
		family = ""
		role = ""
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "general knowledge of text/html filters; HijackThis+ safe list"
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$unknown = "\nknown: \n"
		/* Another tool calls these two safe; nobody knows whose. */
		$listed_1 = "\nclsid: {8D42AD12-D7A1-4797-BCB7-AD89E5FCE4F7}\n" nocase
		$listed_2 = "\nclsid: {F79B2338-A6E7-46D4-9201-422AA6E74F43}\n" nocase
	condition:
		object == "registration" and $head at 0 and $name and $unknown and
		extension != "" and location != "temp" and
		not filepath matches /\\(locals~[0-9]|local settings|local|windows|winnt)\\temp(\\low)?$/i and
		not $listed_1 and not $listed_2
}

rule reg_text_html_listed_elsewhere {
	meta:
		description = "Internet Explorer is told to pass every web page through a program that another tool lists as safe; who makes it is not known."
		family = ""
		role = ""
		score = 30
		evidence = "registration"
		gate = "any"
		reference = "HijackThis+ safe list (two identifiers)"
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
	strings:
		$head = "mstmpsweep registration 1\npoint: mime_filter\n"
		$name = /\nname: text\/html[\n\\;, ]/ nocase
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $name and $unknown and
		filename == ""
}

rule reg_server_named_like_monkif {
	meta:
		description = "Internet Explorer is told to load a program in a folder for temporary files that bears a name of the outbreak."
		family = "monkif"
		role = "downloader"
		score = 85
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC; ITpro 2010-10-27 page 1"
	strings:
		$head = "mstmpsweep registration 1\npoint: "
	condition:
		object == "registration" and $head at 0 and
		(
			filename matches /^(mstmp|msfat32)[. ]*$/i or
			filename matches /^0\.[0-9]{15,18}\.swf$/i
		) and
		(
			location == "temp" or
			filepath matches /\\(locals~[0-9]|local settings|local|windows|winnt)\\temp(\\low)?$/i
		)
}

rule reg_bho_shared_lib_dll {
	meta:
		description = "Internet Explorer is told to load lib.dll from the folder Shared directly below Program Files, as the clicker of 2010 does."
		family = "exedot"
		role = "clicker"
		score = 70
		evidence = "registration"
		gate = "any"
		reference = "ITpro 2010-10-27 page 1 (path); Security NEXT 2010-10-29 (Browser Helper Object)"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
	condition:
		object == "registration" and $head at 0 and
		filename iequals "lib.dll" and
		filepath matches /\\(program files|program files \(x86\)|progra~[0-9])\\shared$/i
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
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $unknown and
		not filename iequals "lib.dll" and
		filepath matches /\\(program files|program files \(x86\)|progra~[0-9])\\shared$/i
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
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$progid = "\nprogid: AdvBHO.TIEAdvBHO\n" nocase
	condition:
		object == "registration" and $head at 0 and $progid
}

rule reg_bho_delphi_example {
	meta:
		description = "Internet Explorer is told to load an add-on with the identifier or name of a public Delphi example. AdvBHO.dll is built on it, but so are harmless add-ons."
		family = ""
		role = ""
		score = 25
		evidence = "registration"
		gate = "any"
		reference = "public Delphi unit CIEBHO"
	strings:
		$head = "mstmpsweep registration 1\npoint: bho\n"
		$clsid = "\nclsid: {D032570A-5F63-4812-A094-87D007C23012}\n" nocase
		$progid = /\nprogid: [^\n]{1,64}\.TIEAdvBHO\n/ nocase
	condition:
		object == "registration" and $head at 0 and ($clsid or $progid)
}

rule reg_bho_named_advbho {
	meta:
		description = "Internet Explorer is told to load an add-on from a file named AdvBHO.dll. Another, unrelated product uses that name too."
		family = ""
		role = ""
		score = 20
		evidence = "registration"
		gate = "any"
		reference = "JPCERT-AT-2010-0028 as reported by CNET Japan (name)"
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
		score = 75
		evidence = "registration"
		gate = "any"
		reference = "Trend Micro TROJ_MONKIF.SMKP"
	strings:
		$head = "mstmpsweep registration 1\npoint: software_clsid\n"
	condition:
		object == "registration" and $head at 0 and filename != "" and
		(
			location == "temp" or extension == "" or
			filepath matches /\\(locals~[0-9]|local settings|local|windows|winnt)\\temp(\\low)?$/i
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
	strings:
		$head = "mstmpsweep registration 1\npoint: software_clsid\n"
	condition:
		object == "registration" and $head at 0 and filename != ""
}

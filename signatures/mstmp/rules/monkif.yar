/*
 * Marks inside the downloader mstmp, its droppers and siblings (Monkif,
 * also called DlKhora).  Written from the identifiers that public
 * descriptions name; every rule looks at programs only and every rule needs
 * a string.
 * SPDX-License-Identifier: Apache-2.0
 */

rule monkif_misspelt_api_names {
	meta:
		description = "The program holds names of Windows functions misspelt in the way of the Monkif family, which mends them only while it runs."
		family = "monkif"
		role = "downloader"
		score = 90
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif (identifiers only)"
	strings:
		$first_q = "Qrocess32First"
		$next_z = "Zrocess32Next"
		$next_0 = "Pr0cess32Next"
		$first_3 = "Pro3ess32First"
		$snapshot_b = "CBeateToolhelp32Snapshot"
		$snapshot_p = "CrpateTo8lhelp35Snap0hot"
	condition:
		uint16(0) == 0x5A4D and any of them
}

rule monkif_misspelt_filter_key {
	meta:
		description = "The program holds the registry key of text/html filters, misspelt on purpose as the Monkif family does to hide it."
		family = "monkif"
		role = "downloader"
		score = 85
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif.S and dropper .F (identifiers only)"
	strings:
		$propocols = "Software\\Classes\\PROPOCOLS\\Filter\\text/html" ascii wide
		$pr_tocols = "Software\\Classes\\PR.TOCOLS\\Filter\\text/html" ascii wide
	condition:
		uint16(0) == 0x5A4D and any of them
}

rule monkif_filter_text_and_key {
	meta:
		description = "The program holds both the text and the registry key with which mstmp enters itself as a filter for every web page."
		family = "monkif"
		role = "downloader"
		score = 88
		evidence = "content"
		gate = "pe"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC"
	strings:
		$text = "Microsoft Improved HTML MIME Filter" ascii wide
		$key = "PROTOCOLS\\Filter\\text/html" ascii wide nocase
	condition:
		uint16(0) == 0x5A4D and all of them
}

rule monkif_filter_text {
	meta:
		description = "The program holds the text with which mstmp describes its filter for web pages in the registry."
		family = "monkif"
		role = "downloader"
		score = 70
		evidence = "content"
		gate = "pe"
		reference = "Trend Micro TROJ_DLOAD.SMAB and TROJ_MONKIF.WC"
	strings:
		$text = "Microsoft Improved HTML MIME Filter" ascii wide
	condition:
		uint16(0) == 0x5A4D and $text
}

rule monkif_mutex_and_key {
	meta:
		description = "The program holds the name by which mstmp notices that it runs already, and the registry key of text/html filters."
		family = "monkif"
		role = "downloader"
		score = 85
		evidence = "content"
		gate = "pe"
		reference = "Trend Micro TROJ_DLOAD.SMAB (mutex); public descriptions of Win32/Monkif"
	strings:
		$local = "Local\\UIEI" ascii wide fullword
		$global = "Global\\UIEI" ascii wide fullword
		$key = "PROTOCOLS\\Filter\\text/html" ascii wide nocase
	condition:
		uint16(0) == 0x5A4D and $key and ($local or $global)
}

rule monkif_mutex {
	meta:
		description = "The program holds the name by which mstmp notices that it runs already."
		family = "monkif"
		role = "downloader"
		score = 60
		evidence = "content"
		gate = "pe"
		reference = "Trend Micro TROJ_DLOAD.SMAB (mutex)"
	strings:
		$local = "Local\\UIEI" ascii wide fullword
		$global = "Global\\UIEI" ascii wide fullword
	condition:
		uint16(0) == 0x5A4D and any of them
}

rule monkif_dropper_ms001 {
	meta:
		description = "The program holds the file name ms001.tmp next to a piece of a registry value, as a dropper of the Monkif family does."
		family = "monkif"
		role = "dropper"
		score = 75
		evidence = "content"
		gate = "pe"
		reference = "public description of the Monkif.J dropper (identifiers only)"
	strings:
		/* "partment" ends "Apartment": the value ThreadingModel. */
		$pair = /ms001\.tmp.{1,32}partment/s
	condition:
		uint16(0) == 0x5A4D and $pair
}

rule monkif_export_msyuv {
	meta:
		description = "The program calls itself msyuv.dll but offers the function Export1, which the video part of Windows with that name does not have."
		family = "monkif"
		role = "downloader"
		score = 75
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif.T and .U (identifiers only)"
	strings:
		$export = "msyuv.dll\x00Export1\x00" nocase
	condition:
		uint16(0) == 0x5A4D and $export
}

rule monkif_odd_formats {
	meta:
		description = "The program holds text patterns that the Monkif family uses to report to its master and that hardly anybody else would write."
		family = "monkif"
		role = "downloader"
		score = 70
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif.T and .W (identifiers only)"
	strings:
		$odd = "%xxx%fdd%xgg%pjj"
		$photo = "%c%s%s.php%c%s%c%s\x00\x00photo/"
		$report = "T=%d,S=%d,%s,F=%s,"
	condition:
		uint16(0) == 0x5A4D and any of them
}

rule monkif_request_forms {
	meta:
		description = "The program holds a folder name of the Monkif family's servers together with the forms of its requests."
		family = "monkif"
		role = "downloader"
		score = 70
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif.B, .E and .F; Emerging Threats 2009126 (identifiers only)"
	strings:
		$sodoma = "/sodoma/"
		$babylon = "/babylon/"
		$form_1 = "%s%s.php?%s=%s"
		$form_2 = "%s%s.php?%s%c%s"
		$report = "%u|%u|%u|%u"
	condition:
		uint16(0) == 0x5A4D and ($sodoma or $babylon) and
		($form_1 or $form_2) and $report
}

rule monkif_two_marks {
	meta:
		description = "The program holds the lock or the filter text of the Monkif family, and another of the names that it uses for its files and its registry key."
		family = "monkif"
		role = "downloader"
		score = 80
		evidence = "content"
		gate = "pe"
		reference = "Trend Micro TROJ_DLOAD.SMAB; public descriptions of Win32/Monkif (identifiers only)"
	strings:
		/* The family's own; the first ends both of its names. */
		$own_mutex = "al\\UIEI" ascii wide
		$own_text = "Microsoft Improved HTML MIME Filter" ascii wide
		$own_export = "msyuv.dll\x00Export1\x00"
		/* What others may have, too. */
		$key = "PROTOCOLS\\Filter\\text/html" ascii wide nocase
		$ms001 = "\\ms001.tmp" ascii wide
		$uromon = "uromon.dll" ascii wide
		$recovery = "c:\\recovery.bak" ascii wide nocase
		$monkey = "monkey.gif" ascii wide
	condition:
		uint16(0) == 0x5A4D and any of ($own_*) and 2 of them
}

rule monkif_weak_mark {
	meta:
		description = "The program holds one name that programs of the Monkif family hold as well. Alone it says little."
		family = "monkif"
		role = ""
		score = 30
		evidence = "content"
		gate = "pe"
		reference = "public descriptions of Win32/Monkif.J and of the clicker Monkif.A, whose relation is not established"
	strings:
		$uromon = "uromon.dll" ascii wide
		$invoke = "\x00config.dll\x00Invoke\x00"
	condition:
		uint16(0) == 0x5A4D and any of them
}

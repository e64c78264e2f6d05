/*
 * Files of the made-up Kanban Bar: what is in them.
 * SPDX-License-Identifier: Apache-2.0
 */

rule kanban_program {
	meta:
		description = "The program holds the tracking text of the Kanban Bar."
		family = "kanban"
		role = "toolbar"
		score = 85
		evidence = "content"
		gate = "pe"
		reference = "made up"
	strings:
		$track = "kanban-bar/track?visitor=%08x&page=" ascii wide
	condition:
		uint16(0) == 0x5A4D and $track
}

rule kanban_settings {
	meta:
		description = "The text file holds the settings of the Kanban Bar."
		family = "kanban"
		role = "settings"
		score = 40
		evidence = "content"
		gate = "any"
		reference = "made up"
	strings:
		$section = "[KanbanBar.Replacements]"
	condition:
		$section at 0 and object == "file" and extension == ".ini"
}

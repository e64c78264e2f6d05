/*
 * Files of the made-up Kanban Bar: where they lie.  No rule reads a byte.
 * SPDX-License-Identifier: Apache-2.0
 */

rule kanban_place {
	meta:
		description = "The program kanban.dll lies in the folder KanbanBar of a user's application data."
		family = "kanban"
		role = "toolbar"
		score = 50
		evidence = "name"
		gate = "any"
		reference = "made up"
	condition:
		filename iequals "kanban.dll" and filetype == "EXE" and
		object == "file" and
		filepath matches /\\(application data|roaming)\\kanbanbar$/i
}

rule kanban_settings_place {
	meta:
		description = "The file kanban.ini lies beside the program kanban.dll."
		family = "kanban"
		role = "settings"
		score = 30
		evidence = "name"
		gate = "any"
		reference = "made up"
		companion = "kanban.dll"
	condition:
		filename iequals "kanban.ini" and object == "file" and
		filepath matches /\\(application data|roaming)\\kanbanbar$/i
}

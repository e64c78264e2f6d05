/*
 * Registrations of the made-up Kanban Bar, at other extension points than
 * those of the outbreak of 2010.
 * SPDX-License-Identifier: Apache-2.0
 */

rule kanban_toolbar {
	meta:
		description = "Internet Explorer shows a toolbar with the class of the Kanban Bar."
		family = "kanban"
		role = "toolbar"
		score = 70
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: toolbar\n"
		$clsid = "\nclsid: {0C0FFEE0-4B41-4E42-414E-000000000001}\n" nocase
	condition:
		object == "registration" and $head at 0 and $clsid
}

rule kanban_search_hook {
	meta:
		description = "Internet Explorer asks a program in a user's application data where typed searches shall go."
		family = "kanban"
		role = "hook"
		score = 60
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: url_search_hook\n"
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $unknown and
		filepath matches /\\(application data|roaming)\\[^\\]+$/i
}

rule kanban_protocol {
	meta:
		description = "Internet Explorer passes addresses that begin with kanban: to a program."
		family = "kanban"
		role = "handler"
		score = 75
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head_protocol = "mstmpsweep registration 1\npoint: protocol_handler\n"
		$head_namespace = "mstmpsweep registration 1\npoint: namespace_handler\n"
		$name = /\nname: kanban[\n\\]/ nocase
	condition:
		object == "registration" and
		($head_protocol at 0 or $head_namespace at 0) and $name
}

rule kanban_button {
	meta:
		description = "Internet Explorer has a button or a bar whose program is kanban.dll."
		family = "kanban"
		role = "toolbar"
		score = 40
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: ex"
	condition:
		object == "registration" and $head at 0 and
		(point == "extension_button" or point == "explorer_bar") and
		filename iequals "kanban.dll"
}

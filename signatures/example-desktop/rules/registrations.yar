/*
 * The made-up Furoshiki: its entries in the desktop and among the services.
 * SPDX-License-Identifier: Apache-2.0
 */

rule furoshiki_delay_load {
	meta:
		description = "The desktop loads the class of Furoshiki when it starts."
		family = "furoshiki"
		role = "object"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: shell_delay_load\n"
		$clsid = "\nclsid: {0C0FFEE0-4655-524F-5348-000000000001}\n" nocase
	condition:
		object == "registration" and $head at 0 and $clsid
}

rule furoshiki_hook {
	meta:
		description = "Windows asks a program in the folder of Furoshiki about everything that is opened."
		family = "furoshiki"
		role = "hook"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: shell_execute_hook\n"
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $unknown and
		(
			place iequals "%CommonProgramFiles%\\Furoshiki" or
			place iequals "%CommonProgramFiles(x86)%\\Furoshiki"
		)
}

rule furoshiki_service {
	meta:
		description = "Windows runs a service whose program bears the name of Furoshiki's."
		family = "furoshiki"
		role = "service"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: service"
	condition:
		object == "registration" and $head at 0 and
		(point == "service" or point == "service_dll") and
		filename iequals "furoshik.dll"
}

/*
 * Entries of the made-up Hanko Guard: a notification package of Winlogon, and
 * its starter.
 * SPDX-License-Identifier: Apache-2.0
 */

rule hanko_notify {
	meta:
		description = "Windows loads a program named hankoev before anybody logs on, as the Hanko Guard enters itself."
		family = "hanko"
		role = "package"
		score = 85
		evidence = "registration"
		gate = "any"
		reference = "made up"
		fact = "hanko_folder"
	strings:
		$head = "mstmpsweep registration 1\npoint: winlogon_notify\n"
		$name = "\nname: hankoev\n" nocase
	condition:
		object == "registration" and $head at 0 and $name and
		place iequals "%ProgramData%\\Hanko"
}

rule hanko_notify_elsewhere {
	meta:
		description = "Windows loads a program from outside its own folder before anybody logs on, and nothing is known of it."
		family = ""
		role = ""
		score = 30
		evidence = "registration"
		gate = "any"
		reference = "made up"
	strings:
		$head = "mstmpsweep registration 1\npoint: winlogon_notify\n"
		$unknown = "\nknown: \n"
	condition:
		object == "registration" and $head at 0 and $unknown and
		filename != "" and location != "system" and location != "windows"
}

rule hanko_run {
	meta:
		description = "Windows starts a program from the folder of the Hanko Guard at every logon."
		family = "hanko"
		role = "starter"
		score = 80
		evidence = "registration"
		gate = "any"
		reference = "made up"
		fact = "hanko_folder"
	strings:
		$run = "mstmpsweep registration 1\npoint: run\n"
		$run_once = "mstmpsweep registration 1\npoint: run_once\n"
	condition:
		object == "registration" and ($run at 0 or $run_once at 0) and
		filename matches /^hanko[a-z]*\.exe$/i and
		place iequals "%ProgramData%\\Hanko"
}

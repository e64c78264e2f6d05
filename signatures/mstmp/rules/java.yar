/*
 * The Java exploit that opened the door (CVE-2010-0094).
 * SPDX-License-Identifier: Apache-2.0
 */

rule java_exploit_class_in_cache {
	meta:
		description = "A Java class in a browser's Java store holds all four names that the attack on CVE-2010-0094 needs. It shows how an infection may have come, not that it succeeded."
		family = "java_agent"
		role = "exploit"
		score = 65
		evidence = "content"
		gate = "class"
		reference = "CVE-2010-0094; public description of the exploit (identifiers only)"
	strings:
		$marshalled = "java/rmi/MarshalledObject"
		$server = "javax/management/remote/rmi/RMIJRMPServerImpl"
		$connection = "javax/management/remote/rmi/RMIConnectionImpl"
		/* Not MBeanServerConnection, which ordinary clients use. */
		$bean = /javax\/management\/MBeanServer[^A-Za-z]/
	condition:
		uint32be(0) == 0xCAFEBABE and
		(object == "file" or object == "member") and
		(
			location == "java_cache" or
			/* Where Java of that time kept a jar while it ran. */
			(
				location == "temp" and
				filepath matches /\\jar_cache-?[0-9]{1,20}\.tmp!/i
			)
		) and all of them
}

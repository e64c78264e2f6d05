#!/bin/sh
# 1,000 rules with some 5,500 strings, the same every time: what a large
# set of public rules looks like to the matcher. Made of invented words, code
# bytes with gaps, and the commonplace strings such rules are full of.
# SPDX-License-Identifier: Apache-2.0
#
#	make_k1000.sh FILE.yar [COUNT [FOLDER]]
#
# Into FOLDER go files that carry the texts of every 7th rule.
set -eu
awk -v count="${2:-1000}" -v folder="${3-}" '
function rnd(n) {
	seed = (seed * 16807) % 2147483647
	return int(seed / 2147483647 * n)
}
function word(n,   i, s) {
	s = ""
	for (i = 0; i < n; i++)
		s = s syl[1 + rnd(nsyl)]
	return s
}
function hex(n, gaps,   i, s, since) {
	s = ""
	since = 0
	for (i = 0; i < n; i++) {
		if (gaps && i > 1 && i < n - 2 && since > 2 && rnd(4) == 0) {
			if (rnd(3))
				s = s "?? "
			else
				s = s "[" 1 + rnd(3) "-" 5 + rnd(6) "] "
			since = 0
		} else {
			byte = rnd(3) ? 16 + rnd(240) : code[1 + rnd(ncode)]
			s = s sprintf("%02X ", byte)
			since++
		}
	}
	return s
}
# Adds the text as it is in a file to what the rule looks for.
function literal(s) {
	gsub(/\\\\/, "\\", s)
	marks = marks "\n" s " "
}
function text_string(   k, mod, s) {
	k = rnd(10)
	mod = ""
	if (k > 4)
		mod = " ascii wide"
	if (k > 6)
		mod = " wide"
	if (k > 7)
		mod = " nocase"
	if (k > 8)
		mod = " fullword"
	k = rnd(6)
	if (k == 0)
		s = "http://" word(3) "." word(1) "/" word(2) ".php"
	else if (k == 1)
		s = word(2) "\\\\" word(2) "\\\\" word(2) ".pdb"
	else if (k == 2)
		s = "Software\\\\" word(3) "\\\\" word(2)
	else if (k == 3)
		s = word(2) "_" word(3) "_mutex"
	else if (k == 4)
		s = "%s\\\\" word(3) ".exe"
	else
		s = word(4) " " word(2)
	literal(s)
	return "\"" s "\"" mod
}
function regex_string(   k) {
	k = rnd(3)
	if (k == 0)
		return "/" word(3) "[0-9]{2,5}\\.(dll|exe)/ nocase"
	if (k == 1)
		return "/" word(2) "=[a-z0-9]{8,16}&" word(2) "=/"
	return "/(" word(3) "|" word(3) ")_[a-f0-9]{8}/"
}
BEGIN {
	seed = 20101021
	nsyl = split("ka ki ku ke ko sa shi su se so ta chi tsu te to na ni " \
		"nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru " \
		"re ro wa zen gan kyo byo ryu", syl, " ")
	ncode = split("139 131 232 255 141 137 133 0 80 116 117 195", code,
		" ")
	ncommon = split("kernel32.dll|GetProcAddress|Mozilla/4.0 (compatible" \
		"|cmd.exe /c |CreateRemoteThread|explorer.exe|WinExec", \
		common, "|")
	print "import \"pe\""
	for (i = 0; i < count; i++) {
		n = 3 + rnd(6)
		marks = "MZ"
		printf "rule k%04d\n{\n\tmeta:\n\t\tscore = %d\n\tstrings:\n", \
			i, 40 + rnd(60)
		for (j = 0; j < n; j++) {
			k = rnd(20)
			printf "\t\t$s%d = ", j
			if (k < 12)
				print text_string()
			else if (k < 15)
				print "{ " hex(8 + rnd(16), 0) "}"
			else if (k < 18)
				print "{ " hex(10 + rnd(14), 1) "}"
			else
				print regex_string()
		}
		has_common = rnd(8) == 0
		if (has_common)
			printf "\t\t$c = \"%s\"\n", common[1 + rnd(ncommon)]
		print "\tcondition:"
		k = rnd(5)
		if (has_common)
			print "\t\tuint16(0) == 0x5A4D and $c and 2 of ($s*)"
		else if (k == 0)
			print "\t\tuint16(0) == 0x5A4D and any of them"
		else if (k == 1)
			print "\t\tfilesize < 2MB and 2 of them"
		else if (k == 2)
			print "\t\tall of them"
		else if (k == 3)
			print "\t\tuint16(0) == 0x5A4D and filesize < 8MB " \
				"and ($s0 or 2 of them)"
		else
			print "\t\tany of them"
		print "}"
		if (folder != "" && i % 7 == 0) {
			file = sprintf("%s/k%04d.bin", folder, i)
			printf "%s kernel32.dll cmd.exe /c \n", marks >file
			close(file)
		}
	}
}' >"$1"

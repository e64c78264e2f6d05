# What the cases of Windows' own extension points share.
# SPDX-License-Identifier: Apache-2.0

# A signed pack of its own, $work/evil.pack with $work/test.pub: what lies in
# C:\Evil, and the entries that lead there.
evil_pack()
{
	mkdir -p "$work/pack/rules"
	cat >"$work/pack/pack.txt" <<'EOF'
name: evil
title: Evil
version: 2026.11.30
min_tool: 0.1
description: made up for this case
reference: made up
EOF
	printf 'tree\tC:\\Evil\tmade up\n' >"$work/pack/places.tsv"
	cat >"$work/pack/rules/evil.yar" <<'EOF'
rule evil_entry {
	meta:
		description = "An entry leads to a program in the folder Evil."
		family = "evil"
		role = "starter"
		score = 90
		evidence = "registration"
		reference = "made up"
	strings:
		$path = /\npath: [A-Z]:\\Evil\\/ nocase
	condition:
		object == "registration" and $path
}

rule evil_program {
	meta:
		description = "The file is a program made up for this case."
		family = "evil"
		role = "program"
		score = 90
		evidence = "content"
		gate = "any"
		reference = "made up"
	strings:
		$mark = "MZ bad "
	condition:
		$mark at 0
}
EOF
	agent pack build "$(hp "$work/pack")" --out "$(hp "$work/evil.pack")" >/dev/null 2>&1
	(cd "$work" && minisign -G -W -p test.pub -s test.key >/dev/null 2>&1 &&
	minisign -S -s test.key -m evil.pack >/dev/null 2>&1)
	check "the pack is signed" test -s "$work/evil.pack.minisig"
}

# Points that a fix acts on, as SQL; the others are a person's.
acted="('run', 'run_once', 'winlogon_notify', 'shell_delay_load',
	'shared_task_scheduler', 'shell_execute_hook', 'menu_extension',
	'plugin_extension')"
# named DB SQL: --finding N for each malicious finding with such an entry
named()
{
	findings=()
	for n in $(query "$1" "SELECT DISTINCT finding_id FROM registration
		JOIN finding USING (finding_id) WHERE verdict = 'malicious'
		AND finding.scan_id = (SELECT max(scan_id) FROM scan)
		AND point $2"); do
		findings+=(--finding "$n")
	done
}


# A store is an input like any other: one that somebody else has changed makes
# nothing happen, on any host, and is left as it is.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
command -v sqlite3 >/dev/null || { skip "sqlite3 is not installed"; return; }

was=$pcs/filter-win7
pc=$work/pc
cp -a $was "$pc"
db=$work/s.db
on=(--root "$(hp "$pc")" --db "$(hp "$db")")
java='Program Files/Java/jre6/bin/jp2ssv.dll'
gives 1 "scan" agent scan --quick --quiet "${on[@]}"
cp "$db" "$work/clean.db"

# ---- a trigger adds a healthy file to what is found ----------------------------
# adding TIME: SQL of a trigger; the file is told as exactly as a scan does it
adding()
{
	cat <<-SQL
		CREATE TRIGGER t $1 BEGIN
		INSERT INTO artefact (artefact_id, scan_id, kind, path, size,
			written, sha256) SELECT 999, max(scan_id), 'file',
			'C:\\${java//\//\\}', $(stat -c %s "$pc/$java"),
			'$(date -u -d "@$(stat -c %Y "$pc/$java")" \
				+%Y-%m-%dT%H:%M:%SZ)',
			'$(sha256sum "$pc/$java" | cut -c1-64)' FROM scan;
		INSERT INTO match (artefact_id, rule, score, evidence)
			VALUES (999, 'r', 100, 'content');
		INSERT INTO finding_artefact SELECT max(finding_id), 999
			FROM finding WHERE verdict = 'malicious';
		END
	SQL
}
sqlite3 "$db" "$(adding 'AFTER UPDATE OF state ON scan')"
cp "$db" "$work/planted.db"
for command in scan plan fix report; do
	set -- "${on[@]}"
	test $command != report || set -- "${on[@]:2}"
	test $command != fix || set -- "$@" --yes
	test $command != scan || set -- "$@" --quick
	gives 65 "trigger: $command" agent $command "$@"
	says "trigger: $command names it" 'trigger "t"'
	says "trigger: $command: the way out" "into a new file with --db"
done
check "trigger: the store is as it was" cmp -s "$db" "$work/planted.db"
check "trigger: nothing was changed" unchanged $was "$pc"
check "trigger: no vault was made" test ! -e "$pc/ProgramData/mstmpsweep"

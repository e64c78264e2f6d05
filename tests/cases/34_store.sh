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
# Copies of the PC have other numbers of files, as another mount has.
sqlite3 "$db" "UPDATE artefact SET volume = NULL"
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

# ---- a store with our schema and rows of somebody else's -----------------------
# planted NAME SQL: fix with that store; then $refused and $left are looked at
planted()
{
	rm -rf "$pc"
	cp -a $was "$pc"
	cp "$work/clean.db" "$db"
	sqlite3 "$db" "$2"
	gives 1 "$1: plan" agent plan "${on[@]}"
	says "$1: plan tells it" "NOT DONE: A new look does not show"
	gives 1 "$1: fix" agent fix --yes "${on[@]}"
	says "$1: fix tells it" "a store alone is not believed"
	says "$1: the way out" "Scan again, then plan again"
}
found="SELECT max(finding_id) FROM finding WHERE verdict = 'malicious'"

# The finding's own steps are as good as they were; the rest stays.
planted "another file" "$(adding 'AFTER INSERT ON scan' | sed '1d; $d')"
says "another file: why" "no rule and no entry leads to it"
check "another file: it is there" cmp "$pc/$java" "$was/$java"
check "another file: what is malicious is gone" test ! -e "$pc/ProgramData/mstmp"

# What the healthy entries would hold back is not in the store.
alone="DELETE FROM registration WHERE finding_id IS NULL"
# entry KEY: it is a BHO's entry of that finding, and goes first
entry()
{
	echo "$alone; INSERT INTO registration (scan_id, finding_id, point, view, clsid,
		on_demand, loads, disabled, registry_key, trust) SELECT scan_id,
		finding_id, 'bho', '64', '{5A1E3C70-9B22-4E1D-8F00-1234567890AB}',
		0, 1, 0, '$1', 'unchecked' FROM finding
		WHERE finding_id = ($found)"
}
bho='HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'
hive=Windows/System32/config/SOFTWARE
# removed KEY: pccompare tells that the machine's hive has lost it
removed()
{
	changes $was "$pc" | grep -qF -- "-key $hive \\$1"
}
for key in 'HKLM\SOFTWARE\Microsoft' "$bho" \
	"$bho\\{DBC80044-A445-435B-BC74-9C25C1C588A9}" \
	'HKLM\SOFTWARE\Classes\CLSID\{DBC80044-A445-435B-BC74-9C25C1C588A9}'; do
	planted "$key" "$(entry "$key")"
	removed "${key#HKLM\\SOFTWARE\\}" && not_ok "$key is gone"
	check "$key: what is malicious is gone" removed \
		'Classes\PROTOCOLS\Filter\text/html'
done

# Beside an entry that is ours: another class's key, Microsoft's.
for key in 'HKLM\SOFTWARE\Microsoft' \
	'HKLM\SOFTWARE\Classes\CLSID\{DBC80044-A445-435B-BC74-9C25C1C588A9}'; do
	planted "beside: $key" "$alone; UPDATE registration SET side_keys =
		json_insert(side_keys, '\$[#]', json_object('kind', 'typelib',
		'key', '$key')) WHERE finding_id = ($found)"
	removed "${key#HKLM\\SOFTWARE\\}" && not_ok "beside: $key is gone"
done

# What would tell that it changed is not there.
planted "no time" "UPDATE registration SET last_write = NULL
	WHERE finding_id = ($found)"
says "no time: why" "the store does not say when it was written"
check "no time: nothing was changed" unchanged $was "$pc"
planted "no time of a file" "UPDATE artefact SET written = NULL
	WHERE path LIKE '%mstmp'"
says "no time of a file: why" "the store does not say when it was written"
check "no time of a file: it is there" test -e "$pc/ProgramData/mstmp"
planted "no server" "UPDATE registration SET server_raw = NULL"
says "no server: why" "the store does not say what its server is"

# A verdict that no rule gives: the harmless helper of the same PC.
planted "a verdict" "INSERT INTO finding (scan_id, verdict, score, subject, rules, reason,
	reason_ja) SELECT scan_id, 'malicious', 100, 'jp2ssv.dll', '[]', 'r',
	'r' FROM finding WHERE finding_id = ($found);
	UPDATE registration SET finding_id = (SELECT max(finding_id) FROM
	finding), known = NULL, own_score = 100 WHERE server_path LIKE
	'%jp2ssv.dll';
	INSERT INTO artefact (scan_id, kind, registration_id) SELECT scan_id,
	'registration', registration_id FROM registration WHERE server_path
	LIKE '%jp2ssv.dll';
	INSERT INTO match (artefact_id, rule, score, evidence) SELECT
	artefact_id, 'r', 100, 'registration' FROM artefact JOIN registration
	USING (registration_id) WHERE server_path LIKE '%jp2ssv.dll'"
removed "${bho#HKLM\\SOFTWARE\\}\\{DBC80044-A445-435B-BC74-9C25C1C588A9}" &&
	not_ok "a verdict: the entry is gone"

# A pack that nobody signed, called signed.
rm -rf "$pc"
cp -a $was "$pc"
rm "$db"
gives 1 "unsigned: scan" agent scan --quick --quiet "${on[@]}" \
	--pack "$(hp signatures/mstmp)"
sqlite3 "$db" "UPDATE scan SET pack_signed = 1"
gives 65 "unsigned: fix" agent fix --yes "${on[@]}" --pack "$(hp signatures/mstmp)"
says "unsigned: why" "a signature pack without a valid signature"
check "unsigned: nothing was changed" unchanged $was "$pc"

# Another version of the pack: told, and what it finds counts.
cp "$work/clean.db" "$db"
sqlite3 "$db" "UPDATE scan SET pack_version = '1999.1.1'"
gives 1 "version: plan" agent plan "${on[@]}"
says "version: told" 'the scan was made with the pack "mstmp", version 1999.1.1'

# As it was scanned, all of it goes.
rm -rf "$pc"
cp -a $was "$pc"
cp "$work/clean.db" "$db"
gives 0 "as it was scanned: fix" agent fix --yes "${on[@]}"
gives 0 "as it was scanned: undo" agent undo --yes "${on[@]}"
check "as it was scanned: undo: as it was" unchanged $was "$pc"

# ---- a folder that looks like ours hides nothing ---------------------------------
vault=$pc/ProgramData/mstmpsweep/vault
rm -rf "$pc"
cp -a $was "$pc"
mkdir -m 700 "$pc/ProgramData/mstmpsweep" "$vault"
cp "$pc/ProgramData/mstmp" "$vault/x.mqv"
cp "$pc/ProgramData/mstmp" "$vault/journal.db"
rm -f "$db"
gives 1 "vault: scan" agent scan --quiet "${on[@]}"
check "vault: both are found" test "$(query "$db" "SELECT count(*) FROM v_finding
	WHERE path LIKE '%mstmpsweep%vault%' AND verdict = 'malicious'")" = 2

# ---- a copy for reading (unit stick makes them) -----------------------------------
# "mstc" instead of "mstm"
rm -rf "$pc"
cp -a $was "$pc"
cp "$work/clean.db" "$db"
sqlite3 "$db" "PRAGMA application_id = 1836282979"
gives 0 "copy: report" agent report --db "$(hp "$db")"
for command in scan plan fix undo; do
	set -- "${on[@]}" --yes
	case $command in scan | plan) set -- "${on[@]}" ;; esac
	gives 65 "copy: $command" agent $command "$@"
	says "copy: $command: why" "is a copy for reading"
done
check "copy: nothing was changed" unchanged $was "$pc"

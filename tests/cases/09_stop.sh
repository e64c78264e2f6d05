# Ctrl-C keeps what was found; a store in use by another scan is refused.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/held.sh
if test "$host" != linux && ! command -v script >/dev/null; then
	skip "Ctrl-C reaches a program under Wine through util-linux's script"
	return
fi
# Registrations and known places come first, then these.
pc=$work/pc
cp -a $pcs/infected-win7 "$pc"
mkdir "$pc/big"
if test "$host" = linux; then
	for i in $(seq 1 20); do
		printf MZ >"$pc/big/later.$i"
	done
else
	# Enough to be still at work when the signal comes, since programs are
	# read whole.
	{
		printf MZ
		head -c 8000000 /dev/urandom
	} >"$pc/big/0"
	for i in $(seq 1 1500); do
		ln "$pc/big/0" "$pc/big/$i"
	done
fi

# held_scan DB: in the background, where it opens the first of the later files
held_scan()
{
	held 'later.*' build/linux/mstmpsweep scan --root "$pc" --threads 1 \
		--db "$1"
}

# at_large_files DB: waits until a process that was given this store has read
# more than the rest of that PC holds, or the scan has ended
at_large_files()
{
	local name value io

	while kill -0 $pid 2>/dev/null; do
		for io in $(grep -lF -- "$(hp "$1")" /proc/[0-9]*/cmdline 2>/dev/null); do
			while read -r name value; do
				test "$name" != rchar: ||
					test "$value" -lt 100000000 || return 0
			done 2>/dev/null <"${io%cmdline}io"
		done
		sleep 0.02
	done
	return 1
}

db=$work/s.db
if test "$host" = linux; then
	held_scan "$db" || return
	build/linux/mstmpsweep scan --quiet --root "$pc" --db "$work/all.db"
	all=$(query "$work/all.db" "SELECT files_scanned FROM v_scan")
else
	# One thread slows it down. Wine hands Ctrl-C on from a terminal only.
	mkfifo "$work/keys"
	script -qfec "wine $(ls build/"$host"/mstmpsweep*.exe) scan --root '$(hp "$pc")' \
		--threads 1 --db '$(hp "$db")'" /dev/null \
		<"$work/keys" >"$work/screen" 2>&1 &
	pid=$!
	exec 7>"$work/keys"
	check "the scan comes to the large files" at_large_files "$db"
	all=1500
fi
# While it runs the store is its own, and can be read.
check "the scan is recorded as begun" \
	test "$(query "$db" "SELECT count(*) FROM v_scan WHERE finished_at IS NULL")" = 1
agent scan --folder "$(hp "$pc/Users")" --db "$(hp "$db")" >"$work/out2" 2>"$work/err2"
rc2=$?
if test "$host" = linux; then
	kill -INT $pid
	kill -CONT $pid
else
	printf '\003' >&7
fi
wait $pid
rc=$?
check "a stopped scan that found something ends with 3, not $rc" test $rc -eq 3
query "$db" "SELECT kind, matters FROM v_gap WHERE matters = 1" >"$work/got"
printf 'interrupted\t1\n' >"$work/want"
same "it says that it was stopped, and nothing else" "$work/want" "$work/got"
query "$db" "SELECT verdict, exit_code, finished_at IS NOT NULL, files_scanned < $all FROM v_scan" >"$work/got"
printf 'found\t3\t1\t1\n' >"$work/want"
same "it is recorded as found, and ended early" "$work/want" "$work/got"
# All of them lie in known places or are registered.
grep '^malicious' tests/cases/expected/infected-win7.tsv | LC_ALL=C sort >"$work/want"
findings "$db" | grep '^malicious' | LC_ALL=C sort >"$work/got"
same "what it had found is kept" "$work/want" "$work/got"
test "$host" = linux || { exec 7>&-; cp "$work/screen" "$work/out"; : >"$work/err"; }
says "and shown" "FOUND: 4 malicious"
check "a second scan into the same store is refused (65), not $rc2" test $rc2 -eq 65
check "and says why" grep -q "scan" "$work/err2"
test "$host" = linux || return

# Killed outright: the earlier scans are there, the store is whole.
k=(--db "$work/k.db")
build/linux/mstmpsweep scan --folder "$pc/Users" "${k[@]}" >/dev/null 2>&1
held_scan "$work/k.db" || return
kill -KILL $pid
{ wait $pid; } 2>/dev/null
check "the store is whole after a kill" test "$(query "$work/k.db" "PRAGMA integrity_check")" = ok
check "the scan before the kill is there" test "$(query "$work/k.db" "SELECT count(*) FROM v_scan WHERE scan_id = 1 AND verdict = 'found'")" = 1
# What it had kept until then was judged by nobody yet.
check "the scan that was killed has no verdict" test "$(query "$work/k.db" "SELECT state,
	verdict IS NULL, (SELECT count(*) FROM finding f WHERE f.scan_id = s.scan_id),
	(SELECT count(*) > 5 FROM registration r WHERE r.scan_id = s.scan_id)
	FROM scan s WHERE scan_id = 2")" = "$(printf 'running\t1\t0\t1')"
cp "$work/k.db" "$work/k2.db"
cp "$work/k.db" "$work/k3.db"
gives 3 "a report after it judges what is there" build/linux/mstmpsweep report \
	--lang en --root "$pc" "${k[@]}" --exit-code
says "it says INCOMPLETE" "INCOMPLETE: this scan was cut off"
says "and what was found until then" "malicious"
check "the one with the text is found by what would load it" test "$(query \
	"$work/k.db" "SELECT verdict FROM v_finding WHERE scan_id = 2 AND rules
	LIKE '%reg_text_html_monkif_label%'")" = malicious
query "$work/k.db" "SELECT state, verdict, exit_code, finished_at IS NULL FROM scan
	WHERE scan_id = 2" >"$work/got"
printf 'cut_off\tfound\t3\t1\n' >"$work/want"
same "it is marked, and has no end" "$work/want" "$work/got"
gives 3 "a second report says the same" build/linux/mstmpsweep report \
	--root "$pc" "${k[@]}" --exit-code
# So does the next scan.
gives 1 "and the next scan works" build/linux/mstmpsweep scan --folder "$pc/Users" --db "$work/k2.db"
says "it says so" "was cut off and is INCOMPLETE; report --scan 2"
query "$work/k2.db" "SELECT state, verdict, exit_code, finished_at IS NULL FROM scan
	WHERE scan_id = 2" >"$work/got"
same "it marks and judges the one before" "$work/want" "$work/got"
gives 65 "fix does not act on what was cut off" build/linux/mstmpsweep fix --yes \
	--root "$pc" --db "$work/k3.db"
says "fix tells that it was" "was cut off and is INCOMPLETE"
says "fix asks for a scan" "no finished scan of this PC"

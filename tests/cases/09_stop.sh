# Ctrl-C keeps what was found; a store in use by another scan is refused.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "a Ctrl-C from outside does not reach a program under Wine"
	return
fi
mkdir -p "$work/tree/Users/Taro/AppData/Local/Temp" "$work/tree/big"
cp "$standins/hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp" \
	"$work/tree/Users/Taro/AppData/Local/Temp/"
# Enough to be still at work when the signal comes: programs are read whole.
{
	printf MZ
	head -c 8000000 /dev/urandom
} >"$work/tree/big/0"
for i in $(seq 1 1500); do
	ln "$work/tree/big/0" "$work/tree/big/$i"
done
# Slowed down to one file a time by a debugger-free trick: a lower priority
# and one thread; the signal comes as soon as the store shows the scan.
env --default-signal=INT nice -n 19 build/linux/mstmpsweep scan --folder "$work/tree" --threads 1 \
	--db "$work/s.db" >"$work/out" 2>"$work/err" &
pid=$!
for i in $(seq 1 500); do
	test "$(query "$work/s.db" "SELECT count(*) FROM v_scan" 2>/dev/null)" = 1 &&
		break
	sleep 0.01
done
# While it runs the store is its own, and can be read.
build/linux/mstmpsweep scan --folder "$work/tree/Users" --db "$work/s.db" \
	>"$work/out2" 2>"$work/err2"
rc2=$?
kill -INT $pid 2>/dev/null
wait $pid
rc=$?
if test $rc -eq 1 && test "$(query "$work/s.db" "SELECT count(*) FROM v_gap WHERE kind = 'interrupted'")" = 0; then
	skip "the scan was over before the signal came"
else
	check "a stopped scan ends with 2 or 3, not $rc" test $rc -eq 2 -o $rc -eq 3
	query "$work/s.db" "SELECT count(*) FROM v_gap WHERE kind = 'interrupted' AND matters = 1" >"$work/n"
	check "it says that it was stopped" test "$(cat "$work/n")" = 1
	query "$work/s.db" "SELECT verdict IN ('incomplete', 'found') FROM v_scan WHERE finished_at IS NOT NULL ORDER BY 1 LIMIT 1" >"$work/n"
	check "it is recorded, and not as clean" test "$(cat "$work/n")" = 1
	check "a second scan into the same store is refused (65), not $rc2" test $rc2 -eq 65
	check "and says why" grep -q "scan" "$work/err2"
fi
# Killed outright: the earlier scans are there, the store is whole.
build/linux/mstmpsweep scan --folder "$work/tree/Users" --db "$work/k.db" >/dev/null 2>&1
build/linux/mstmpsweep scan --folder "$work/tree" --threads 1 --db "$work/k.db" >/dev/null 2>&1 &
pid=$!
sleep 0.05
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
check "the store is whole after a kill" test "$(query "$work/k.db" "PRAGMA integrity_check")" = ok
check "the scan before the kill is there" test "$(query "$work/k.db" "SELECT count(*) FROM v_scan WHERE scan_id = 1 AND verdict = 'found'")" = 1
gives 1 "and the next scan works" build/linux/mstmpsweep scan --folder "$work/tree/Users" --db "$work/k.db"

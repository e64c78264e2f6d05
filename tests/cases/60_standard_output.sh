# Started without standard streams (a service, a detached process, a careless
# parent) the program ends with the code that it has on a screen, and writes into
# nothing else what it would have told. An output that is there and takes nothing
# is a failure, as before.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
pc=$work/pc
db=$work/s.db
on=(--root "$(hp "$pc")" --db "$(hp "$db")")

# started HOW ARG...: the program with all three streams of that kind
started()
{
	local how=$1 exe=build/win64/mstmpsweep64.exe

	shift
	test "$host" = win64 || exe=build/win32/mstmpsweep.exe
	if test "$host" != linux; then
		wine "build/$host/tests/starter_win32.exe" "$how" \
			"$(hp "${MSTMP_AGENT:-$exe}")" "$@"
		return
	fi
	case $how in
	none) agent "$@" <&- >&- 2>&- ;;
	output) agent "$@" >&- ;;
	errors) agent "$@" 2>&- ;;
	reader) agent "$@" <"$standins/cases.tsv" >&0 2>&0 ;;
	full) agent "$@" >/dev/full ;;
	broken)
		exec 7> >(:)
		wait $!
		agent "$@" >&7 7>&-
		;;
	esac
}

ways="none reader"
if test "$host" = linux; then
	ways="$ways output errors"
	# A device that is always full.
	fails="broken full"
else
	# A number that is nothing, one of a folder, one of a file that is read.
	ways="$ways invalid stale:0x1234 stale:0x24 stale:0x58"
	fails=broken
fi

cp -a $pcs/infected-xp "$pc"
for how in $ways; do
	rm -f "$db"*
	gives 1 "$how: scan" started "$how" scan "${on[@]}"
	check "$how: the store is sound" test \
		"$(query "$db" "PRAGMA integrity_check")" = ok
	# Each start costs under Wine.
	test "$host" = linux || test "$how" = none || continue
	gives 0 "$how: report" started "$how" report --db "$(hp "$db")"
	gives 1 "$how: plan" started "$how" plan "${on[@]}"
	gives 64 "$how: fix finds nobody to ask" started "$how" fix "${on[@]}"
	check "$how: nothing was written so far" unchanged $pcs/infected-xp "$pc"
	gives 0 "$how: fix" started "$how" fix --yes "${on[@]}"
	gives 0 "$how: vault" started "$how" vault list \
		--root "$(hp "$pc")"
	gives 0 "$how: undo" started "$how" undo --yes "${on[@]}"
	check "$how: undo brought everything back" unchanged $pcs/infected-xp "$pc"
done

for how in $fails; do
	rm -f "$db"*
	gives 70 "$how: scan cannot tell it" started "$how" scan "${on[@]}"
	check "$how: it is recorded" test \
		"$(query "$db" "SELECT exit_code FROM v_scan")" = 1
done
if test "$host" != linux; then
	rm -f "$db"*
	gives 1 "a file: scan" started "file:$(hp "$work/file")" scan \
		--lang en "${on[@]}"
	check "a file: the report is in it" grep -q 'MALICIOUS' "$work/file"
fi

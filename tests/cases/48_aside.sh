# What an antivirus left: a program under another name beside the entry that
# loaded it. Quick finds it wherever the entry leads, it is one finding with
# that entry, and what is left to do is said.
# SPDX-License-Identifier: Apache-2.0

marked=$(find $standins/hits/monkif_misspelt_api_names -type f | head -1)
db=$work/a.db

fresh()
{
	rm -rf "$work/pc" "$db"
	cp -a $pcs/"$1" "$work/pc"
	on=(--lang en --root "$(hp "$work/pc")" --db "$(hp "$db")")
}
# of PATH: verdict, entry and what is told of the finding of that path
of()
{
	query "$db" "SELECT verdict, registry_key, reason FROM v_finding
		WHERE path = '$1' AND scan_id = (SELECT max(scan_id) FROM v_scan)"
}
told='Beside it lies "%s", as an antivirus leaves a program that it has put aside'

for how in --quick --full; do
	fresh infected-xp
	shared="$work/pc/Program Files/Shared"
	mv "$shared/lib.dll" "$shared/lib.dll.vir"
	gives 1 "$how: found" agent scan $how "${on[@]}"
	of 'C:\Program Files\Shared\lib.dll.vir' >"$work/got"
	check "$how: lib.dll.vir is found" grep -q '^[a-z]*	HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects' "$work/got"
	check "$how: it says what is left" grep -qF "$(printf "$told" lib.dll.vir)" "$work/got"
	check "$how: it is one finding with its entry" test 1 = "$(query "$db" \
		"SELECT count(*) FROM v_finding WHERE path LIKE 'C:%Shared_lib.dll%'")"

	fresh infected-win7
	temp="$work/pc/Users/太郎/AppData/Local/Temp"
	mv "$temp/mstmp" "$temp/mstmp.VIR"
	gives 1 "$how: mstmp: found" agent scan $how "${on[@]}"
	of 'C:\Users\太郎\AppData\Local\Temp\mstmp.VIR' >"$work/got"
	check "$how: what it holds is still malicious" grep -q '^malicious	HKU.*text/html' "$work/got"
	check "$how: mstmp says so, too" grep -qF "$(printf "$told" mstmp.VIR)" "$work/got"
	check "$how: mstmp is one finding with its entry" test 1 = "$(query "$db" \
		"SELECT count(*) FROM v_finding WHERE path LIKE '%Temp_mstmp%'")"

	# Wherever an entry leads, here one that is known: its program alone.
	fresh base-win7
	java="$work/pc/Program Files/Java/jre6/bin"
	rm "$java/jp2ssv.dll"
	cp "$marked" "$java/jp2ssv.vir"
	gives 1 "$how: beside a known entry" agent scan $how "${on[@]}"
	check "$how: it is found there" grep -q '^malicious' <(of 'C:\Program Files\Java\jre6\bin\jp2ssv.vir')
	gives 0 "$how: fix" agent fix --yes "${on[@]}"
	check "$how: what was put aside is gone" test ! -e "$java/jp2ssv.vir"
	rm -rf "$work/pc/ProgramData/mstmpsweep"
	check "$how: the entry stays" cmp -s "$work/pc/Windows/System32/config/SOFTWARE" \
		$pcs/base-win7/Windows/System32/config/SOFTWARE

	# Without an entry, and without marks: a note.
	fresh base-win7
	mkdir -p "$work/pc/Program Files/Shared"
	echo x >"$work/pc/Program Files/Shared/lib.vir"
	gives 0 "$how: a name alone" agent scan $how "${on[@]}"
	check "$how: it is a note" grep -q '^note' <(of 'C:\Program Files\Shared\lib.vir')
	rm "$work/pc/Program Files/Shared/lib.vir"
	echo x >"$work/pc/Program Files/Shared/setup.vir"
	gives 0 "$how: another name" agent scan $how "${on[@]}"
	check "$how: it is nothing" test -z "$(of 'C:\Program Files\Shared\setup.vir')"
done

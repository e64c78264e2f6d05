# targets lists the installations below what it is given.
# SPDX-License-Identifier: Apache-2.0

gives 0 "targets" agent targets "$(hp $pcs)"
for name in KEIRI-PC07 SOUMU-XP3 DESKTOP-TARO; do
	says "targets names $name" $name
done
says "targets names the version" "Windows 7 Professional"
gives 0 "targets as json" agent targets --format json "$(hp $pcs/base-xp)"
says "one target" '"windows_version": "5.1.2600"'
says "one target" '"bits": 32'
mkdir "$work/empty"
gives 0 "no target" agent targets "$(hp "$work/empty")"
says "no target" "No Windows"

# ---- without a path: what is attached ---------------------------------------
if test "$host" = linux; then
	gives 0 "attached volumes" agent targets
	# A root and a line about it for each, or the sentence.
	bad=
	while read -r root; do
		find "$root" -maxdepth 1 -iname windows 2>/dev/null | grep -q . ||
			bad="$bad $root"
	done < <(grep -v -e '^    ' -e '^No Windows installation was found' "$work/out")
	check "each of them holds a Windows, not$bad" test -z "$bad"
	check "it says what there is or that there is none" test -s "$work/out"
else
	# Wine keeps no hives where Windows does: they are lent to its C:.
	config=$WINEPREFIX/drive_c/windows/system32/config
	mkdir "$config"
	cp $pcs/base-win10/Windows/System32/config/{SOFTWARE,SYSTEM} "$config/"
	gives 0 "attached volumes" agent targets
	rm -r "$config"
	says "C: is one of them" 'C:\'
	says "the Windows on C: is read" "DESKTOP-TARO"
fi

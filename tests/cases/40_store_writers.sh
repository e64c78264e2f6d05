# Where the store lies and who could have written it decide what it is taken
# for: not a link, not what others may write, the vault's own folder.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

was=$pcs/filter-win7
# fresh: the PC as it was
fresh()
{
	rm -rf "$work/pc"
	cp -a $was "$work/pc"
	pc=$work/pc
	disk=(--root "$(hp "$pc")")
}

# ---- the folder that it shares with the vault -----------------------------------
fresh
ours=$pc/ProgramData/mstmpsweep
db=$(hp "$ours/pc.db")
gives 1 "shared: scan makes the folder" agent scan --quick --quiet "${disk[@]}" --db "$db"
test "$host" != linux || check "shared: it is private" \
	test "$(stat -c %a "$ours")" = 700
gives 0 "shared: fix" agent fix --yes "${disk[@]}" --db "$db"
check "shared: the vault is there" test -s "$ours/vault/journal.db"
gives 0 "shared: scan after that" agent scan --quick --quiet "${disk[@]}" --db "$db"
gives 0 "shared: undo" agent undo --yes "${disk[@]}" --db "$db"
check "shared: as it was" unchanged $was "$pc"
# The vault came first.
fresh
agent scan --quick --quiet "${disk[@]}" --db "$(hp "$work/first.db")"
gives 0 "vault first: fix" agent fix --yes "${disk[@]}" --db "$(hp "$work/first.db")"
gives 0 "vault first: scan" agent scan --quick --quiet "${disk[@]}" --db "$db"

# ---- who may read ---------------------------------------------------------------
# Wine makes the mode of a file of its access list.
fresh
umask 000
gives 1 "modes: scan" agent scan --quick --quiet "${disk[@]}" \
	--db "$(hp "$work/modes.db")" --out "$(hp "$work/scan.txt")"
gives 0 "modes: report" agent report --db "$(hp "$work/modes.db")" \
	--format html --out "$(hp "$work/report.html")"
gives 1 "modes: plan" agent plan "${disk[@]}" --db "$(hp "$work/modes.db")" \
	--out "$(hp "$work/plan.txt")"
umask 022
for file in modes.db scan.txt report.html plan.txt; do
	check "modes: $file is not for others" \
		test "$(stat -c %A "$work/$file" | cut -c 8-10)" = ---
done

if test "$host" != linux; then
	skip "Wine has no owners, access lists and links of its own"
	return
fi

# refused NAME DB: nothing is done because of that store
refused()
{
	local command

	for command in plan fix undo; do
		set -- "$1" "$2" --yes
		test $command != plan || set -- "$1" "$2"
		gives 65 "$1: $command" agent $command "${@:3}" "${disk[@]}" --db "$2"
		says "$1: $command: the way out" "--db"
	done
	check "$1: nothing was changed" unchanged $was "$pc"
}

# ---- links ------------------------------------------------------------------------
fresh
agent scan --quick --quiet "${disk[@]}" --db "$work/real.db"
ln -s real.db "$work/link.db"
cp "$work/real.db" "$work/real.was"
refused link "$work/link.db"
says "link: why" "is a link, which is not followed"
gives 65 "link: scan" agent scan --quick --quiet "${disk[@]}" --db "$work/link.db"
gives 65 "link: report" agent report --db "$work/link.db"
check "link: what it leads to is as it was" cmp "$work/real.db" "$work/real.was"
ln -s nowhere "$work/dangling.db"
gives 65 "dangling: scan" agent scan --quick --quiet "${disk[@]}" --db "$work/dangling.db"
says "dangling: why" "is a link, which is not followed"
check "dangling: nothing was made" test ! -e "$work/nowhere"

# ---- who runs it without rights vouches for himself ---------------------------------
. tests/cases/nobody.sh
if nobody_can; then
	chmod -R a+rX "$pc"
	nobody "$work/open/mstmpsweep" scan --quick --quiet "${disk[@]}" \
		--db "$work/open/nobody.db" >"$work/out" 2>&1
	gives 1 "without rights: plan" nobody "$work/open/mstmpsweep" plan \
		"${disk[@]}" --db "$work/open/nobody.db"

	# ---- a place where a store cannot be read: each cause is told ------------
	# unreadable NAME WAY: $work/shut/NAME.db, and what is to be done
	unreadable()
	{
		local why=$1

		chmod 555 "$work/shut"
		gives 65 "$why: report" nobody "$work/open/mstmpsweep" report \
			--db "$work/shut/$1.db"
		says "$why: the way out" "$2"
		chmod 755 "$work/shut"
	}
	mkdir "$work/shut"
	cp "$work/real.db" "$work/shut/denied.db"
	chmod 600 "$work/shut/denied.db"
	test "$(id -u)" -eq 0 || chmod 0 "$work/shut/denied.db"
	unreadable denied "access was denied"
	install -m 444 "$work/real.db" "$work/shut/cut.db"
	printf x >"$work/shut/cut.db-journal"
	chmod 444 "$work/shut/cut.db-journal"
	unreadable cut "copy it together with \"$work/shut/cut.db-journal\""
	# As another program can leave it, with and without its log.
	install -m 644 "$work/real.db" "$work/shut/wal.db"
	printf '\2\2' | dd of="$work/shut/wal.db" bs=1 seek=18 conv=notrunc status=none
	chmod 444 "$work/shut/wal.db"
	unreadable wal "in a mode (WAL) that needs a writable place"
	printf x >"$work/shut/wal.db-wal"
	chmod 444 "$work/shut/wal.db-wal"
	unreadable wal "copy it together with \"$work/shut/wal.db-wal\""
fi

if test "$(id -u)" -ne 0; then
	skip "whether others may write matters to who has rights"
	return
fi

# ---- what others may write ------------------------------------------------------------
# The number of files is another one in each copy.
fresh
# open_to_others NAME: $dir is; a new store there is for reports only
open_to_others()
{
	gives 1 "$1: scan" agent scan --quick --quiet "${disk[@]}" --db "$dir/s.db"
	says "$1: scan tells what it is good for" "this scan is for reports only"
	check "$1: only we can read it" test "$(stat -c %a "$dir/s.db")" = 600
	gives 0 "$1: report" agent report --db "$dir/s.db"
	refused "$1" "$dir/s.db"
	says "$1: why" "$2"
	gives 65 "$1: scan again" agent scan --quick --quiet "${disk[@]}" --db "$dir/s.db"
	says "$1: scan again: why" "is not written on"
	says "$1: scan again: the way out" "give a new file with --db"
}
mkdir "$work/a"
dir=$work/a
chmod 777 "$dir"
open_to_others "open folder" "can be written to by others (mode 0777)"
mkdir "$work/b"
dir=$work/b
chmod 1777 "$dir"
open_to_others "sticky folder" "can be written to by others (mode 1777)"
mkdir "$work/c"
dir=$work/c
chown 12345 "$dir"
open_to_others "another's folder" "belongs to the user 12345"
mkdir -p "$work/d/e"
chmod 777 "$work/d"
dir=$work/d/e
open_to_others "open folder above" "can be written to by others (mode 0777)"

# file NAME WHY CHANGE...: a good folder, and that is done to the store in it
file()
{
	rm -rf "$work/f"
	mkdir "$work/f"
	gives 1 "$1: scan" agent scan --quick --quiet "${disk[@]}" --db "$work/f/s.db"
	gives 1 "$1: plan as it is" agent plan "${disk[@]}" --db "$work/f/s.db"
	"${@:3}"
	refused "$1" "$work/f/s.db"
	says "$1: why" "$2"
}
file "open file" "can be written to by others (mode 0666)" \
	chmod 666 "$work/f/s.db"
file "another's file" "belongs to the user 12345" chown 12345 "$work/f/s.db"
planted_journal()
{
	echo x >"$work/f/s.db-journal"
	chown 12345 "$work/f/s.db-journal"
}
file "another's journal" "belongs to the user 12345" planted_journal

# A new store in another's folder has no journal that could be a link of
# theirs: whatever has its name is not opened.
mkdir -p "$work/h/s.db-journal"
chown 12345 "$work/h"
gives 1 "journal of a new store" agent scan --quick --quiet "${disk[@]}" \
	--db "$work/h/s.db"
check "journal of a new store: nothing else was made" \
	test "$(ls "$work/h" | xargs)" = "s.db s.db-journal"
rmdir "$work/h/s.db-journal"
check "journal of a new store: it is whole" test "$(findings "$work/h/s.db" |
	grep -c ^malicious)" = 1

# A report of what lies in another's folder opens no file beside it and gives
# none away: what a hard link leads to is as it was.
foreign=$work/g
mkdir "$foreign"
gives 1 "foreign: scan" agent scan --quick --quiet "${disk[@]}" --db "$foreign/s.db"
chown -R 12345 "$foreign"
# hard_linked NAME FILE: that name in the folder is another name of ours
hard_linked()
{
	rm -f "$work/precious" "$foreign"/s.db-*
	echo "$1" >"$work/precious"
	cp -p "$work/precious" "$work/precious.was"
	ln "$work/precious" "$foreign/$2"
}
# not_touched NAME
not_touched()
{
	check "$1: what it leads to is as it was" cmp "$work/precious" \
		"$work/precious.was"
	check "$1: and still ours" test "$(stat -c %u "$work/precious")" = "$(id -u)"
}
hard_linked "another's report" s.db-shm
gives 0 "another's report" agent report --db "$foreign/s.db"
not_touched "another's report"
hard_linked "journal in another's folder" s.db-journal
gives 65 "journal in another's folder" agent report --db "$foreign/s.db"
says "journal in another's folder: the way out" \
	"copy both to a folder that only administrators can write to"
not_touched "journal in another's folder"
check "journal in another's folder: it is there" test -e "$foreign/s.db-journal"
# The header's versions for writing and reading say WAL.
hard_linked "WAL in another's folder" s.db-shm
printf '\2\2' | dd of="$foreign/s.db" bs=1 seek=18 conv=notrunc status=none
gives 65 "WAL in another's folder" agent report --db "$foreign/s.db"
says "WAL in another's folder: why" "somebody else has changed it"
not_touched "WAL in another's folder"
check "WAL in another's folder: nothing was made" \
	test "$(ls "$foreign" | xargs)" = "s.db s.db-shm"

# Where others may enter it is no folder for a vault.
mkdir -m 755 "$work/mstmpsweep"
gives 65 "open mstmpsweep: scan" agent scan --quick --quiet "${disk[@]}" \
	--db "$work/mstmpsweep/s.db"
says "open mstmpsweep: why" "is not private"
says "open mstmpsweep: the way out" "move it away"
check "open mstmpsweep: nothing was made" test -z "$(ls -A "$work/mstmpsweep")"

# ---- the usual place ---------------------------------------------------------------------
# place NAME COMMAND...: with a /var/lib of its own, $work/lib
place()
{
	unshare -m sh -c 'mount --bind "$1" /var/lib && shift && "$@"' sh \
		"$work/lib" "$@"
}
mkdir "$work/lib"
place true 2>/dev/null || { skip "nothing can be mounted here"; return; }
install -D -m 755 "${MSTMP_AGENT:-build/linux/mstmpsweep}" \
	"$work/desktop/mstmpsweep"
chmod 777 "$work/desktop"
store=$work/lib/mstmpsweep/mstmpsweep.db
gives 1 "private place: scan" place "$work/desktop/mstmpsweep" scan --quick \
	--quiet "${disk[@]}"
says "private place: told" 'the store is "/var/lib/mstmpsweep/mstmpsweep.db"'
check "private place: told once" test "$(grep -c 'the store is' "$work/err")" = 1
check "private place: nothing beside the program" \
	test "$(ls "$work/desktop")" = mstmpsweep
check "private place: it is there" test -s "$store"
# A stick that cannot be written on.
mkdir "$work/stick"
gives 1 "read-only stick: scan" place sh -c 'mount -t tmpfs tmpfs "$1" &&
	cp "$2" "$1/" && mount -o remount,ro "$1" && stick=$1 && shift 2 &&
	"$stick/mstmpsweep" "$@"' sh "$work/stick" "$work/desktop/mstmpsweep" \
	scan --quick --quiet "${disk[@]}"
says "read-only stick: told" 'the store is "/var/lib/mstmpsweep/mstmpsweep.db"'
check "private place: only for us" \
	test "$(stat -c %a "$work/lib/mstmpsweep" "$store" | xargs)" = "700 600"
gives 0 "private place: report finds it" place "$work/desktop/mstmpsweep" report
gives 0 "private place: fix finds it" place "$work/desktop/mstmpsweep" fix \
	--yes "${disk[@]}"

# moved NAME: what was planted is not used
moved()
{
	gives 0 "$1: scan" place "$work/desktop/mstmpsweep" scan --quick \
		--quiet "${disk[@]}"
	says "$1: told" "somebody else has made the folder"
	check "$1: a new one, only for us" \
		test "$(stat -c %a "$work/lib/mstmpsweep" "$store" | xargs)" = "700 600"
	check "$1: the other one is kept" test -n "$(ls -d \
		"$work/lib/mstmpsweep.not-ours-"*)"
	check "$1: and as it was" test "$(cat \
		"$work/lib/mstmpsweep.not-ours-"*/mstmpsweep.db)" = planted
	rm -rf "$work/lib/mstmpsweep"*
}
rm -rf "$work/lib/mstmpsweep"
mkdir -m 777 "$work/lib/mstmpsweep"
echo planted >"$store"
moved "open"
mkdir -m 700 "$work/lib/mstmpsweep"
echo planted >"$store"
chown 12345 "$work/lib/mstmpsweep"
moved "another's"
mkdir -m 700 "$work/elsewhere"
echo planted >"$work/elsewhere/mstmpsweep.db"
ln -s "$work/elsewhere" "$work/lib/mstmpsweep"
moved "a link"
check "a link: nothing was written behind it" \
	test "$(ls "$work/elsewhere")" = mstmpsweep.db

# Between scan and fix it is told as well.
gives 0 "after the scan: scan" place "$work/desktop/mstmpsweep" scan --quick \
	--quiet "${disk[@]}"
chmod 777 "$work/lib/mstmpsweep"
gives 65 "after the scan: fix" place "$work/desktop/mstmpsweep" fix --yes \
	"${disk[@]}"
says "after the scan: told" "somebody else has made the folder"
says "after the scan: the way out" "scan first"
rm -rf "$work/lib/mstmpsweep"*

chmod 755 "$work/desktop"
gives 0 "own folder: scan" place "$work/desktop/mstmpsweep" scan --quick \
	--quiet "${disk[@]}"
check "own folder: beside the program" test -s "$work/desktop/mstmpsweep.db"
check "own folder: and nowhere else" test -z "$(ls -A "$work/lib")"

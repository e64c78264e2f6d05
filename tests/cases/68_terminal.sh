# What a terminal shows: the verdict once more at the end; colours as escapes
# where it knows them, as attributes of the console on an older Windows, and
# none where nobody wants them or nothing shows them.
# SPDX-License-Identifier: Apache-2.0

command -v script >/dev/null || { skip "util-linux's script is not installed"; return; }
db=$(hp "$work/s.db")
agent scan --quick --quiet --root "$(hp $pcs/infected-win7)" --db "$db"
escape=$(printf '\033[1;31m')
# As Wine shows that attribute on the terminal it runs in.
attribute=$(printf '\033[91m')

# shown PROGRAM...: its report on a terminal, in $work/screen
shown()
{
	TERM=xterm script -qfec "$* report --lang en --db '$db'" /dev/null \
		</dev/null >"$work/screen" 2>&1
	check "$*: it is shown" grep -q "FOUND: 4 malicious" "$work/screen"
}
# ends WHAT: the verdict and the next command stand within the last lines
ends()
{
	local end=$work/end

	# Wine's terminal has lines of its own, that move the cursor.
	tr -d '\r' <"$work/screen" | grep -v '^ *$' | tail -9 >"$end"
	check "$1: the verdict stands last, too" grep -q "FOUND: 4 malicious" "$end"
	check "$1: so does the next command" grep -q "mstmpsweep plan" "$end"
	check "$1: it is said twice, not more" \
		test "$(grep -c "FOUND: 4 malicious" "$work/screen")" = 2
}
has() { grep -qF "$1" "$work/screen"; }
lacks() { ! has "$1"; }

gives 0 "in a pipe" agent report --lang en --db "$db"
check "in a pipe: nothing is said twice" \
	test "$(grep -c "FOUND: 4 malicious" "$work/out")" = 1
check "in a pipe: no colour" sh -c "! grep -q '$(printf '\033')' '$work/out'"
if test "$host" = linux; then
	shown build/linux/mstmpsweep
	check "a terminal: escapes" has "$escape"
	ends "report"
	TERM=xterm script -qfec "build/linux/mstmpsweep scan --quick --lang en \
		--exclude nothing --root $pcs/infected-win7 --db '$work/t.db'" \
		/dev/null </dev/null >"$work/screen" 2>&1
	ends "scan"
	shown env NO_COLOR=1 build/linux/mstmpsweep
	check "NO_COLOR: none" lacks "$(printf '\033')"
	return
fi

own_prefix
program="wine $(echo build/"$host"/mstmpsweep*.exe)"
# windows VERSION: Wine says that it is that one
windows()
{
	wine64 reg add 'HKCU\Software\Wine' /v Version /d "$1" /f >/dev/null 2>&1
	restart_wine
}
windows win7
shown "$program"
check "Windows 7: an attribute" has "$attribute"
check "Windows 7: no escape" lacks "$escape"
shown env NO_COLOR=1 "$program"
check "Windows 7, NO_COLOR: none" lacks "$attribute"
windows win10
shown "$program"
check "Windows 10: escapes" has "$escape"
ends "Windows"

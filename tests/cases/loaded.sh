# What the cases share that need a program which has a DLL loaded, or files locked.
# SPDX-License-Identifier: Apache-2.0

# hold PROGRAM [ARGUMENT...]: starts it, with lib.dll loaded if nothing else is
# said; the DLL itself says when it is, and the width of the program that it is in
dll='C:\Program Files\Shared\lib.dll,Hold'
hold()
{
	test $# -gt 1 || set -- "$1" "$dll"
	rm -f "$work/held"
	MSTMP_HELD=$(hp "$work/held") wine "$@" >"$work/out" 2>&1 &
	holder=$!
	while kill -0 $holder 2>/dev/null && ! test -s "$work/held"; do
		sleep 0.05
	done
	check "$* has it loaded, in ${host#win} bits" \
		grep -sqx "${host#win}" "$work/held"
}
let_go()
{
	check "it was still running" kill $holder
	wait $holder 2>/dev/null
}

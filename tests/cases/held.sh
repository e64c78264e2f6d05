# What the cases share that need the program in the middle of its work.
# SPDX-License-Identifier: Apache-2.0

# held PATTERN COMMAND...: in the background as $pid, its output in $work/out
# and err, stopped where it opens or makes a file of such a name. False, and
# skipped or failed, if it is not: then it has ended.
held()
{
	local told=

	rm -f "$work/tell"
	mkfifo "$work/tell"
	# Without the option a shell's background does not hear Ctrl-C.
	env --default-signal=INT "$tools/hold_posix" 8 "$@" \
		8>"$work/tell" >"$work/out" 2>"$work/err" &
	pid=$!
	read -r told <"$work/tell"
	test "$told" != held || return 0
	wait $pid
	case $told in
	'no '*) skip "$told" ;;
	*) not_ok "\"${*:2}\" never comes to a file $1" ;;
	esac
	return 1
}

# What the cases share that need a user whom modes stop.
# SPDX-License-Identifier: Apache-2.0

# nobody COMMAND...: as such a user; root becomes another one
nobody()
{
	if test "$(id -u)" -eq 0; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# nobody_can: makes $work/open, where that user has the program and may write;
# false, and skipped, if the user cannot run it there
nobody_can()
{
	mkdir -p "$work/open"
	chmod 777 "$work/open"
	chmod 755 "$work" "$work/.."
	install -m 755 build/linux/mstmpsweep "$work/open/"
	# A shell of that user, since setpriv starts programs with other rights.
	nobody sh -c '"$1" --version' sh "$work/open/mstmpsweep" \
		>/dev/null 2>&1 && return 0
	skip "another user can run nothing below $work"
	return 1
}

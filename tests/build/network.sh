# What the scripts that download share. Sourced by setup.sh and fetch.sh.
# SPDX-License-Identifier: Apache-2.0

# could_not_fetch LOG: apt's words say that something did not arrive
could_not_fetch()
{
	grep -qE '^(E|W|Err:?[0-9]*):? .*(Failed to fetch|Unable to fetch|Unable to connect|Could not (connect|resolve)|Temporary failure|Some index files failed)' "$1"
}

# pause TRY: before the next one; a server that is down needs a moment
pause()
{
	test "$1" -ge 3 || sleep $((5 * $1))
}

# no_network WHAT: tells whoever asked to know, and ends there
no_network()
{
	test -n "${MSTMP_NO_NETWORK-}" || return 0
	echo "$1" >>"$MSTMP_NO_NETWORK"
	echo "The network gave no $1 in three tries." >&2
	exit 1
}

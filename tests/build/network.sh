# What the scripts that download share. Sourced by setup.sh, fetch.sh, bare.sh.
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

# archive_uri [PATTERN]: of the archive that this machine has such a suite from
archive_uri()
{
	local suites='^(bookworm|trixie|stable|testing|sid|unstable)$'

	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v suites="${1:-$suites}" '$2 ~ suites { print $1; exit }'
}

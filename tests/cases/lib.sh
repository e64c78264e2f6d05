# What every case uses: the program on this host, paths as it wants them,
# and checks that count.
# SPDX-License-Identifier: Apache-2.0
#
# A case is a file NN_name.sh, run by run.sh in a shell of its own with
#   $host   linux, win64 or win32
#   $work   an empty folder
#   $own    the place of its own prefix, see own_prefix
#   $pcs    the stand-in PCs, made once for all hosts, read-only by custom
# and these functions. The same file runs unchanged on every host.

standins=build/standin/mstmp
tools=build/linux/tests
passed=0
failed=0
skipped=0

# The program, its output and exit code as they are.
agent()
{
	case $host in
	linux) "${MSTMP_AGENT:-build/linux/mstmpsweep}" "$@" ;;
	win64) wine build/win64/mstmpsweep64.exe "$@" ;;
	win32) wine build/win32/mstmpsweep.exe "$@" ;;
	esac
}

# Who looks at all volumes of this machine may be looking at this one just now.
umount()
{
	local tries

	for ((tries = 0; tries < 600; tries++)); do
		command umount "$@" 2>"$work/umount.err" && return
		grep -q busy "$work/umount.err" || break
		sleep 0.05
	done
	cat "$work/umount.err" >&2
	return 1
}

# A clean Windows for this case alone. Whoever registers something in the
# prefix calls it: the cases after it scan the same machine. run.sh ends it.
own_prefix()
{
	local code

	# Never in the Windows that the other cases share.
	code=$(tests/build/wine.sh start "$own" $host) && eval "$code" || exit
}

# The program on drive C: of that Windows, looking at the running one.
live()
{
	local exe=$WINEPREFIX/drive_c/sweep.exe

	test -e "$exe" ||
		cp "${MSTMP_AGENT:-$(echo "build/$host/"mstmpsweep*.exe)}" "$exe"
	wine 'C:\sweep.exe' "$@"
}

# All programs of that Windows end; its drives are looked at anew.
restart_wine()
{
	wineserver -k 2>/dev/null
	wineserver -w 2>/dev/null
	tests/build/wine.sh server "$WINEPREFIX"
}

# Keys and values of the prefix, collected and imported by one program: each
# costs seconds where 32 bits are emulated. The importer has 64 bits, so HKLM\
# SOFTWARE is the 64-bit view, and the other one is named: Wow6432Node.
#
# reg_key HKLM\KEY		the key that the values after it go into
# reg_value NAME KIND DATA	NAME may be empty; sz, expand or dword
# reg_import			write what was collected since the last time
reg_key()
{
	local key=${1/#HKLM/HKEY_LOCAL_MACHINE}

	printf '\n[%s]\n' "${key/#HKCU/HKEY_CURRENT_USER}" \
		>>"$work/import.txt"
}

reg_value()
{
	local name=@ data=${3//\\/\\\\}

	test -z "$1" || name=\"$1\"
	case $2 in
	sz) data=\"$data\" ;;
	dword) data=dword:$(printf %08x "$3") ;;
	expand) data=hex\(2\):$(printf '%s\0' "$3" | iconv -t UTF-16LE |
		od -An -v -tx1 | tr -d '\n' | sed 's/^ //; s/ /,/g') ;;
	esac
	printf '%s=%s\n' "$name" "$data" >>"$work/import.txt"
}

reg_import()
{
	{
		printf '\uFEFFWindows Registry Editor Version 5.00\n'
		cat "$work/import.txt"
	} | sed 's/$/\r/' | iconv -t UTF-16LE >"$work/import.reg"
	rm "$work/import.txt"
	wine64 reg import "$(hp "$work/import.reg")" >"$work/out" 2>&1 ||
		not_ok "reg import"
}

# A path as a user of this host would type it.
hp()
{
	local p

	p=$(realpath -sm "$1")
	if test "$host" = linux; then
		printf '%s' "$p"
	else
		p=Z:$p
		printf '%s' "${p//\//\\}"
	fi
}

ok()
{
	passed=$((passed + 1))
}

not_ok()
{
	failed=$((failed + 1))
	echo "FAILED ($host): $1"
}

skip()
{
	skipped=$((skipped + 1))
	echo "SKIP: $1"
}

# check WHAT COMMAND...: the command must succeed
check()
{
	local what=$1

	shift
	if "$@"; then
		ok
	else
		not_ok "$what"
	fi
}

# gives CODE WHAT COMMAND...: the exit code; output is kept in $work/out, err
gives()
{
	local want=$1 what=$2 rc

	shift 2
	"$@" >"$work/out" 2>"$work/err"
	rc=$?
	if test $rc -eq "$want"; then
		ok
	else
		not_ok "$what: exit code $rc, not $want"
		head -20 "$work/out" "$work/err"
	fi
}

# same WHAT EXPECTED-FILE ACTUAL-FILE
same()
{
	if diff -u "$2" "$3" >"$work/diff"; then
		ok
	else
		not_ok "$1"
		head -40 "$work/diff"
	fi
}

# says WHAT TEXT: the text stands in the last command's output or errors
says()
{
	if cat "$work/out" "$work/err" | tr -d '\r' | grep -qF -- "$2"; then
		ok
	else
		not_ok "$1: it does not say \"$2\""
		head -5 "$work/out" "$work/err"
	fi
}

query()
{
	"$tools/dbq" "$1" "$2"
}

# Findings of the newest scan: verdict, path or key, rules.
findings()
{
	query "$1" "SELECT verdict, coalesce(path, registry_key),
		replace(replace(replace(rules, '[', ''), ']', ''), '\"', '')
		FROM v_finding
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)
		ORDER BY 2, 3"
}

# Everything that must be equal on all hosts.
facts()
{
	query "$1" "SELECT 'finding', verdict, score, family, role, subject,
		path, sha256, clsid, point, view, user_name, user_sid,
		registry_key, rules, reason FROM v_finding
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan) ORDER BY 7, 14"
	query "$1" "SELECT 'registration', point, view, user_name, user_sid,
		clsid, name, server_raw, server_path, file_exists, sha256,
		file_version, publisher, trust, known, registry_key, last_write
		FROM v_inventory
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)
		ORDER BY 16, 3, 6, 9"
	query "$1" "SELECT 'entry', registry_key, view, server_path,
		class_key, class_owner, path_owner, place, beside,
		version_resource, loads, why_not FROM registration
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)
		ORDER BY 2, 3, 4"
	query "$1" "SELECT 'artefact', kind, path, size, sha256, filetype,
		copy_of FROM artefact
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)
		ORDER BY 3, 2"
	query "$1" "SELECT 'gap', kind, path, matters, count FROM v_gap
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)
		ORDER BY 2, 3"
	query "$1" "SELECT 'scan', target_id, host_name, target_kind,
		windows_version, verdict, files_seen, files_scanned,
		bytes_scanned, registrations_seen, findings, gaps,
		gaps_that_matter, exit_code FROM v_scan
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)"
}

# A digest of a whole tree: names, kinds, times, contents. Wine 10 sets a file's
# times where a program asks it to let them be, which shows in the change time.
tree_state()
{
	local changed=' %C@'

	test "$host" = linux || case $(wine --version) in
	wine-[0-8].*) ;;
	*) changed= ;;
	esac
	(cd "$1" && find . -printf "%p %y %m %s %T@$changed\n" | LC_ALL=C sort &&
		find . -type f -print0 | LC_ALL=C sort -z |
		xargs -0 -r sha256sum) | sha256sum
}

#!/bin/bash
# Lint the sources: warnings of a second compiler on every host, clang-tidy,
# cppcheck, style, forbidden calls, layers. Prints "N passed, N failed, ...".
# SPDX-License-Identifier: Apache-2.0
#
# usage: lint.sh [quick | list | one FILE | text FILE | graph]
#
# A line that must do what is forbidden says why in a comment that holds
# "lint: allow".
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
here=$(CDPATH= cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit 1

clang_version=14
warnings="-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
	-Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wvla -Werror"
posix="-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64"
windows="-D_WIN32_WINNT=0x0501 -DWINVER=0x0501 -DNTDDI_VERSION=0x05010300
	-DUNICODE -D_UNICODE -D__USE_MINGW_ANSI_STDIO=0"

# Our own C: not the texts made by the build, not the shims of dependencies,
# not what the tests take in as data.
sources()
{
	find agent remediate signatures tests -name '*.[ch]' \
		-not -path 'agent/deps/*' -not -path 'tests/data/*' \
		2>/dev/null | sort
}

product()
{
	sources | grep -E '^(agent|remediate)/'
}

includes()
{
	local d

	echo "-Iagent -I. -Ibuild/gen -Itests/unit"
	for d in yara hivex sqlite sodium tomcrypt zlib check; do
		echo "-isystem build/deps/$1/$d/include"
	done
}

flags()
{
	local own

	case $1 in
	linux) own=$posix ;;
	win32) own="--target=i686-w64-mingw32 $windows" ;;
	win64) own="--target=x86_64-w64-mingw32 $windows" ;;
	esac
	echo "-std=gnu11 $own -DSODIUM_STATIC
		-DMSTMP_VERSION=\"lint\" $(includes "$1")"
}

hosts_of()
{
	case $1 in
	*_win32.c) echo win32 win64 ;;
	*_posix.c | tests/fuzz/* | tests/fault/*) echo linux ;;
	tests/tools/pccompare.c) echo linux ;;
	# compiled by the speed tests, on the machine that they run on
	tests/bench/*) echo linux ;;
	tests/standin/*) echo win32 win64 ;;
	signatures/*) echo linux ;;
	*) echo linux win32 win64 ;;
	esac
}

# one FILE: what can be wrong with one C file; its complaints, or nothing
one()
{
	local file=$1 host first=

	for host in $(hosts_of "$file"); do
		clang -fsyntax-only $warnings $(flags $host) "$file" 2>&1 ||
			echo "$file: clang for $host complains"
		first=${first:-$host}
	done
	case $file in
	agent/* | remediate/*)
		clang-tidy --quiet "$file" -- $(flags "$first") 2>/dev/null
		cppcheck --quiet --std=c11 --inline-suppr \
			--enable=warning,performance,portability \
			--error-exitcode=1 --template=gcc \
			--suppress=missingInclude --suppress=unusedFunction \
			--suppress=normalCheckLevelMaxBranches \
			$(test "$first" = linux && echo --platform=unix64 ||
				echo --platform=win64 --library=windows) \
			-Iagent -I. -DMSTMP_VERSION='"lint"' "$file" 2>&1
		;;
	esac
}

# C without comments and string literals, same line numbers.
bare()
{
	awk '
	{
		line = $0; out = ""
		while (line != "") {
			if (in_comment) {
				i = index(line, "*/")
				if (!i) { line = ""; break }
				in_comment = 0; line = substr(line, i + 2)
				continue
			}
			i = match(line, /["\047\/]/)
			if (!i) { out = out line; break }
			out = out substr(line, 1, i - 1)
			line = substr(line, i)
			c = substr(line, 1, 1)
			if (substr(line, 1, 2) == "/*") {
				in_comment = 1; line = substr(line, 3)
			} else if (c == "\"" || c == "\047") {
				i = 2
				while (i <= length(line) &&
				       substr(line, i, 1) != c) {
					if (substr(line, i, 1) == "\\") i++
					i++
				}
				out = out c c; line = substr(line, i + 1)
			} else {
				out = out c; line = substr(line, 2)
			}
		}
		print out
	}' "$1"
}

# forbid FILE PATTERN WHY: a word that must not be there
forbid()
{
	local file=$1 number

	grep -qE "$2" "$work/bare" || return 0
	grep -nE "$2" "$work/bare" | cut -d: -f1 | while read -r number; do
		sed -n "${number}p" "$file" | grep -q 'lint: allow' ||
			echo "$file:$number: $3"
	done
}

# The folders, from the lowest up, and what each may include of the others:
# "folder/x.h" is that header alone.  The commands (agent/*.c, "top") may
# include everything; nothing includes them.
folders="base words host registry target match trust collect verdict store
	report remediate session"
below_verdict="base words host registry target"
declare -A knows=(
	[base]=""
	[words]="base"
	[host]="base words"
	[registry]="base words host"
	[target]="base words host registry"
	[match]="base words host"
	[trust]="$below_verdict"
	[collect]="$below_verdict"
	[verdict]="base words match collect"
	[store]="$below_verdict match collect verdict"
	[report]="base words host collect store"
	[remediate]="$below_verdict trust store report
		match/pack_lists.h collect/entry_value.h collect/owner.h
		collect/point.h collect/point_words.h
		collect/traces/addon.h collect/traces/trace.h"
	[session]="$below_verdict match trust collect verdict store report
		remediate"
)

# folder_of FILE: in *folder*, without a process
folder_of()
{
	case $1 in
	agent/*/*) folder=${1#agent/} folder=${folder%%/*} ;;
	agent/*) folder=top ;;
	*) folder=${1%%/*} ;;
	esac
}

# includes_of FILE...: "FILE folder header" for each header of ours that it
# takes from another folder
includes_of()
{
	local file other own folder

	grep -H '^#include "' "$@" /dev/null | grep -v 'lint: allow' |
		sed 's/:#include "\([^"]*\)".*/ \1/' |
		while read -r file other; do
			folder_of "$file"
			own=$folder
			case $other in
			# made by the build: a text is no function
			words/*.h) test -e "agent/$other" || continue ;;
			*/*) ;;
			*) test "$own" != top && test -e "agent/$other" ||
				continue ;;
			esac
			case $other in
			*/*) folder=${other%%/*} ;;
			*) folder=top ;;
			esac
			test "$folder" = "$own" || echo "$file $folder $other"
		done
}

includes_down()
{
	local file=$1 other own folder

	includes_of "$file" | while read -r file folder other; do
		case $other in
		*_internal.h | *_private.h)
			echo "$file: includes \"$other\", the inside of a folder"
			;;
		esac
		other="$folder $other"
		folder_of "$file"
		own=$folder
		test "$own" != top || continue
		case " ${knows[$own]-} " in
		*[[:space:]]"${other% *}"[[:space:]]*) ;;
		*[[:space:]]"${other#* }"[[:space:]]*) ;;
		*) echo "$file: includes \"${other#* }\", which $own/ does" \
			"not know (knows in tests/build/lint.sh)" ;;
		esac
	done
}

# From a class to its file, in collect/: the lowest first (resolve.h tells).
resolver=(guid server server_value place resolver class class_named
	resolve_state server_file server_search resolve_sides resolve command
	command_resolve)

resolver_down()
{
	local file=$1 own other list

	own=${file##*/}
	own=${own%.[ch]}
	list=" ${resolver[*]} "
	case "$file$list" in
	agent/collect/*" $own "*) ;;
	*) return ;;
	esac
	sed -n 's/^#include "collect\/\([a-z_]*\)\.h".*/\1/p' "$file" |
		while read -r other; do
			case " ${list#*" $own "}" in
			*" $other "*) echo "$file: includes" \
				"\"collect/$other.h\", which stands above it" ;;
			esac
		done
}

# Each folder stands once, and knows only what stands before it.
ranks_self()
{
	local name other before=" "

	for name in $folders; do
		for other in ${knows[$name]-none/}; do
			case $before in
			*" ${other%%/*} "*) ;;
			*) echo "lint: $name/ knows $other, which is not below" ;;
			esac
		done
		before+="$name "
	done
	for name in agent/*/ remediate/; do
		name=${name#agent/}
		case "$before deps res " in # no sources of ours
		*" ${name%/} "*) ;;
		*) echo "lint: the folder $name has no rank" ;;
		esac
	done
}

# Who includes whom, with the number of lines that do.
graph()
{
	local own folder file other name
	declare -A count=()

	while read -r file folder other; do
		own=$folder
		folder_of "$file"
		count[$folder $own]=$((${count[$folder $own]-0} + 1))
	done < <(product | xargs -d '\n' grep -l '^#include "' |
		{ readarray -t files && includes_of "${files[@]}"; })
	for name in $folders top; do
		printf '%-10s ' "$name"
		for other in $folders; do
			test -z "${count[$name $other]-}" ||
				printf ' %s %s' "$other" "${count[$name $other]}"
		done
		echo
	done
}

# text FILE: the rules that need no compiler
text()
{
	local file=$1 call='[[:space:]]*\('

	grep -q 'SPDX-License-Identifier: Apache-2.0' "$file" ||
		echo "$file: the SPDX line is missing"
	grep -nE '[[:space:]]+$' "$file" | sed "s|^|$file:|; s|:[^:]*$|: space at the end of a line|"
	case $file in
	agent/* | remediate/*) ;;
	*) return ;;
	esac
	bare "$file" >"$work/bare"
	forbid "$file" "\\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets)$call" \
		"a banned function; use base/str.h"
	case $file in
	agent/base/mem.c) ;;
	*) forbid "$file" "(^|[^_[:alnum:].>])(malloc|calloc|realloc|free|strdup)$call" \
		"memory comes from base/mem.h" ;;
	esac
	case $file in
	agent/host/*) ;;
	agent/*/* | remediate/*)
		forbid "$file" "\\b(host_(write|is_terminal|stdin_is_terminal|can_color|terminal_columns|catch_interrupt)|complain(_last)?|f?printf|f?puts|fputc|putchar|fgets|fgetc|getchar|scanf|_?exit|abort)$call|\\b(stdin|stdout|stderr)\\b" \
			"only a front end (agent/*.c) talks to people and ends the program" ;;
	esac
	case $file in
	agent/host/*_posix.[ch]) ;;
	*) forbid "$file" '\bpthread_' "threads come from host/host.h" ;;
	esac
	case $file in
	*_posix.[ch]) ;;
	*_win32.[ch])
		forbid "$file" "\\b[A-Z][a-z]+[A-Za-z0-9]*[a-z0-9]A$call" \
			"an A-suffixed Windows call"
		case $file in
		agent/host/*) ;;
		*) forbid "$file" "\\bLoadLibrary(Ex)?[AW]?$call" \
			"DLLs are loaded by the host layer, by full path" ;;
		esac
		;;
	*)
		forbid "$file" '\b(_WIN32|_WIN64|__MINGW32__|__linux__|__unix__)\b' \
			"only *_win32.c and *_posix.c know the host"
		forbid "$file" '#[[:space:]]*include[[:space:]]*<(windows|unistd|sys/[a-z]+|fcntl|dirent|pthread)\.h>' \
			"OS headers belong into *_win32.c and *_posix.c"
		;;
	esac
	grep -nE '"[^"]*%[-+ 0-9.*]*(z[udx]|ll[udx])' "$file" |
		grep -v 'lint: allow' |
		sed "s|^\([0-9]*\):.*|$file:\1: msvcrt does not know this format; use PRI*64|"
	includes_down "$file"
	resolver_down "$file"
}

# makefiles FILE: the compilers' names come from build/toolchain.mk alone, which
# the set-up writes at its end; a rule that has them from elsewhere could start
# before they are there.
makefiles()
{
	local tool='([a-z0-9_]+-)*(gcc|g\+\+|cc|clang|ar|ld|windres|strip)(-(win32|posix|[0-9.]+))?'

	sed -e 's/^[[:space:]]*#.*//' -e 's/\$\{1,2\}([^()]*)//g' "$1" |
		grep -nE "(^|[^-_./[:alnum:]])$tool([[:space:]]|\$)" |
		sed "s|^\([0-9]*\):.*|$1:\1: a compiler by its name; use \$(CC_HOST)|"
}

# script FILE: what the caller of a script may have set must not change it
script()
{
	local file=$1

	bash -n "$file" 2>&1
	grep -q 'SPDX-License-Identifier' "$file" ||
		echo "$file: the SPDX line is missing"
	grep -n 'cd "$(dirname' "$file" | grep -v 'CDPATH= cd' |
		sed "s|^\([0-9]*\):.*|$file:\1: a CDPATH leads elsewhere|"
	grep -n '^export LC_ALL=' "$file" | grep -v ' LANGUAGE= CDPATH=' |
		sed "s|^\([0-9]*\):.*|$file:\1: LANGUAGE is stronger, and a CDPATH leads astray|"
}

# The rules must be able to fail.
self()
{
	local bad=$work/agent/base/bad.c out

	mkdir -p "$work/agent/base"
	cat >"$bad" <<-'EOF'
	#include "store/store.h"
	#include <windows.h>
	#ifdef _WIN32
	/* strcpy(a, b) in a comment is no call */
	const char *text = "gets(x)";
	#endif
	void f(char *a) { strcpy(a, a); a = malloc(3); h->free(a); }
	void g(void) { printf("%zu", x); }
	void k(char *a) { strcpy(a, a); /* lint: allow, to show that it is */ }
	void l(void) { host_write(HOST_STDOUT, "a", 1, false); snprintf(b, 1, "stdout"); }
	int m(void) { return fgets(b, 2, stdin) ? h.exit : 0; }
	EOF
	out=$(cd "$work" && text agent/base/bad.c)
	for want in 'SPDX' ':2: OS headers' ':3: only' ':7: a banned' \
		':7: memory' ':8: msvcrt' ':10: only a front end' \
		':11: only a front end' 'does not know'; do
		grep -q "$want" <<<"$out" ||
			echo "lint: a planted fault was not found: $want"
	done
	! grep -qE ':(4|5|9): ' <<<"$out" ||
		echo "lint: a line without a fault was named"
	printf '%s\n' 'export LC_ALL=C' 'cd "$('dirname' "$0")"' >"$work/bad.sh"
	out=$(script "$work/bad.sh")
	for want in SPDX ':1: LANGUAGE' ':2: a CDPATH'; do
		grep -q "$want" <<<"$out" ||
			echo "lint: a planted fault was not found: $want"
	done
	printf '%s\n' '# gcc makes it' 'x: y' '\t@$(CC_linux) -o $@ $<' \
		'\t@i686-w64-mingw32-gcc-win32 -o $@ $<' 'AR_x := ar' \
		>"$work/bad.mk"
	out=$(makefiles "$work/bad.mk" | sed 's/^.*bad.mk:\([0-9]*\):.*/\1/')
	test "$out" = $'4\n5' || echo "lint: compilers' names found in lines" \
		"\"$out\" instead of 4 and 5"
	texts_self
	ranks_self
	includes_self
}

# includes_self: each folder's ranks are looked at, remediate's and the
# commands' as well
includes_self()
{
	local tree=$work/ranks file=remediate/a.c out want

	mkdir -p "$tree/agent/store" "$tree/agent/new" "$tree/remediate"
	touch "$tree/agent/options.h"
	printf '#include "%s"\n' store/store_sql.h collect/point.h \
		match/pack_lists.h remediate/plan.h words/plan.h embed.h \
		collect/files.h match/pack.h session/session.h options.h \
		store/store_internal.h >"$tree/$file"
	printf '#include "%s"\n' verdict/finding.h options.h \
		report/report.h >"$tree/agent/store/a.c"
	printf '#include "%s"\n' base/err.h >"$tree/agent/new/a.c"
	printf '#include "%s"\n' options.h session/session.h \
		match/pack_internal.h >"$tree/agent/cmd.c"
	out=$(cd "$tree" && for file in remediate/a.c agent/*/a.c agent/cmd.c; do
		includes_down $file
	done)
	for want in 'remediate/a.c: includes "collect/files.h", which' \
		'remediate/a.c: includes "match/pack.h", which' \
		'remediate/a.c: includes "session/session.h", which' \
		'remediate/a.c: includes "options.h", which' \
		'store/store_internal.h", the inside' \
		'agent/store/a.c: includes "options.h", which' \
		'agent/store/a.c: includes "report/report.h", which' \
		'agent/new/a.c: includes "base/err.h", which' \
		'agent/cmd.c: includes "match/pack_internal.h", the inside'; do
		grep -qF "$want" <<<"$out" ||
			echo "lint: a planted fault was not found: $want"
	done
	test "$(wc -l <<<"$out")" = 9 ||
		echo "lint: an include without a fault was named: $out"
	mkdir "$tree/agent/collect"
	file=agent/collect/place.c
	printf '#include "%s"\n' collect/place.h collect/server.h \
		collect/class.h collect/points.h >"$tree/$file"
	out=$(cd "$tree" && resolver_down $file)
	test "$out" = "$file: includes \"collect/class.h\", which stands above it" ||
		echo "lint: what the resolver's place includes was named: $out"
}

# texts_self: each fault of the tables of texts
texts_self()
{
	local top=$work/texts out want

	mkdir -p "$top/agent/words" "$top/remediate" "$top/signatures/mstmp"
	echo 'advice.x	y	（利用者）' >"$top/signatures/mstmp/texts.tsv"
	printf '%s\t%s\n' a.all 'all is %s of %u' a.once 'once' a.other 'other %u' \
		a.same 'all is %d of %s' a.bad 'no \t' a.old 'old' a.z '%zu' \
		>"$top/agent/words/en.tsv"
	printf '%s\t%s\n' a.all '%2$s %1$s' a.once '%s' a.new new \
		a.other '%u' a.other '%u' 'noarea' x >"$top/agent/words/ja.tsv"
	echo 'W_A_ALL W_A_ONCE W_A_OTHER W_A_SAME W_A_BAD W_A_Z' \
		>"$top/agent/x.c"
	out=$(tests/build/words.sh check "$top")
	for want in 'a.all: argument 2 is another' \
		'a.once: not as many arguments' 'a.new: only in' \
		'a.other: twice' 'a.same: the text of a.all' 'a.bad: only' \
		'a.bad: not in the order' 'a.old: no source' 'a.old: not in J' \
		'a.z: msvcrt' 'noarea: not AREA' \
		'texts.tsv:1: not the word for it: 利用者' \
		'texts.tsv:1: not the word for it: （'; do
		grep -qF "$want" <<<"$out" ||
			echo "lint: a planted fault was not found: $want"
	done
	! grep -q '^a.all: no\|^a.other: not' <<<"$out" ||
		echo "lint: a text without a fault was named"
}

# check NAME: reads complaints; none means passed
check()
{
	local out

	out=$(cat)
	if test -z "$out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		echo "$out"
	fi
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
case ${1-} in
list) sources; exit ;;
one) one "$2"; exit ;;
text) text "$2"; exit ;;
graph) graph; exit ;;
esac

passed=0
failed=0
skipped=0
# Another version formats and warns otherwise; the rules need no compiler.
tools=yes
for tool in clang clang-format clang-tidy; do
	if ! $tool --version 2>/dev/null | grep -q "version $clang_version\."; then
		echo "SKIP: style and analyzers: $tool is not version" \
			"$clang_version, which Debian 12 has"
		skipped=1
		tools=no
		break
	fi
done
graph
self | check "lint itself"
for file in Makefile cross-build.mk $(find tests -name '*.mk'); do
	makefiles "$file" | check "$file: compilers"
done
tests/build/data.sh check | check "tests/data"
tests/mutants/rows.sh | check "tests/mutants.tsv"
tests/build/words.sh check | check "agent/words: the texts"
ls tests/cases | sed -n 's/^\([0-9]*\)_.*/a second case \1/p' | uniq -d |
	check "tests/cases: each number is one case"
for file in $(sources); do
	text "$file" | check "$file: rules"
	test $tools = no || clang-format --dry-run -Werror "$file" 2>&1 |
		head -4 | check "$file: style (make format)"
done
for file in $(find tests installer .ci signatures -name '*.sh' -o -name run \
	-type f 2>/dev/null); do
	script "$file" | check "$file"
done
if test "${1-}" != quick && test $tools = yes; then
	# As many files at a time as there are processors; each writes its
	# complaints to a file of its own.
	sources | grep '\.c$' | xargs -P "$(nproc)" -I{} sh -c \
		'"$1" one "$2" >"$3/$(echo "$2" | tr / _).out" 2>&1' \
		sh "$here/lint.sh" {} "$work"
	for file in $(sources | grep '\.c$'); do
		check "$file" <"$work/$(echo "$file" | tr / _).out"
	done
fi
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0

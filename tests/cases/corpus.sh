# The tables of PCs in tests/corpus: each made, scanned, mended, compared.
# SPDX-License-Identifier: Apache-2.0
#
# tests/corpus/README.md says what stands in a table.  The shared words of it
# ($U and the like) are replaced here.

. tests/cases/fixed.sh

# corpus_split TABLE: of each PC $work/NAME.pc (its recipe) and NAME.want
corpus_split()
{
	cp tests/pc/base-*.pc tests/corpus/*.pc "$work/"
	awk -F '\t' -v OFS='\t' -v work="$work" '
	BEGIN {
		classes = "AppData/Local/Microsoft/Windows/UsrClass.dat"
		word["U"] = "Users/太郎"
		word["UC"] = "Users/太郎/" classes
		word["UN"] = "Users/太郎/NTUSER.DAT"
		word["H"] = "Profiles/hanako"
		word["HC"] = "Profiles/hanako/" classes
		word["HN"] = "Profiles/hanako/NTUSER.DAT"
		word["SW"] = "Windows/System32/config/SOFTWARE"
		word["BHO"] = "Microsoft\\Windows\\CurrentVersion\\explorer\\Browser Helper Objects"
		word["XU"] = "Documents and Settings/太郎"
		word["XC"] = "Documents and Settings/太郎/Local Settings/Application Data/Microsoft/Windows/UsrClass.dat"
		word["XSW"] = "WINDOWS/system32/config/software"
		word["RB"] = "$Recycle.Bin"
		word["RF"] = "$R"
		word["RI"] = "$I"
		word["STANDIN"] = "Users/Taro/Documents"
	}
	function replaced(text,    out, name) {
		out = ""
		while (match(text, /\$[A-Z]+/)) {
			name = substr(text, RSTART + 1, RLENGTH - 1)
			if (!(name in word)) {
				print "no word $" name > "/dev/stderr"
				exit 1
			}
			out = out substr(text, 1, RSTART - 1) word[name]
			text = substr(text, RSTART + RLENGTH)
		}
		return out text
	}
	/^#/ || /^$/ { next }
	{
		for (i = 1; i <= NF; i++)
			$i = replaced($i)
	}
	$1 == "pc" {
		recipe = work "/" $2 ".pc"
		want = work "/" $2 ".want"
		print "include", $3 ".pc" > recipe
		printf "" > want
		print $2 > work "/names"
		next
	}
	$1 ~ /^(want|may|fix|goes|told|scan|map|wine|reason|never)$/ {
		print > want
		next
	}
	{ print > recipe }' "$1" || not_ok "$1 cannot be read"
}

# corpus_names: those that this host is to look at
corpus_names()
{
	local name

	while read -r name; do
		test "$host" = linux || grep -q '^wine' "$work/$name.want" ||
			continue
		echo "$name"
	done <"$work/names"
}

# corpus_make NAME: $pc and, as it was, $pc.before; $on: the options for it, and
# $on_linux for the program of linux
corpus_make()
{
	local drive dir

	pc=$work/$1
	"$tools/mkpc" "$work/$1.pc" $standins tests/standin/marks.enc "$pc" || {
		not_ok "$1: mkpc"
		return 1
	}
	on=(--root "$(hp "$pc")" --db "$(hp "$pc.db")")
	on_linux=(--root "$pc" --db "$pc.linux.db")
	while IFS=$'\t' read -r _ drive dir; do
		mv "$pc/$dir" "$pc.$dir"
		on+=(--map "$drive=$(hp "$pc.$dir")")
		on_linux+=(--map "$drive=$pc.$dir")
	done < <(grep '^map' "$pc.want")
	find "$pc" -depth -exec touch -h -d "@1285300800" {} +
	cp -a "$pc" "$pc.before"
}

# judged MODE: are the findings those of the table, and is it told by the code?
judged()
{
	query "$pc.db" "SELECT verdict, coalesce(path, registry_key), score,
		replace(replace(replace(rules, '[', ''), ']', ''), '\"', '')
		FROM v_finding
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)" >"$pc.found"
	awk -F '\t' -v mode="$1" '
	# The names of Windows are compared without their case.
	function fits(subject, wanted) {
		if (wanted ~ /\*$/)
			return index(tolower(subject),
				tolower(substr(wanted, 1, length(wanted) - 1))) == 1
		return tolower(subject) == tolower(wanted)
	}
	FILENAME == ARGV[1] {
		if (($1 == "want" || $1 == "may") && ($2 == mode || $2 == "both")) {
			n++
			must[n] = $1 == "want"
			verdict[n] = "|" $3 "|"
			subject[n] = $4
		}
		next
	}
	{
		is_wanted = 0
		for (i = 1; i <= n; i++)
			if (fits($2, subject[i])) {
				is_wanted = 1
				hits[i]++
				if (!index(verdict[i], "|" $1 "|"))
					print "is " $1 " (" $3 "), not " \
						verdict[i] ": " $2 " " $4
				break
			}
		if (!is_wanted && $1 != "note")
			print "is " $1 " (" $3 "): " $2 " " $4
	}
	END {
		for (i = 1; i <= n; i++) {
			if (must[i] && !hits[i])
				print "not found: " verdict[i] " " subject[i]
			if (hits[i] > 1)
				print hits[i] " findings: " subject[i]
		}
	}' "$pc.want" "$pc.found" >"$pc.wrong"
	if test -s "$pc.wrong"; then
		not_ok "$name, $1: $(cat "$pc.wrong")"
	else
		ok
	fi
}

# corpus_scan NAME quick|full: scanned with the code that the findings ask for
corpus_scan()
{
	local rc want=0

	name=$1
	rm -f "$pc.db"
	agent scan --quiet "--$2" "${on[@]}" >"$work/out" 2>"$work/err"
	rc=$?
	judged "$2"
	grep -q -e '^malicious' -e '^suspicious' "$pc.found" && want=1
	want=$((want + $(awk '$1 == "scan" { n = $2 } END { print n + 0 }' \
		"$pc.want")))
	check "$1, $2: scan gives $rc, not $want" test $rc -eq $want
	test $rc -eq $want || cat "$work/out" "$work/err"
}

# corpus_alike NAME quick|full: under Wine, its facts are those of linux
corpus_alike()
{
	test "$host" != linux || return 0
	rm -f "$pc.linux.db"
	build/linux/mstmpsweep scan --quiet "--$2" "${on_linux[@]}" \
		>"$work/out" 2>"$work/err"
	facts "$pc.linux.db" >"$pc.linux.facts"
	facts "$pc.db" >"$pc.facts"
	check "$1, $2: there are facts" test -s "$pc.facts"
	same "$1, $2: the same facts as on linux" "$pc.linux.facts" "$pc.facts"
}

# corpus_scans NAME MODE...: each on linux, under Wine, where a scan takes a
# second, the last one
corpus_scans()
{
	local mode

	test "$host" = linux || set -- "$1" "${!#}"
	for mode in "${@:2}"; do
		corpus_scan "$1" "$mode"
		corpus_alike "$1" "$mode"
	done
}

# corpus_reasons NAME: the newest scan's findings say what is true of this PC
corpus_reasons()
{
	local kind text

	query "$pc.db" "SELECT reason FROM v_finding
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)" >"$pc.reasons"
	while IFS=$'\t' read -r kind text; do
		if test $kind = reason; then
			check "$1: no reason says \"$text\"" \
				grep -qF -- "$text" "$pc.reasons"
		elif grep -F -- "$text" "$pc.reasons"; then
			not_ok "$1: a reason says \"$text\""
		else
			ok
		fi
	done < <(grep -e '^reason' -e '^never' "$pc.want")
}

# corpus_fix NAME: fix takes what the table names, and nothing else
corpus_fix()
{
	local code rc

	agent plan --all --lang en "${on[@]}" >"$pc.plan" 2>&1
	code=$(awk '$1 == "fix" { print $2 }' "$pc.want")
	agent fix --yes --lang en "${on[@]}" >"$work/out" 2>"$work/err"
	rc=$?
	check "$1: fix gives $rc, not ${code:-0}" grep -qE "^(${code:-0})\$" <<<$rc
	grep -qE "^(${code:-0})\$" <<<$rc || cat "$work/out" "$work/err"
	cat "$pc.plan" "$work/out" "$work/err" | tr -s '\r\n ' ' ' >"$pc.said"
	while IFS=$'\t' read -r _ text; do
		check "$1: plan and fix do not say \"$text\"" \
			grep -qF -- "$text" "$pc.said"
	done < <(grep '^told' "$pc.want")
	check "$1: the plan names what it left out for" sh -c \
		"! grep -qF '(?)' '$pc.plan'"
	if grep -q '^goes' "$pc.want"; then
		sed -n 's/^goes\t/-/p' "$pc.want" | LC_ALL=C sort >"$pc.goes"
		changes "$pc.before" "$pc" | sort_names >"$pc.changed"
		sort_names <"$pc.goes" >"$pc.wanted"
		same "$1: what fix took" "$pc.wanted" "$pc.changed"
	else
		check "$1: fix leaves every byte" unchanged "$pc.before" "$pc"
	fi
}

# Keys are one key in any case.
sort_names()
{
	sed 's/\\explorer\\/\\Explorer\\/I' | LC_ALL=C sort -u
}

corpus_drop()
{
	rm -rf "$pc" "$pc.before" "$pc".d_*
}

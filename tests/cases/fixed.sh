# What the cases of fix and undo share: comparing a PC with what it was.
# SPDX-License-Identifier: Apache-2.0

# Where the vault lies on either kind of PC.
vaults=(--ignore 'ProgramData/mstmpsweep'
	--ignore 'Documents and Settings/All Users/Application Data/mstmpsweep')
# Wine has owners and modes of its own, and an attribute for what Unix lacks.
test "$host" = linux || vaults+=(--no-posix --ignore-xattr user.DOSATTRIB)

# unchanged BEFORE NOW [OPTION...]: everything but the vault, to the byte
unchanged()
{
	"$tools/pccompare" --hives-exact "${vaults[@]}" "${@:3}" "$1" "$2" \
		>"$work/changes" 2>&1 && return 0
	head -20 "$work/changes"
	return 1
}

# changes BEFORE NOW: "-file PATH", "-key HIVE KEY", "+…" for what is new, and
# anything else in pccompare's own words; nothing below a key that is gone
changes()
{
	"$tools/pccompare" --no-times "${vaults[@]}" "$1" "$2" 2>/dev/null |
		awk '
		{ side = / only in A: / ? "-" : "+" }
		/: name only in [AB]: / {
			at = match($0, /: name only in [AB]: /)
			dir = substr($0, 1, at - 1) "/"
			print side "file " (dir == "./" ? "" : dir) \
				substr($0, at + RLENGTH)
			next
		}
		/: hive: only in [AB]: (key|value) / {
			at = match($0, /: hive: only in [AB]: (key|value) /)
			hive = substr($0, 1, at - 1)
			is_key = substr($0, at + RLENGTH - 4, 3) == "key"
			path = substr($0, at + RLENGTH)
			if (is_key)
				sub(/: (no|a) link, .*/, "", path)
			else
				sub(/: type [0-9]+, .*/, "", path)
			n = split(path, part, "\\")
			above = ""
			for (i = 2; i < n; i++) {
				above = above "\\" part[i]
				if ((side, hive, above) in whole)
					next
			}
			if (is_key)
				whole[side, hive, path] = 1
			print side (is_key ? "key " : "value ") hive " " path
			next
		}
		{ print }' | LC_ALL=C sort
}

# wanted_changes PC: the list written by hand
wanted_changes()
{
	local progid

	progid=$("$tools/mkpc" mark progid tests/standin/marks.enc)
	sed "s/@{progid}/$progid/" "tests/cases/expected/fixed-$1.txt" |
		LC_ALL=C sort
}

# no_malicious STORE PC: what is left are the suspicious ones of that PC
no_malicious()
{
	findings "$1" | LC_ALL=C sort >"$work/left.tsv"
	grep '^suspicious' "tests/cases/expected/$2.tsv" | LC_ALL=C sort \
		>"$work/want.tsv"
	same "$2: what is left after fix" "$work/want.tsv" "$work/left.tsv"
}

# What the cases of fix and undo share: comparing a PC with what it was, packs
# and catalogs of their own.
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

# no_malicious STORE PC: what is left are the suspicious ones of that PC, and
# what only entries made the worse, which are gone (left-PC.tsv)
no_malicious()
{
	local more=tests/cases/expected/left-$2.tsv

	findings "$1" | LC_ALL=C sort >"$work/left.tsv"
	{
		grep '^suspicious' "tests/cases/expected/$2.tsv"
		test ! -f "$more" || cat "$more"
	} | LC_ALL=C sort >"$work/want.tsv"
	same "$2: what is left after fix" "$work/want.tsv" "$work/left.tsv"
}

# der TAG HEX...: the hex of one DER element around the others
der()
{
	local in n

	in=$(printf %s "${@:2}")
	n=$((${#in} / 2))
	if test $n -lt 128; then
		printf '%s%02x%s' "$1" $n "$in"
	else
		printf '%s82%04x%s' "$1" $n "$in"
	fi
}

# vouch DISK FILE: an unsigned catalog (PKCS #7 around a trust list) of that
# Windows names the file
vouch()
{
	local sum list data
	local catroot="$1/Windows/System32/CatRoot/{F750E6C3-38EE-11D1-85E5-00C04FC295EE}"

	sum=$(sha1sum "$1/$2" | cut -c1-40)
	list=$(der 30 "$(der 30 "$(der 06 2b060104018237 0c0101)")" \
		"$(der 04 30313233343536373839616263646566)" \
		"$(der 17 3130313030313030303030305a)" \
		"$(der 30 "$(der 06 2b060104018237 0c0102)" 0500)" \
		"$(der 30 "$(der 30 "$(der 04 "$sum")" "$(der 31)")")")
	data=$(der 30 "$(der 06 2a864886f70d010702)" "$(der a0 "$(der 30 \
		0201013100 "$(der 30 "$(der 06 2b060104018237 0a01)" \
		"$(der a0 "$list")")" 3100)")")
	mkdir -p "$catroot"
	printf '%b' "$(sed 's/../\\x&/g' <<<"$data")" >"$catroot/nt5.cat"
}

# signed_pack NAME ALLOW-FORMAT ALLOW [SED]: ours with that line in its
# allow-list and the rules of names changed by SED; $pack: the options for it
signed_pack()
{
	cp -r signatures/mstmp "$work/$1.rules"
	printf "$2\n" "$3" >>"$work/$1.rules/allow.tsv"
	test $# -lt 4 || sed -i "$4" "$work/$1.rules/rules/names.yar"
	build_signed "$1" "$work/$1.rules"
}

# build_signed NAME FOLDER: the pack of that folder, signed with a key of the
# case; $pack: the options for it
build_signed()
{
	agent pack build "$(hp "$2")" --out "$(hp "$work/$1.pack")" \
		>/dev/null 2>&1
	(cd "$work" && { test -s test.key ||
		minisign -G -W -p test.pub -s test.key; } &&
		minisign -S -s test.key -m "$1.pack") >/dev/null 2>&1
	check "the pack $1 is signed" test -s "$work/$1.pack.minisig"
	pack=(--pack "$(hp "$work/$1.pack")" --key "$(hp "$work/test.pub")")
}

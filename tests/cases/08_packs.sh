# pack list, verify, test, build; signatures; packs that are refused.
# SPDX-License-Identifier: Apache-2.0

gives 0 "pack list" agent pack list
says "pack list" "mstmp_in_temp"
gives 0 "pack list as json" agent pack list --format json
gives 0 "pack verify of the built-in pack" agent pack verify

out=$work/mstmp.pack
mkdir "$work/corpus"
gives 0 "pack build" agent pack build "$(hp signatures/mstmp)" --out "$(hp "$out")"
agent pack build "$(hp signatures/mstmp)" --out "$(hp "$work/again.pack")" >/dev/null 2>&1
check "building twice gives the same bytes" cmp -s "$out" "$work/again.pack"
build/linux/mstmpsweep pack build signatures/mstmp --out "$work/linux.pack" >/dev/null 2>&1
check "every host builds the same bytes" cmp -s "$out" "$work/linux.pack"
for text in CBeateToolhelp "Improved HTML" MarshalledObject TIEAdvBHO; do
	check "no \"$text\" stands in the pack" sh -c "! grep -aqF '$text' '$out'"
	check "no \"$text\" stands in the programs" sh -c \
		"! grep -aqF '$text' build/linux/mstmpsweep build/win32/mstmpsweep.exe build/win64/mstmpsweep64.exe" # also UTF-16 has no rule text
done
gives 1 "verify of an unsigned pack" agent pack verify "$(hp "$out")"
says "verify of an unsigned pack" "NOT SIGNED"
gives 0 "an unsigned pack may be used to look" agent scan \
	--folder "$(hp "$work")" --pack "$(hp "$out")" --db "$(hp "$work/u.db")"

if command -v minisign >/dev/null; then
	(cd "$work" && minisign -G -W -p test.pub -s test.key >/dev/null 2>&1 &&
		minisign -S -W -s test.key -m mstmp.pack -t "first of its kind" >/dev/null 2>&1 ||
		minisign -S -s test.key -m mstmp.pack -t "first of its kind" >/dev/null 2>&1)
	check "minisign made a signature" test -s "$out.minisig"
	gives 0 "verify with the right key" agent pack verify "$(hp "$out")" --key "$(hp "$work/test.pub")"
	says "verify with the right key" "first of its kind"
	(cd "$work" && minisign -G -W -p other.pub -s other.key >/dev/null 2>&1)
	gives 1 "verify with another key" agent pack verify "$(hp "$out")" --key "$(hp "$work/other.pub")"
	cp "$out" "$work/bad.pack"
	cp "$out.minisig" "$work/bad.pack.minisig"
	printf 'X' | dd of="$work/bad.pack" bs=1 seek=200 conv=notrunc 2>/dev/null
	# Three versions, signed; an older one than the last is refused.
	for v in 1 2 3; do
		cp -r signatures/mstmp "$work/v$v"
		sed "s/^version:.*/version: 2030.01.0$v/" signatures/mstmp/pack.txt \
			>"$work/v$v/pack.txt"
		agent pack build "$(hp "$work/v$v")" --out "$(hp "$work/v$v.pack")" \
			>/dev/null 2>&1
		(cd "$work" && minisign -S -W -s test.key -m v$v.pack >/dev/null 2>&1 ||
			minisign -S -s test.key -m v$v.pack >/dev/null 2>&1)
	done
	# with VERSION CODE WHAT COMMAND...: over one store
	cp -a $pcs/infected-win7 "$work/pc"
	with()
	{
		local pack=$1 code=$2 what=$3

		shift 3
		gives $code "$what" agent "$@" --root "$(hp "$work/pc")" \
			--db "$(hp "$work/age.db")" --pack "$(hp "$work/$pack")" \
			--key "$(hp "$work/test.pub")"
	}
	with v2.pack 1 "the second version" scan --quick --quiet
	with v2.pack 1 "the same again" scan --quick --quiet
	for command in "scan --quick --quiet" plan "fix --yes"; do
		with v1.pack 65 "the first after the second: $command" $command
		says "the first after the second: $command" "--allow-older-pack"
		says "the first after the second: $command" "2030.01.02"
	done
	check "nothing was recorded" test "$(query "$work/age.db" \
		"SELECT count(*) FROM v_scan")" = 2
	gives 65 "the built-in one is older, too" agent scan --quick --quiet \
		--root "$(hp "$work/pc")" --db "$(hp "$work/age.db")"
	with v1 1 "one that is not signed serves to look" scan --quick --quiet
	with v1.pack 65 "it is not the last one used" scan --quick --quiet
	with v3.pack 1 "a newer one" scan --quick --quiet
	with v2.pack 1 "an older one that is allowed" scan --quick --quiet --allow-older-pack
	with v2.pack 1 "then it is the last one used" scan --quick --quiet
	gives 0 "another pack has another age" agent scan --quick --quiet \
		--root "$(hp "$work/pc")" --db "$(hp "$work/age.db")" \
		--pack "$(hp signatures/example-toolbar)"
	rm -rf "$work/pc"
	gives 1 "verify of a changed pack" agent pack verify "$(hp "$work/bad.pack")" --key "$(hp "$work/test.pub")"
	gives 65 "a scan with a changed pack does not start" agent scan --folder "$(hp "$work")" \
		--pack "$(hp "$work/bad.pack")" --key "$(hp "$work/test.pub")" --db "$(hp "$work/none.db")"
	check "and records nothing" test ! -e "$work/none.db"
else
	skip "minisign is not installed"
fi

# ---- refused ---------------------------------------------------------------
broken()
{
	local what=$1 says=$2

	mkdir -p "$work/p/rules"
	printf 'name: p\ntitle: p\nversion: 2026.01.01\n' >"$work/p/pack.txt"
	cat >"$work/p/rules/r.yar"
	gives 65 "scan with a pack with $what" agent scan --folder "$(hp "$work")" \
		--pack "$(hp "$work/p")" --db "$(hp "$work/none.db")"
	says "a pack with $what" "$says"
	check "$what: nothing is recorded" test ! -e "$work/none.db"
}
broken "a broken rule" "r.yar:3" <<'EOF'
rule a
{
	condition: nonsense
}
EOF
broken "a gate its condition does not keep" "r.yar" <<'EOF'
rule gated {
	meta:
		gate = "pe"
	strings:
		$a = "something long"
	condition:
		$a and uint16(0) == 0x5A4D
}
EOF
says "the rule is named" "gated"
broken "an unknown module" "r.yar" <<'EOF'
import "cuckoo"
rule a { condition: true }
EOF
broken "an include" "r.yar" <<'EOF'
include "../../../../etc/passwd"
rule a { condition: true }
EOF
rm -rf "$work/p"
gives 65 "a pack that is not there" agent scan --folder "$(hp "$work")" --pack "$(hp "$work/none")"
head -c 5000 /dev/urandom >"$work/noise.pack"
gives 65 "a pack that is noise" agent scan --folder "$(hp "$work")" --pack "$(hp "$work/noise.pack")"

# ---- folders ------------------------------------------------------------------
# Everything in a folder is loaded, or it is refused by its name.
rule()
{
	mkdir -p "$(dirname "$1")"
	printf 'rule %s { strings: $a = "hello %s" condition: $a }\n' "$2" "$2" >"$1"
}
for form in rules pack; do
	f=$work/$form.d
	in=$f
	if test $form = pack; then
		in=$f/rules
		mkdir -p "$f"
		printf 'name: f\ntitle: f\nversion: 2026.01.01\n' >"$f/pack.txt"
	fi
	rule "$in/a.yar" rule_a
	rule "$in/b.yara" rule_b
	rule "$in/C.YAR" rule_c
	rule "$in/sub/deep/d.yar" rule_d
	rule "$in/sub/e.Yara" rule_e
	echo about >"$f/README.md"
	gives 0 "a folder of $form" agent pack list "$(hp "$f")"
	for name in a b c d e; do
		says "a folder of $form" rule_$name
	done
	gives 0 "a folder of $form is built" agent pack build "$(hp "$f")" \
		--out "$(hp "$work/$form.pack")"
	gives 0 "and read" agent pack list "$(hp "$work/$form.pack")"
	says "a pack of a folder of $form" rule_d
	for name in x.yar.txt x.yr sub/x.rule sub/deep/notes.txt 規則.yar sub/.yar 'a b.yar'; do
		rule "$in/$name" rule_x
		gives 65 "a folder of $form with $name" agent scan --folder "$(hp "$work/corpus")" \
			--pack "$(hp "$f")" --db "$(hp "$work/none.db")"
		# The console of Wine has not all letters.
		test "${name%.yar}" = 規則 && test "$host" != linux ||
			says "a folder of $form with $name" "$(basename "$name")"
		rm "$in/$name"
	done
done
rule "$work/pack.d/x.yar" rule_x
gives 65 "a rule beside pack.txt" agent pack list "$(hp "$work/pack.d")"
says "a rule beside pack.txt" "x.yar"
mkdir -p "$work/pack.d/extra"
rm "$work/pack.d/x.yar"
gives 65 "another folder in a pack" agent pack list "$(hp "$work/pack.d")"
says "another folder in a pack" "extra"

# ---- strict ----------------------------------------------------------------
for pack in mstmp example-toolbar example-logon example-desktop; do
	gives 0 "pack test --strict of $pack" agent pack test "$(hp signatures/$pack)" \
		--strict --hits "$(hp build/standin/$pack/hits)"
	says "pack test of $pack" "0 problems"
done
mkdir -p "$work/q/rules"
printf 'name: q\ntitle: q\nversion: 2026.01.01\n' >"$work/q/pack.txt"
printf 'rule bare { strings: $a = "hello there" condition: $a }\n' >"$work/q/rules/r.yar"
gives 0 "a foreign rule without metadata loads" agent pack test "$(hp "$work/q")"
gives 1 "and is refused when strict" agent pack test "$(hp "$work/q")" --strict
echo "well hello there" >"$work/corpus/a.txt"
gives 1 "a hit on the clean corpus" agent pack test "$(hp "$work/q")" --clean "$(hp "$work/corpus")"
says "the file is named" "a.txt"

# ---- what is written and can never be ------------------------------------------
# A whole pack, and one mistake in each of its files at a time: file and line.
strict=$work/strict
whole()
{
	rm -rf "$strict"
	cp -r signatures/example-toolbar "$strict"
}
# mistake NAME FILE SED SAYS
mistake()
{
	whole
	sed -i "$3" "$strict/$2"
	check "$1: it is written" sh -c "! cmp -s 'signatures/example-toolbar/$2' '$strict/$2'"
	gives 0 "a scan is not strict: $1" agent pack test "$(hp "$strict")"
	gives 1 "strict: $1" agent pack test --strict "$(hp "$strict")"
	says "strict: $1" "$4"
}
# line FILE PATTERN: where that stands first
line() { grep -n "$2" "$strict/$1" | head -1 | cut -d: -f1; }
whole
gives 0 "strict: nothing is wrong" agent pack test --strict "$(hp "$strict")"
r=rules/registrations.yar
n=$(line $r 'point: toolbar')
mistake "a point that is none, in a string" $r 's/point: toolbar/point: Toolbar/' \
	"$r:$n: rule kanban_toolbar: string \$head: \"point: Toolbar\" stands in no"
n=$(line $r 'point == "extension_button"')
mistake "a point that is none, in a condition" $r 's/"extension_button"/"button"/' \
	"$r:$n: rule kanban_button: the variable point can never be \"button\""
n=$(line rules/names.yar 'filetype == "EXE"')
mistake "a type that is none" rules/names.yar 's/"EXE"/"PE"/' \
	"rules/names.yar:$n: rule kanban_place: the variable filetype can never be \"PE\""
n=$(line places.tsv APPDATA)
mistake "an unknown variable" places.tsv 's/%APPDATA%/%ROAMING%/' \
	"places.tsv:$n: unknown variable '%ROAMING%'"
n=$(line known.tsv shdocvw)
mistake "an unknown point" known.tsv 's/^url_search_hook/UrlSearchHook/' \
	"known.tsv:$n: 'UrlSearchHook'"
n=$(line texts.tsv rule.kanban_place)
mistake "a text of no rule" texts.tsv 's/^rule.kanban_place/rule.kanban_plaza/' \
	"texts.tsv:$n: rule.kanban_plaza: there is no such rule"
says "strict: and the rule without its text" \
	"rule kanban_place: texts.tsv has no text rule.kanban_place"
mistake "an unknown key" pack.txt 's/^title_ja/titel_ja/' "unknown key 'titel_ja'"
whole
rm "$strict/texts.tsv"
gives 1 "strict: no texts" agent pack test --strict "$(hp "$strict")"
says "strict: no texts" "texts.tsv:1: it is missing"
says "strict: no texts" "texts.tsv has no text family.kanban"

# What a corpus says of its files is held against the same tables.
whole
mkdir "$work/vars"
echo text >"$work/vars/a.txt"
printf 'object=registration\npoint=BHO\n' >"$work/vars/a.txt.vars"
gives 1 "a value that is none" agent pack test --clean "$(hp "$work/vars")" "$(hp "$strict")"
says "a value that is none" "a.txt.vars':2: 'point=BHO' is no value"
printf 'objekt=registration\n' >"$work/vars/a.txt.vars"
gives 1 "a variable that is none" agent pack test --clean "$(hp "$work/vars")" "$(hp "$strict")"
says "a variable that is none" "a.txt.vars':1: 'objekt=registration' names no"

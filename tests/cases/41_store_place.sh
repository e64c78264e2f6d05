# Where the store lies and what cannot be one: told, --quiet or not.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/nobody.sh
mkdir "$work/tree"

# ---- the name of a device ----------------------------------------------------
if test "$host" = linux; then
	gives 0 "con.db is a file here" agent scan --quiet --folder "$work/tree" \
		--db "$work/con.db"
else
	for name in con.db NUL aux.x 'lpt1 .db'; do
		gives 65 "$name" agent scan --quiet --folder "$(hp "$work/tree")" \
			--db "$(hp "$work")\\$name"
		says "$name: it is told" "is the name of a device"
	done
	gives 64 "a report called aux.html" agent scan --folder \
		"$(hp "$work/tree")" --db "$(hp "$work/s.db")" --out aux.html
	says "a report called aux.html: it is told" "is the name of a device"
	gives 65 "report from con.db" agent report --db con.db
	says "report from con.db: it is told" "is the name of a device"
fi

# ---- elsewhere than beside the program -----------------------------------------
test "$host" = linux || return
nobody_can || return
mkdir -m 777 "$work/open/here"
gives 0 "beside the program" nobody "$work/open/mstmpsweep" scan --quiet \
	--folder "$work/tree"
check "beside the program: nothing is told" test ! -s "$work/err"
rm -f "$work"/open/mstmpsweep.db
mkdir "$work/shut"
mv "$work/open/mstmpsweep" "$work/shut/"
chmod 555 "$work/shut"
at_here()
{
	(cd "$work/open/here" && nobody "$@")
}
gives 0 "in the current folder" at_here "$work/shut/mstmpsweep" scan --quiet \
	--folder "$work/tree"
says "in the current folder: it is told" "mstmpsweep.db\""
check "in the current folder: it is there" test -s "$work/open/here/mstmpsweep.db"
check "in the current folder: on the error stream alone" test ! -s "$work/out"
gives 0 "where it was asked for" at_here "$work/shut/mstmpsweep" scan --quiet \
	--folder "$work/tree" --db "$work/open/here/x.db"
check "where it was asked for: nothing is told" test ! -s "$work/err"

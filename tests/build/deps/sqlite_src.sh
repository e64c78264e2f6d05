# The SQLite amalgamation, made once from the full source tree.
# SPDX-License-Identifier: Apache-2.0
SOURCE=sqlite

recipe_build()
{
	(cd "$S" && { ./configure --disable-tcl ||
		./configure --disable-shared --disable-readline; } &&
		$make -s -j1 sqlite3.c) >"$W/log" 2>&1 ||
		{ tail -20 "$W/log" >&2; return 1; }
}

recipe_install()
{
	cp "$S/sqlite3.c" "$S/sqlite3.h" "$D/include/"
}

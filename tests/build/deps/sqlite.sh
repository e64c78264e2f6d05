# SQLite, one object from the amalgamation.
# SPDX-License-Identifier: Apache-2.0
NEEDS=sqlite_src
UNINSTRUMENTED=yes

# Upstream's recommended set. The progress callback stays in: Ctrl-C uses it.
SRC_CFLAGS="-DSQLITE_DQS=0 -DSQLITE_THREADSAFE=1 -DSQLITE_DEFAULT_MEMSTATUS=0
	-DSQLITE_DEFAULT_WAL_SYNCHRONOUS=1 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS
	-DSQLITE_MAX_EXPR_DEPTH=0 -DSQLITE_OMIT_DECLTYPE
	-DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE
	-DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_USE_ALLOCA"

recipe_prepare()
{
	cp "$top/build/deps/any/sqlite_src/include/sqlite3.c" "$W/"
	SRCS=$W/sqlite3.c
}

recipe_install()
{
	cp "$top/build/deps/any/sqlite_src/include/sqlite3.h" "$D/include/"
}

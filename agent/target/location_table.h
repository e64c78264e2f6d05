/*
 * Which kind of place a Windows path lies in: the pure part, by patterns.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Allocation-free and without state, so that every scanner thread may ask
 * for every file.
 */
#ifndef TARGET_LOCATION_TABLE_H
#define TARGET_LOCATION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In rising priority: where two fit, the later one is the answer. */
enum location {
	LOCATION_UNKNOWN,
	LOCATION_OTHER,
	LOCATION_ROOT,
	LOCATION_WINDOWS,
	LOCATION_PROGRAM_FILES,
	LOCATION_COMMON_FILES,
	LOCATION_SYSTEM,
	LOCATION_PROFILE,
	LOCATION_PROGRAM_DATA,
	LOCATION_DOWNLOADS,
	LOCATION_STARTUP,
	LOCATION_TEMP,
	LOCATION_VIRTUAL_STORE,
	LOCATION_BROWSER_CACHE,
	LOCATION_JAVA_CACHE,
	LOCATION_RESTORE,
	LOCATION_RECYCLE_BIN
};

/* "temp", "java_cache" …; never NULL. */
const char *location_name(enum location l);

/* Folders that only one target has, e.g. a user's own TEMP. */
struct location_place {
	uint64_t hash; /* of the folder's path; 0: free */
	enum location location;
	bool is_temp_of_user; /* his variable says so, for him alone */
};

struct location_table {
	struct location_place *places;
	size_t cap; /* power of two, 0: none */
	size_t count;
};

/* ERR_NOMEM, ERR_TOO_LARGE; a folder that is there keeps the higher one. */
int location_table_add(struct location_table *table, const char *folder,
		       enum location location);
void location_table_release(struct location_table *table);

/* The same for what a user's own variable calls temporary. */
int location_table_add_temp_of_user(struct location_table *table,
				    const char *folder);

/* For whoever's variables say so; table may be NULL. */
enum location location_of(const struct location_table *table,
			  const char *wpath);
/* The same without what only some user's variables say. */
enum location location_for_all(const struct location_table *table,
			       const char *wpath);

/*
 * A folder so deep that files in it have its own location, all but those
 * whose name is a word of the patterns.
 */
bool location_is_inherited(const char *folder);
bool location_is_word(const char *name);

#endif

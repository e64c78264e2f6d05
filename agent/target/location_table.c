/*
 * Which kind of place a Windows path lies in: patterns of XP to 11.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/location_table.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* A folder target may begin anywhere, so most patterns fit at any depth;
 * what means something at the root of a drive only says so. */
#define SEQUENCE_MAX 4
/* Users and their folders; more than enough, and a fixed cost. */
#define PLACES_MAX ((size_t)1 << 16)

const char *location_name(enum location l)
{
	static const char *const names[] = {
		[LOCATION_UNKNOWN] = "unknown",
		[LOCATION_OTHER] = "other",
		[LOCATION_ROOT] = "root",
		[LOCATION_WINDOWS] = "windows",
		[LOCATION_PROGRAM_FILES] = "program_files",
		[LOCATION_COMMON_FILES] = "common_files",
		[LOCATION_SYSTEM] = "system",
		[LOCATION_PROFILE] = "profile",
		[LOCATION_PROGRAM_DATA] = "program_data",
		[LOCATION_DOWNLOADS] = "downloads",
		[LOCATION_STARTUP] = "startup",
		[LOCATION_TEMP] = "temp",
		[LOCATION_VIRTUAL_STORE] = "virtual_store",
		[LOCATION_BROWSER_CACHE] = "browser_cache",
		[LOCATION_JAVA_CACHE] = "java_cache",
		[LOCATION_RESTORE] = "restore",
		[LOCATION_RECYCLE_BIN] = "recycle_bin",
	};

	return names[l];
}

/* ---- words of a path --------------------------------------------- */

enum word {
	W_NONE,
	W_ANY, /* in patterns */
	W_ALL_USERS,
	W_APPDATA,
	W_APPLICATION_DATA,
	W_CACHE,
	W_CODE_CACHE,
	W_COMMON_FILES,
	W_CONFIG,
	W_CONTENT_IE5,
	W_DEPLOYMENT,
	W_DOCUMENTS_AND_SETTINGS,
	W_DOWNLOADS,
	W_EDGE,
	W_INETCACHE,
	W_JAVA,
	W_JAVAWS,
	W_JPI_CACHE,
	W_LOCAL,
	W_LOCALLOW,
	W_LOCAL_SETTINGS,
	W_MOZILLA,
	W_MY_DOCUMENTS,
	W_OPERA,
	W_PROGRAMDATA,
	W_PROGRAMS,
	W_PROGRAM_FILES,
	W_RECYCLE_BIN,
	W_SERVICE_PROFILES,
	W_STARTUP,
	W_START_MENU,
	W_SUN,
	W_SYSTEM32,
	W_SYSTEMCACHE,
	W_SYSTEMPROFILE,
	W_SYSTEMTEMP,
	W_SYSTEM_VOLUME,
	W_TEMP,
	W_TIF,
	W_TMP,
	W_USERS,
	W_USER_DATA,
	W_VIRTUALSTORE,
	W_WINDOWS
};

#define WORD(text, word)                                                       \
	{                                                                      \
		text, sizeof(text) - 1, word                                   \
	}

/* In lower case (ASCII), the short ones first. */
static const struct {
	const char *text;
	uint8_t nbytes;
	uint8_t word;
} words[] = {
	/* Japanese XP translates the names of three, the others it does not. */
	WORD("sun", W_SUN),
	WORD("tmp", W_TMP),
	WORD("java", W_JAVA),
	WORD("temp", W_TEMP),
	WORD("cache", W_CACHE),
	WORD("local", W_LOCAL),
	WORD("opera", W_OPERA),
	WORD("users", W_USERS),
	WORD("winnt", W_WINDOWS),
	WORD("cache2", W_CACHE),
	WORD("config", W_CONFIG),
	WORD("javaws", W_JAVAWS),
	WORD("appdata", W_APPDATA),
	WORD("mozilla", W_MOZILLA),
	WORD("startup", W_STARTUP),
	WORD("windows", W_WINDOWS),
	WORD("gpucache", W_CODE_CACHE),
	WORD("locallow", W_LOCALLOW),
	WORD("progra~1", W_PROGRAM_FILES),
	WORD("progra~2", W_PROGRAM_FILES),
	WORD("programs", W_PROGRAMS),
	WORD("recycled", W_RECYCLE_BIN),
	WORD("recycler", W_RECYCLE_BIN),
	WORD("system32", W_SYSTEM32),
	WORD("syswow64", W_SYSTEM32),
	WORD("all users", W_ALL_USERS),
	WORD("downloads", W_DOWNLOADS),
	WORD("inetcache", W_INETCACHE),
	WORD("sysnative", W_SYSTEM32),
	WORD("user data", W_USER_DATA),
	WORD(".jpi_cache", W_JPI_CACHE),
	WORD("systemtemp", W_SYSTEMTEMP),
	WORD("code cache", W_CODE_CACHE),
	WORD("deployment", W_DEPLOYMENT),
	WORD("start menu", W_START_MENU),
	WORD("content.ie5", W_CONTENT_IE5),
	WORD("media cache", W_CODE_CACHE),
	WORD("programdata", W_PROGRAMDATA),
	WORD("systemcache", W_SYSTEMCACHE),
	WORD("$recycle.bin", W_RECYCLE_BIN),
	WORD("common files", W_COMMON_FILES),
	WORD("my documents", W_MY_DOCUMENTS),
	WORD("offlinecache", W_CACHE),
	WORD("virtualstore", W_VIRTUALSTORE),
	WORD("microsoftedge", W_EDGE),
	WORD("program files", W_PROGRAM_FILES),
	WORD("systemprofile", W_SYSTEMPROFILE),
	WORD("local settings", W_LOCAL_SETTINGS),
	WORD("プログラム", W_PROGRAMS),
	WORD("serviceprofiles", W_SERVICE_PROFILES),
	WORD("application data", W_APPLICATION_DATA),
	WORD("program files (x86)", W_PROGRAM_FILES),
	WORD("スタートアップ", W_STARTUP),
	WORD("documents and settings", W_DOCUMENTS_AND_SETTINGS),
	WORD("temporary internet files", W_TIF),
	WORD("スタート メニュー", W_START_MENU),
	WORD("system volume information", W_SYSTEM_VOLUME),
};

#define WORD_COUNT	(sizeof(words) / sizeof(words[0]))
#define WORD_MAX_NBYTES 32

static bool equals_lower(const char *s, const char *lower, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++) {
		if (ascii_lower((unsigned char)s[i]) != (unsigned char)lower[i])
			return false;
	}
	return true;
}

/* Nearly every name differs in its first character or its length. */
static enum word word_of(const char *s, size_t nbytes)
{
	char first;

	if (nbytes < 3 || nbytes > WORD_MAX_NBYTES)
		return W_NONE;
	first = (char)ascii_lower((unsigned char)s[0]);
	for (size_t i = 0; i < WORD_COUNT && words[i].nbytes <= nbytes; i++) {
		if (words[i].nbytes == nbytes && words[i].text[0] == first &&
		    equals_lower(s, words[i].text, nbytes))
			return (enum word)words[i].word;
	}
	return W_NONE;
}

/* ---- patterns ---------------------------------------------------- */

struct pattern {
	enum location location;
	bool at_root; /* the first word is the first component */
	uint8_t count;
	uint8_t words[SEQUENCE_MAX];
};

static const struct pattern patterns[] = {
	{ LOCATION_RECYCLE_BIN, true, 1, { W_RECYCLE_BIN } },
	{ LOCATION_RESTORE, true, 1, { W_SYSTEM_VOLUME } },
	{ LOCATION_JAVA_CACHE,
	  false,
	  4,
	  { W_SUN, W_JAVA, W_DEPLOYMENT, W_CACHE } },
	{ LOCATION_JAVA_CACHE,
	  false,
	  4,
	  { W_SUN, W_JAVA, W_DEPLOYMENT, W_SYSTEMCACHE } },
	{ LOCATION_JAVA_CACHE,
	  false,
	  4,
	  { W_JAVA, W_DEPLOYMENT, W_JAVAWS, W_CACHE } },
	{ LOCATION_JAVA_CACHE, false, 1, { W_JPI_CACHE } },
	{ LOCATION_BROWSER_CACHE, false, 1, { W_TIF } },
	{ LOCATION_BROWSER_CACHE, false, 1, { W_CONTENT_IE5 } },
	{ LOCATION_BROWSER_CACHE, false, 1, { W_INETCACHE } },
	{ LOCATION_BROWSER_CACHE, false, 2, { W_EDGE, W_CACHE } },
	{ LOCATION_VIRTUAL_STORE, false, 2, { W_LOCAL, W_VIRTUALSTORE } },
	{ LOCATION_VIRTUAL_STORE,
	  false,
	  3,
	  { W_LOCAL_SETTINGS, W_APPLICATION_DATA, W_VIRTUALSTORE } },
	{ LOCATION_TEMP, false, 3, { W_APPDATA, W_LOCAL, W_TEMP } },
	{ LOCATION_TEMP, false, 3, { W_APPDATA, W_LOCALLOW, W_TEMP } },
	{ LOCATION_TEMP, false, 2, { W_LOCAL_SETTINGS, W_TEMP } },
	{ LOCATION_TEMP, true, 2, { W_WINDOWS, W_TEMP } },
	{ LOCATION_TEMP, true, 2, { W_WINDOWS, W_SYSTEMTEMP } },
	{ LOCATION_TEMP, true, 1, { W_TEMP } },
	{ LOCATION_TEMP, true, 1, { W_TMP } },
	{ LOCATION_STARTUP, false, 3, { W_START_MENU, W_PROGRAMS, W_STARTUP } },
	{ LOCATION_DOWNLOADS, true, 3, { W_USERS, W_ANY, W_DOWNLOADS } },
	{ LOCATION_DOWNLOADS,
	  true,
	  3,
	  { W_DOCUMENTS_AND_SETTINGS, W_ANY, W_DOWNLOADS } },
	{ LOCATION_DOWNLOADS, false, 2, { W_MY_DOCUMENTS, W_DOWNLOADS } },
	{ LOCATION_PROGRAM_DATA, true, 1, { W_PROGRAMDATA } },
	{ LOCATION_PROGRAM_DATA, true, 2, { W_USERS, W_ALL_USERS } },
	{ LOCATION_PROGRAM_DATA,
	  true,
	  3,
	  { W_DOCUMENTS_AND_SETTINGS, W_ALL_USERS, W_APPLICATION_DATA } },
	{ LOCATION_PROFILE, true, 2, { W_USERS, W_ANY } },
	{ LOCATION_PROFILE, true, 2, { W_DOCUMENTS_AND_SETTINGS, W_ANY } },
	{ LOCATION_PROFILE, false, 1, { W_APPDATA } },
	{ LOCATION_PROFILE, false, 1, { W_LOCAL_SETTINGS } },
	{ LOCATION_PROFILE, true, 3, { W_WINDOWS, W_SERVICE_PROFILES, W_ANY } },
	{ LOCATION_PROFILE,
	  true,
	  4,
	  { W_WINDOWS, W_SYSTEM32, W_CONFIG, W_SYSTEMPROFILE } },
	{ LOCATION_SYSTEM, true, 2, { W_WINDOWS, W_SYSTEM32 } },
	{ LOCATION_COMMON_FILES, true, 2, { W_PROGRAM_FILES, W_COMMON_FILES } },
	{ LOCATION_PROGRAM_FILES, true, 1, { W_PROGRAM_FILES } },
	{ LOCATION_WINDOWS, true, 1, { W_WINDOWS } },
};

struct scan {
	uint8_t last[SEQUENCE_MAX]; /* newest at the end */
	size_t depth;		    /* components so far */
	bool in_browser;	    /* below Mozilla, User Data or Opera */
	enum location best;
};

static bool fits(const struct scan *s, const struct pattern *p)
{
	const uint8_t *have = s->last + SEQUENCE_MAX - p->count;

	if (p->at_root ? s->depth != p->count : s->depth < p->count)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		if (p->words[i] != W_ANY && p->words[i] != have[i])
			return false;
	}
	return true;
}

static void add_word(struct scan *s, enum word word)
{
	memmove(s->last, s->last + 1, SEQUENCE_MAX - 1);
	s->last[SEQUENCE_MAX - 1] = (uint8_t)word;
	s->depth++;
	if (word == W_MOZILLA || word == W_USER_DATA || word == W_OPERA)
		s->in_browser = true;
	if (s->in_browser && (word == W_CACHE || word == W_CODE_CACHE) &&
	    s->best < LOCATION_BROWSER_CACHE)
		s->best = LOCATION_BROWSER_CACHE;
	/* Deep inside ordinary names nothing can begin or end here. */
	if (word == W_NONE && s->depth > SEQUENCE_MAX)
		return;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *p = &patterns[i];
		const uint8_t last = p->words[p->count - 1];

		if ((last == word || last == W_ANY) && p->location > s->best &&
		    fits(s, p))
			s->best = p->location;
	}
}

/* ---- folders of this target -------------------------------------- */

#define FNV_START UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

/* Goes on over one character, case folded; returns its length. */
static size_t hash_character(const char *s, uint64_t *hash)
{
	uint32_t cp = (unsigned char)*s;
	size_t n = 1;

	if (cp < 0x80) {
		cp = (uint32_t)ascii_upper((int)cp);
	} else {
		n = utf_decode(s, &cp);
		if (!(cp & UTF_BAD))
			cp = utf_upcase(cp);
	}
	*hash = (*hash ^ cp) * FNV_PRIME;
	return n;
}

static size_t find_place(const struct location_table *table, uint64_t hash)
{
	/* Multiplying leaves the high bits the better ones. */
	size_t i = (size_t)(hash >> 32) & (table->cap - 1);

	while (table->places[i].hash && table->places[i].hash != hash)
		i = (i + 1) & (table->cap - 1);
	return i;
}

static int table_grow(struct location_table *table)
{
	struct location_table bigger = { 0 };

	bigger.cap = table->cap ? table->cap * 2 : 16;
	if (bigger.cap > PLACES_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_TARGET_FOLDERS_MANY);
	bigger.places = mem_array(bigger.cap, sizeof(*bigger.places));
	if (!bigger.places)
		return err_nomem();
	bigger.count = table->count;
	for (size_t i = 0; i < table->cap; i++) {
		uint64_t hash = table->places[i].hash;

		if (hash)
			bigger.places[find_place(&bigger, hash)] =
				table->places[i];
	}
	mem_free(table->places);
	*table = bigger;
	return 0;
}

/* Skips \\?\ and the like. */
static const char *path_start(const char *wpath)
{
	bool has_prefix = strncmp(wpath, "\\\\?\\", 4) == 0 ||
			  strncmp(wpath, "\\\\.\\", 4) == 0 ||
			  strncmp(wpath, "\\??\\", 4) == 0;

	return has_prefix ? wpath + 4 : wpath;
}

/* The folder's entry, made if there is none; NULL: *err_ret says why. */
static struct location_place *get_place(struct location_table *table,
					const char *folder, int *err_ret)
{
	const char *s = path_start(folder);
	uint64_t hash = FNV_START;
	size_t i, n = strlen(s);

	while (n > 0 && s[n - 1] == '\\')
		n--;
	for (size_t at = 0; at < n;)
		at += hash_character(s + at, &hash);
	if (table->count * 2 >= table->cap) {
		*err_ret = table_grow(table);
		if (*err_ret)
			return NULL;
	}
	i = find_place(table, hash);
	if (!table->places[i].hash) {
		table->places[i].hash = hash;
		table->count++;
	}
	return &table->places[i];
}

int location_table_add(struct location_table *table, const char *folder,
		       enum location location)
{
	int err = 0;
	struct location_place *place = get_place(table, folder, &err);

	if (place && place->location < location)
		place->location = location;
	return err;
}

int location_table_add_temp_of_user(struct location_table *table,
				    const char *folder)
{
	int err = 0;
	struct location_place *place = get_place(table, folder, &err);

	if (place)
		place->is_temp_of_user = true;
	return err;
}

void location_table_release(struct location_table *table)
{
	mem_free(table->places);
	memset(table, 0, sizeof(*table));
}

static void look_up(const struct location_table *table, uint64_t hash,
		    bool with_users, struct scan *scan)
{
	const struct location_place *p =
		&table->places[find_place(table, hash)];

	if (!p->hash)
		return;
	if (p->location > scan->best)
		scan->best = p->location;
	if (with_users && p->is_temp_of_user && scan->best < LOCATION_TEMP)
		scan->best = LOCATION_TEMP;
}

/* ---- files of a folder ------------------------------------------- */

bool location_is_word(const char *name)
{
	return word_of(name, strlen(name)) != W_NONE;
}

/* No pattern that ends in any word is as long as that; no table's place is a
 * file. */
bool location_is_inherited(const char *folder)
{
	const char *s = path_start(folder);
	size_t depth = 0;

	if (s[0] && s[1] == ':')
		s += 2;
	if (s[0] != '\\' || s[1] == '\\')
		return false;
	for (; *s; s++)
		depth += s[0] == '\\' && s[1] && s[1] != '\\';
	return depth >= SEQUENCE_MAX;
}

/* ---- the answer -------------------------------------------------- */

static enum location locate(const struct location_table *table,
			    const char *wpath, bool with_users)
{
	const char *s = path_start(wpath);
	bool has_places = table && table->count > 0;
	uint64_t hash = FNV_START;
	struct scan scan = { .best = LOCATION_OTHER };
	size_t i = 0;

	if (s[0] && s[1] == ':')
		i = 2;
	if (i == 0 && s[0] == '\\' && s[1] == '\\')
		return LOCATION_OTHER; /* the network */
	if (s[i] != '\\')
		return i == 2 && !s[i] ? LOCATION_ROOT : LOCATION_UNKNOWN;
	for (size_t k = 0; has_places && k < i; k++)
		hash_character(s + k, &hash);
	while (s[i]) {
		size_t start = i + 1, end = start;

		while (s[end] && s[end] != '\\')
			end++;
		if (end == start) {
			i = end;
			continue;
		}
		add_word(&scan, word_of(s + start, end - start));
		if (has_places) {
			while (i < end)
				i += hash_character(s + i, &hash);
			look_up(table, hash, with_users, &scan);
		}
		i = end;
	}
	if (scan.best == LOCATION_OTHER && scan.depth <= 1)
		return LOCATION_ROOT;
	return scan.best;
}

enum location location_of(const struct location_table *table, const char *wpath)
{
	return locate(table, wpath, true);
}

enum location location_for_all(const struct location_table *table,
			       const char *wpath)
{
	return locate(table, wpath, false);
}

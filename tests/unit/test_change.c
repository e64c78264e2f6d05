/*
 * Changing files, where every host must behave the same: places, removal,
 * renaming, new files, replacing, private folders.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/descriptor.h"

#include <errno.h>
#include <string.h>

static char *private_dir;

static void setup(void)
{
	scratch_make("change");
	private_dir = in_scratch("private");
	ck_assert_msg(host_private_dir(scratch, private_dir, true) == 0, "%s",
		      err_last()->text);
}

static void teardown(void)
{
	mem_free(private_dir);
	scratch_release();
}

/* ---- places -------------------------------------------------------------- */

START_TEST(place_takes_what_is_below_its_base)
{
	char *dir = in_scratch("dir");
	char *file = host_join(dir, "file");
	char *missing = host_join(file, "below");
	char *nowhere = in_scratch("nowhere/file");
	char *up = in_scratch("dir/../dir/file");
	struct host_place *p = NULL;

	ck_assert_int_eq(host_mkdir(dir), 0);
	p = place(file);
	ck_assert_str_eq(host_place_path(p), file);
	ck_assert_int_eq(host_place_exists(p), 0);
	file_make(file, "x");
	ck_assert_int_eq(host_place_exists(p), 1);
	host_place_close(p);
	p = NULL;
	ck_assert_int_eq(host_place_open(NULL, file, &p), 0);
	ck_assert_int_eq(host_place_exists(p), 1);
	host_place_close(p);
	p = NULL;
	ck_assert_int_eq(host_place_open(scratch, nowhere, &p), ERR_NOT_FOUND);
	ck_assert_int_eq(host_place_open(scratch, missing, &p), ERR_NOT_DIR);
	/* A path that leads out of its base, or is its base. */
	ck_assert_int_eq(host_place_open(scratch, up, &p), ERR_INVALID);
	ck_assert_int_eq(host_place_open(dir, scratch, &p), ERR_INVALID);
	ck_assert_int_eq(host_place_open(scratch, scratch, &p), ERR_INVALID);
	ck_assert_ptr_null(p);
	mem_free(up);
	mem_free(nowhere);
	mem_free(missing);
	mem_free(file);
	mem_free(dir);
}

END_TEST

/* ---- subjects ------------------------------------------------------------ */

START_TEST(remove_takes_the_file_that_is_held)
{
	char *path = in_scratch("bad.dll");
	struct host_subject *s;
	struct host_stat st;
	uint32_t links = 0;
	char buf[8] = "";
	size_t n = 0;

	file_make(path, "bad");
	s = subject(path);
	ck_assert_int_eq(host_fstat(host_subject_file(s), &st), 0);
	ck_assert_uint_eq(st.size, 3);
	ck_assert_int_eq(host_pread(host_subject_file(s), 0, buf, 7, &n), 0);
	ck_assert_str_eq(buf, "bad");
	ck_assert_int_eq(host_subject_links(s, &links), 0);
	ck_assert_uint_eq(links, 1);
	ck_assert_int_eq(host_subject_check(s), 0);
	ck_assert_msg(host_subject_remove(s, private_dir) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	ck_assert(!is_there(path));
	ck_assert_int_eq(entries(scratch), 1);
	ck_assert_int_eq(entries(private_dir), 0);
	mem_free(path);
}

END_TEST

START_TEST(subject_must_be_a_file)
{
	char *dir = in_scratch("dir");
	char *missing = in_scratch("missing");
	struct host_subject *s = NULL;
	struct host_place *p;

	ck_assert_int_eq(host_mkdir(dir), 0);
	p = place(dir);
	ck_assert_int_eq(host_subject_open(p, 0, &s), ERR_UNSUPPORTED);
	host_place_close(p);
	p = place(missing);
	ck_assert_int_eq(host_subject_open(p, 0, &s), ERR_NOT_FOUND);
	host_place_close(p);
	ck_assert_ptr_null(s);
	mem_free(missing);
	mem_free(dir);
}

END_TEST

START_TEST(rename_moves_and_never_replaces)
{
	char *path = in_scratch("loaded.dll");
	char *taken = host_join(private_dir, "taken");
	char *to = host_join(private_dir, "waiting");
	struct host_subject *s;
	struct host_place *p;

	file_make(path, "loaded");
	file_make(taken, "other");
	s = subject(path);
	p = place(taken);
	ck_assert_int_eq(host_subject_rename(s, p, private_dir), ERR_EXISTS);
	host_place_close(p);
	file_is(path, "loaded");
	file_is(taken, "other");
	host_subject_close(s);
	s = subject(path);
	p = place(to);
	ck_assert_msg(host_subject_rename(s, p, private_dir) == 0, "%s",
		      err_last()->text);
	host_place_close(p);
	ck_assert(!is_there(path));
	file_is(to, "loaded");
	/* It is still the same subject, at its new name. */
	ck_assert_int_eq(host_subject_check(s), 0);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	ck_assert(!is_there(to));
	mem_free(to);
	mem_free(taken);
	mem_free(path);
}

END_TEST

/* ---- new files ----------------------------------------------------------- */

START_TEST(new_file_comes_whole_and_never_replaces)
{
	char *path = in_scratch("restored");
	struct host_new *n = new_file(path, "one ");

	ck_assert(!is_there(path));
	ck_assert_int_eq(host_new_write(n, "two", 3), 0);
	ck_assert_msg(host_new_finish(n, NULL) == 0, "%s", err_last()->text);
	file_is(path, "one two");
	n = new_file(path, "another");
	ck_assert_int_eq(host_new_finish(n, NULL), ERR_EXISTS);
	file_is(path, "one two");
	n = new_file(path, "given up");
	host_new_abort(n);
	file_is(path, "one two");
	/* Nothing else is left: the private folder and the file. */
	ck_assert_int_eq(entries(scratch), 2);
	mem_free(path);
}

END_TEST

/* What undo does: the file comes back as it was, and that is read back. */
START_TEST(metadata_comes_back)
{
	char *path = in_scratch("file.txt");
	struct host_meta want;
	struct host_meta got;
	struct host_subject *s;
	char why[512];

	file_make(path, "content");
	s = subject(path);
	ck_assert_msg(host_subject_meta(s, &want) == 0, "%s", err_last()->text);
	ck_assert_uint_ne(want.known & META_TIMES, 0);
	ck_assert_int_eq(host_subject_remove(s, private_dir), 0);
	host_subject_close(s);
	/* Times that the clock cannot have given by itself. */
	want.written -= INT64_C(36000000000) * 24 * 365;
	want.accessed -= INT64_C(36000000000) * 24 * 100;
	/* Wine keeps no time of creation, it tells that of writing. */
	if (want.created != 0)
		want.created = want.written;
	ck_assert_msg(host_new_finish(new_file(path, "content"), &want) == 0,
		      "%s", err_last()->text);
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &got), 0);
	ck_assert_ptr_null(host_meta_differs(&want, &got, why, sizeof(why)));
	ck_assert_int_eq(got.written, want.written);
	host_subject_close(s);
	host_meta_release(&got);
	host_meta_release(&want);
	mem_free(path);
}

END_TEST

START_TEST(replace_needs_the_file_that_is_held)
{
	char *path = in_scratch("hive");
	char *other = in_scratch("other");
	struct host_subject *old;
	struct host_meta meta;
	struct host_new *n;

	file_make(path, "old");
	old = subject(path);
	ck_assert_int_eq(host_subject_meta(old, &meta), 0);
	n = new_file(path, "new");
	ck_assert_msg(host_new_replace(n, old, &meta) == 0, "%s",
		      err_last()->text);
	file_is(path, "new");
	host_meta_release(&meta);
	/* A new file for another name than the one that is held. */
	old = subject(path);
	n = new_file(other, "wrong");
	ck_assert_int_eq(host_new_replace(n, old, NULL), ERR_CHANGED);
	file_is(path, "new");
	ck_assert(!is_there(other));
	ck_assert_int_eq(entries(scratch), 2);
	mem_free(other);
	mem_free(path);
}

END_TEST

/* ---- private folders --------------------------------------------- */

START_TEST(private_folder_is_made_or_checked)
{
	char *path = in_scratch("vault");
	char *below = host_join(path, "inner");
	char *nowhere = in_scratch("no/vault");
	char *file = in_scratch("file");

	ck_assert_int_eq(host_private_dir(scratch, path, true), 0);
	ck_assert_int_eq(host_private_dir(scratch, path, true), 0);
	ck_assert_int_eq(host_private_dir(scratch, below, true), 0);
	ck_assert_int_eq(host_private_dir(scratch, nowhere, true),
			 ERR_NOT_FOUND);
	file_make(file, "x");
	ck_assert_int_eq(host_private_dir(scratch, file, true), ERR_NOT_DIR);
	file_is(file, "x");
	ck_assert_int_eq(host_flush_dir(path), 0);
	mem_free(file);
	mem_free(nowhere);
	mem_free(below);
	mem_free(path);
}

END_TEST

/* A folder comes again with what another one carries, and replaces nothing. */
START_TEST(folder_is_made_as_it_was)
{
	struct host_place *old = NULL, *new = NULL, *inside = NULL;
	struct host_meta meta = { 0 }, got = { 0 };
	char *old_path = in_scratch("old"), *new_path = in_scratch("new");
	char *deep_path = host_join(new_path, "deep");
	char why[512];

	ck_assert_int_eq(host_mkdir(old_path), 0);
	ck_assert_int_eq(host_place_open(scratch, old_path, &old), 0);
	ck_assert_int_eq(host_place_open(scratch, new_path, &new), 0);
	ck_assert_int_eq(host_folder_meta(new, &meta), ERR_NOT_FOUND);
	ck_assert_msg(host_folder_meta(old, &meta) == 0, "%s",
		      err_last()->text);
	meta.known &= META_ATTRS | META_SECURITY | META_POSIX;
	ck_assert_uint_ne(meta.known, 0);
	ck_assert_msg(host_folder_new(new, &meta) == 0, "%s", err_last()->text);
	ck_assert_int_eq(host_folder_meta(new, &got), 0);
	ck_assert_msg(!host_meta_differs(&meta, &got, why, sizeof(why)), "%s",
		      why);
	host_meta_release(&got);
	/* It is one that others can be made in. */
	ck_assert_int_eq(host_place_open(scratch, deep_path, &inside), 0);
	ck_assert_int_eq(host_folder_new(inside, &meta), 0);
	ck_assert_int_eq(host_folder_new(new, &meta), ERR_EXISTS);
	/* Beside both only the private one: nothing half-made is left. */
	ck_assert_int_eq(entries(scratch), 3);
	ck_assert_int_eq(entries(new_path), 1);
	host_meta_release(&meta);
	host_place_close(inside);
	host_place_close(old);
	host_place_close(new);
	mem_free(deep_path);
	mem_free(new_path);
	mem_free(old_path);
}

END_TEST

START_TEST(volume_tells_its_state)
{
	struct host_volume_state v = { 0 };

	ck_assert_msg(host_volume_state(scratch, &v) == 0, "%s",
		      err_last()->text);
	ck_assert(!v.is_read_only);
	ck_assert_ptr_nonnull(v.fs_name);
	ck_assert_str_ne(v.fs_name, "");
	ck_assert(v.dirty_known || !v.is_dirty);
	mem_free(v.fs_name);
}

END_TEST

START_TEST(leftover_is_found_by_its_number)
{
	char *path = host_join(private_dir, HOST_REMOVING
			       "00000000000004d2-0011223344556677");
	char *found = NULL;

	ck_assert_int_eq(host_leftover(private_dir, 1234, &found),
			 ERR_NOT_FOUND);
	file_make(path, "x");
	ck_assert_int_eq(host_leftover(private_dir, 1235, &found),
			 ERR_NOT_FOUND);
	ck_assert_ptr_null(found);
	ck_assert_int_eq(host_leftover(private_dir, 1234, &found), 0);
	ck_assert_str_eq(found, path);
	mem_free(found);
	mem_free(path);
}

END_TEST

/* ---- comparing metadata ------------------------------------------ */

static void differs(const struct host_meta *want, const struct host_meta *got,
		    const char *part)
{
	char text[256] = "";
	const char *found = host_meta_differs(want, got, text, sizeof(text));

	if (part == NULL) {
		ck_assert_msg(found == NULL, "%s", text);
		return;
	}
	ck_assert_ptr_nonnull(found);
	ck_assert_msg(strstr(found, part) != NULL, "%s: %s", part, found);
}

START_TEST(metadata_differences_are_named)
{
	/* "user.a" = 1, 2; "user.b" empty; and the other way round. */
	static uint8_t ab[] = { 'u', 's', 'e', 'r', '.', 'a', 0,   2,
				0,   0,	  0,   1,   2,	 'u', 's', 'e',
				'r', '.', 'b', 0,   0,	 0,   0,   0 };
	static uint8_t ba[] = { 'u', 's', 'e', 'r', '.', 'b', 0,   0,
				0,   0,	  0,   'u', 's', 'e', 'r', '.',
				'a', 0,	  2,   0,   0,	 0,   1,   2 };
	struct host_meta want = { .known = META_TIMES | META_ATTRS |
					   META_SHORT | META_POSIX |
					   META_OBJECT | META_XATTRS };
	struct host_meta got;

	want.attrs = 0x21;
	want.created = 10;
	want.written = 20;
	want.accessed = 30;
	want.changed = 40;
	want.mode = 0640;
	want.xattrs = ab;
	want.xattrs_nbytes = sizeof(ab);
	want.short_name = (char *)"A~1";
	got = want;
	got.changed = 41;  /* cannot be set anywhere */
	got.attrs = 0x8a1; /* compressed, normal: not a choice */
	got.xattrs = ba;
	differs(&want, &got, NULL);
	got.known &= ~META_SHORT;
	differs(&want, &got, "short name cannot be read back");
	got = want;
	got.attrs = 0x20;
	differs(&want, &got, "attributes are 0x20 instead of 0x21");
	got = want;
	got.created = 11;
	differs(&want, &got, "creation");
	want.created = 0; /* not known */
	differs(&want, &got, NULL);
	got.accessed = 0;
	differs(&want, &got, "last access");
	got = want;
	got.short_name = NULL;
	differs(&want, &got, "short name is \"\" instead of \"A~1\"");
	got = want;
	got.uid = 1;
	differs(&want, &got, "0640 1:0 instead of 0640 0:0");
	got = want;
	got.object_id[15] = 1;
	differs(&want, &got, "object identifier");
	got = want;
	got.xattrs_nbytes = 13; /* only user.a */
	differs(&want, &got, "\"user.b\" is missing");
	differs(&got, &want, "\"user.b\" that was not");
	got.xattrs_nbytes = 12; /* cut in the value */
	differs(&want, &got, "\"user.a\" is missing");
	differs(&got, &want, "extended attribute");
	/* What is not known is not compared. */
	want.known = 0;
	got.known = 0;
	differs(&want, &got, NULL);
}

END_TEST

/* The same parts in another order, with room between them. */
static size_t descriptor_shuffle(const uint8_t *in, uint8_t out[160])
{
	memset(out, 0, 160);
	memcpy(out, in, 20);
	bytes_put_le32(out + 4, 120); /* owner */
	bytes_put_le32(out + 8, 100); /* group */
	bytes_put_le32(out + 16, 40); /* list */
	memcpy(out + 120, in + 20, 16);
	memcpy(out + 100, in + 36, 16);
	memcpy(out + 40, in + 52, 52);
	bytes_put_le16(out + 40 + 2, 56); /* with padding */
	return 136;
}

/* What `why` says of a short name that another file has, or nobody. */
static const struct {
	enum host_short_fate why, fate;
} shorts[] = {
	{ HOST_SHORT_KEPT, HOST_SHORT_LOST },
	{ HOST_SHORT_OFF, HOST_SHORT_OFF },
	{ HOST_SHORT_TAKEN, HOST_SHORT_TAKEN },
};

START_TEST(short_name_alone_is_spared)
{
	struct host_meta want = { .known = META_SHORT | META_ATTRS };
	struct host_meta got = { .known = META_SHORT | META_ATTRS };
	struct host_short name = { .fate = HOST_SHORT_KEPT };
	const enum host_short_fate why = shorts[_i].why;

	want.short_name = (char *)"EVIL~1.DLL";
	ck_assert_int_eq(host_meta_check_sparing(&want, &want, "p", why, &name),
			 0);
	ck_assert_int_eq(name.fate, HOST_SHORT_KEPT);
	ck_assert_int_eq(host_meta_check_sparing(&want, &got, "p", why, &name),
			 0);
	ck_assert_int_eq(name.fate, shorts[_i].fate);
	ck_assert_str_eq(name.name, "EVIL~1.DLL");
	/* It cannot even be read. */
	memset(&name, 0, sizeof(name));
	got.known = META_ATTRS;
	ck_assert_int_eq(host_meta_check_sparing(&want, &got, "p", why, &name),
			 0);
	ck_assert_int_eq(name.fate, shorts[_i].fate);
	/* Anything else fails, with or without it. */
	memset(&name, 0, sizeof(name));
	got.attrs = 2;
	ck_assert_int_eq(host_meta_check_sparing(&want, &got, "p", why, &name),
			 ERR_IO);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "attributes"));
	ck_assert_int_eq(name.fate, HOST_SHORT_KEPT);
	/* It was to have none, and has one: nothing that could be spared. */
	got.attrs = 0;
	got.known = META_SHORT | META_ATTRS;
	got.short_name = want.short_name;
	want.short_name = NULL;
	ck_assert_int_eq(host_meta_check_sparing(&want, &got, "p", why, &name),
			 ERR_IO);
}

END_TEST

START_TEST(answers_about_short_names)
{
	/* [MS-FSA] 2.1.5.15.13 */
	ck_assert_int_eq(host_short_of_status(0), HOST_SHORT_KEPT);
	ck_assert_int_eq(host_short_of_status(0xC000019F), HOST_SHORT_OFF);
	ck_assert_int_eq(host_short_of_status(0xC0000035), HOST_SHORT_TAKEN);
	ck_assert_int_eq(host_short_of_status(0xC0000061), HOST_SHORT_KEPT);
	ck_assert_int_eq(host_short_of_errno(0), HOST_SHORT_KEPT);
	ck_assert_int_eq(host_short_of_errno(EEXIST), HOST_SHORT_TAKEN);
	ck_assert_int_eq(host_short_of_errno(EPERM), HOST_SHORT_KEPT);
}

END_TEST

START_TEST(descriptors_are_compared_by_meaning)
{
	const uint8_t *mine = descriptor_private_folder;
	const size_t n = DESCRIPTOR_PRIVATE_NBYTES;
	uint8_t other[160];
	uint8_t copy[DESCRIPTOR_PRIVATE_NBYTES];
	size_t other_n = descriptor_shuffle(mine, other);

	ck_assert(descriptor_is_same(mine, n, mine, n));
	ck_assert(descriptor_is_same(mine, n, other, other_n));
	ck_assert(descriptor_is_same(other, other_n, mine, n));
	ck_assert(!descriptor_is_same(mine, n, descriptor_private_file, n));
	/* Any byte that is not in a field of no meaning makes it another. */
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, mine, n);
		copy[i] ^= 0x10;
		if (i == 1 || i == 53 || i == 58 || i == 59 ||
		    (i >= 12 && i < 16))
			continue; /* reserved; the list that is not there */
		if (i == 2 || i == 54)
			continue; /* "list present", length with padding */
		if (i == 52)
			continue; /* revision of the list */
		ck_assert_msg(!descriptor_is_same(mine, n, copy, n), "byte %d",
			      (int)i);
	}
	/* Cut short anywhere it is damaged, and like nothing. */
	for (size_t i = 0; i < n; i++)
		ck_assert(!descriptor_is_same(mine, i, mine, i));
	ck_assert(!descriptor_is_same(NULL, 0, NULL, 0));
}

END_TEST

static void is_private(const uint8_t *sd, size_t n, const char *part)
{
	struct str why = STR_INIT;
	const bool yes = descriptor_is_private(sd, n, &why);

	ck_assert_msg(yes == (part == NULL), "%s", str_text(&why));
	if (part != NULL)
		ck_assert_msg(strstr(str_text(&why), part) != NULL, "%s",
			      str_text(&why));
	str_release(&why);
}

START_TEST(descriptor_lets_nobody_else_in)
{
	const size_t n = DESCRIPTOR_PRIVATE_NBYTES;
	uint8_t sd[160];

	is_private(descriptor_private_folder, n, NULL);
	is_private(descriptor_private_file, n, NULL);
	is_private(sd, descriptor_shuffle(descriptor_private_folder, sd), NULL);
	memcpy(sd, descriptor_private_folder, n);
	sd[3] &= (uint8_t)~0x10;
	is_private(sd, n, "inherits");
	memcpy(sd, descriptor_private_folder, n);
	sd[2] &= (uint8_t)~0x04;
	is_private(sd, n, "no access list");
	memcpy(sd, descriptor_private_folder, n);
	bytes_put_le32(sd + 16, 0);
	is_private(sd, n, "no access list");
	memcpy(sd, descriptor_private_folder, n);
	sd[32] = 0x21; /* S-1-5-32-545, Users, owns it */
	is_private(sd, n, "belongs to S-1-5-32-545");
	memcpy(sd, descriptor_private_folder, n);
	sd[100] = 0x21; /* Users may enter */
	is_private(sd, n, "lets in S-1-5-32-545");
	sd[80] = 1; /* no: they are kept out */
	is_private(sd, n, NULL);
	sd[80] = 9; /* allowed under a condition */
	is_private(sd, n, "conditions");
	for (size_t i = 0; i < n; i++) {
		memcpy(sd, descriptor_private_folder, n);
		is_private(sd, i, "");
	}
}

END_TEST

/* Users' entry beside SYSTEM's: type, flags, rights ([MS-DTYP] 2.4.4, 2.4.3,
 * [MS-SMB2] 2.2.13.1). */
static const struct {
	uint8_t type, flags;
	uint32_t rights;
	const char *writes;    /* part of the clause, NULL: only ours */
	const char *exchanges; /* the same of a folder above */
} list_entries[] = {
	{ 0, 0, 0x001200a9, NULL, NULL }, /* read and execute */
	{ 0, 0, 0x00100116, "S-1-5-32-545", NULL },
	{ 0, 0, 0x001301bf, "S-1-5-32-545", "S-1-5-32-545" }, /* modify */
	{ 0, 0, 0x00000002, "S-1-5-32-545", NULL }, /* write, add a file */
	{ 0, 0, 0x00000004, "S-1-5-32-545", NULL }, /* append, add a folder */
	{ 0, 0, 0x00000010, NULL, NULL },	    /* extended attributes */
	{ 0, 0, 0x00000040, "S-1-5-32-545", "S-1-5-32-545" }, /* a child */
	{ 0, 0, 0x00010000, "S-1-5-32-545", "S-1-5-32-545" }, /* delete */
	{ 0, 0, 0x00040000, "S-1-5-32-545", "S-1-5-32-545" }, /* its list */
	{ 0, 0, 0x00080000, "S-1-5-32-545", "S-1-5-32-545" }, /* its owner */
	{ 0, 0, 0x40000000, "S-1-5-32-545", "S-1-5-32-545" }, /* generic */
	{ 0, 0, 0x10000000, "S-1-5-32-545", "S-1-5-32-545" }, /* all */
	{ 0, 3, 0x001301bf, "S-1-5-32-545", "S-1-5-32-545" }, /* and inside */
	{ 0, 0x0b, 0x001301bf, NULL, NULL }, /* only for what is inside */
	{ 1, 0, 0x001301bf, NULL, NULL },    /* they are kept out */
	{ 9, 0, 0x001301bf, "conditions", "conditions" },
	{ 9, 0, 0x001200a9, NULL, NULL },
};

static void is_only_ours(const uint8_t *sd, size_t n, uint32_t rights,
			 const char *part)
{
	struct str why = STR_INIT;
	const bool yes = descriptor_is_only_ours_to(sd, n, rights, &why);

	ck_assert_msg(yes == (part == NULL), "%s", str_text(&why));
	if (part != NULL)
		ck_assert_msg(strstr(str_text(&why), part) != NULL, "%s",
			      str_text(&why));
	str_release(&why);
}

START_TEST(descriptor_tells_who_could_write)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];

	memcpy(sd, descriptor_private_folder, sizeof(sd));
	sd[80] = list_entries[_i].type;
	sd[81] = list_entries[_i].flags;
	bytes_put_le32(sd + 84, list_entries[_i].rights);
	sd[100] = 0x21; /* Users */
	is_only_ours(sd, sizeof(sd), DESCRIPTOR_WRITES,
		     list_entries[_i].writes);
	is_only_ours(sd, sizeof(sd), DESCRIPTOR_EXCHANGES,
		     list_entries[_i].exchanges);
}

END_TEST

/* S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464 */
static void put_installer(uint8_t *at)
{
	static const uint32_t subs[] = {
		80,	     956008885u,  3418522649u,
		1831038044u, 1853292631u, 2271478464u
	};

	memset(at, 0, 32);
	at[0] = 1;
	at[1] = 6;
	at[7] = 5;
	for (int i = 0; i < 6; i++)
		bytes_put_le32(at + 8 + 4 * (size_t)i, subs[i]);
}

START_TEST(descriptor_tells_whose_it_is)
{
	const size_t n = DESCRIPTOR_PRIVATE_NBYTES;
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES + 32];

	memcpy(sd, descriptor_private_folder, n);
	is_only_ours(sd, n, DESCRIPTOR_WRITES, NULL);
	sd[3] &= (uint8_t)~0x10; /* what it inherits is in the list as well */
	is_only_ours(sd, n, DESCRIPTOR_WRITES, NULL);
	sd[32] = 0x21;
	is_only_ours(sd, n, DESCRIPTOR_WRITES, "belongs to S-1-5-32-545");
	put_installer(sd + n);
	bytes_put_le32(sd + 4, (uint32_t)n);
	is_only_ours(sd, n + 32, DESCRIPTOR_WRITES, NULL);
	sd[n + 31] ^= 1;
	is_only_ours(sd, n + 32, DESCRIPTOR_WRITES, "belongs to S-1-5-80");
	memcpy(sd, descriptor_private_folder, n);
	sd[2] &= (uint8_t)~0x04;
	is_only_ours(sd, n, DESCRIPTOR_WRITES, "no access list");
	for (size_t i = 0; i < n; i++)
		is_only_ours(descriptor_private_folder, i, DESCRIPTOR_WRITES,
			     "");
}

END_TEST

static Suite *change_suite(void)
{
	Suite *s = suite_create("change");
	TCase *tc = tcase_create("change");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, place_takes_what_is_below_its_base);
	tcase_add_test(tc, remove_takes_the_file_that_is_held);
	tcase_add_test(tc, subject_must_be_a_file);
	tcase_add_test(tc, rename_moves_and_never_replaces);
	tcase_add_test(tc, new_file_comes_whole_and_never_replaces);
	tcase_add_test(tc, metadata_comes_back);
	tcase_add_test(tc, replace_needs_the_file_that_is_held);
	tcase_add_test(tc, private_folder_is_made_or_checked);
	tcase_add_test(tc, folder_is_made_as_it_was);
	tcase_add_test(tc, volume_tells_its_state);
	tcase_add_test(tc, leftover_is_found_by_its_number);
	suite_add_tcase(s, tc);
	tc = tcase_create("metadata");
	tcase_add_test(tc, metadata_differences_are_named);
	tcase_add_loop_test(tc, short_name_alone_is_spared, 0, 3);
	tcase_add_test(tc, answers_about_short_names);
	tcase_add_test(tc, descriptors_are_compared_by_meaning);
	tcase_add_test(tc, descriptor_lets_nobody_else_in);
	tcase_add_loop_test(tc, descriptor_tells_who_could_write, 0,
			    sizeof(list_entries) / sizeof(list_entries[0]));
	tcase_add_test(tc, descriptor_tells_whose_it_is);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(change_suite)

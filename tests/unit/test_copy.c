/*
 * Unit tests of copies: Windows' own records of them, which paths are copies,
 * and where their files lay.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "match_fixture.h"
#include "target_fixture.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/copy_index.h"
#include "collect/copy_of.h"
#include <string.h>

/* ---- bytes in the forms of Windows ------------------------------- */

struct form {
	uint8_t data[4096];
	size_t nbytes;
};

static void put32(struct form *f, uint32_t v)
{
	bytes_put_le32(f->data + f->nbytes, v);
	f->nbytes += 4;
}

/* ASCII as UTF-16 with its NUL. */
static void put_text(struct form *f, const char *text)
{
	do {
		f->data[f->nbytes++] = (uint8_t)*text;
		f->data[f->nbytes++] = 0;
	} while (*text++);
}

static void put_zeros(struct form *f, size_t n)
{
	memset(f->data + f->nbytes, 0, n);
	f->nbytes += n;
}

static void make_recycled(struct form *f, uint32_t version, const char *path)
{
	f->nbytes = 0;
	put32(f, version);
	put_zeros(f, 20);
	if (version == 2)
		put32(f, (uint32_t)strlen(path) + 1);
	put_text(f, path);
	if (version == 1)
		put_zeros(f, 24 + 520 - f->nbytes);
}

static void make_info2(struct form *f, uint32_t size)
{
	f->nbytes = 0;
	put32(f, 5);
	put32(f, 0);
	put32(f, 0);
	put32(f, size);
	put32(f, 0);
}

static void add_info2(struct form *f, const char *path, uint32_t number,
		      uint32_t drive)
{
	const bool is_new = bytes_le32(f->data + 12) == 800;
	size_t at = f->nbytes;

	put_zeros(f, is_new ? 800 : 280);
	memcpy(f->data + at, path, strlen(path));
	bytes_put_le32(f->data + at + 260, number);
	bytes_put_le32(f->data + at + 264, drive);
	for (size_t i = 0; is_new && path[i]; i++)
		f->data[at + 280 + 2 * i] = (uint8_t)path[i];
}

static void make_log(struct form *f)
{
	f->nbytes = 0;
	put32(f, 0); /* its size, at the end */
	put32(f, 0);
	put32(f, 0xABCDEF12);
	put32(f, 2);
	put32(f, 8 + 2 * 5);
	put32(f, 2);
	put_text(f, "\\\\?\\");
	put32(f, 0);
	bytes_put_le32(f->data, (uint32_t)f->nbytes);
	bytes_put_le32(f->data + f->nbytes - 4, (uint32_t)f->nbytes);
}

static void put_record(struct form *f, uint32_t type, const char *text)
{
	put32(f, 8 + 2 * ((uint32_t)strlen(text) + 1));
	put32(f, type);
	put_text(f, text);
}

static void add_log(struct form *f, const char *path, const char *copy)
{
	size_t at = f->nbytes;

	put32(f, 0);
	put32(f, 1);
	put32(f, 0xABCDEF12);
	put32(f, 0x10); /* deleted */
	put32(f, 1);
	put32(f, 0x20);
	put_zeros(f, 8 + 32);
	/* Who did it: a size, a kind, a text. */
	put32(f, 4 + 2 * 12);
	put32(f, 3);
	put_text(f, "explorer.ex");
	put_record(f, 3, path);
	if (copy)
		put_record(f, 5, copy);
	put_record(f, 9, "LIB.DLL");
	put32(f, 0);
	bytes_put_le32(f->data + at, (uint32_t)(f->nbytes - at));
	bytes_put_le32(f->data + f->nbytes - 4, (uint32_t)(f->nbytes - at));
}

static void is_path(char *got, const char *want)
{
	ck_assert_msg(!got == !want && (!want || strcmp(got, want) == 0),
		      "\"%s\", not \"%s\"", got ? got : "(none)",
		      want ? want : "(none)");
	mem_free(got);
}

/* ---- the readers ------------------------------------------------- */

#define LIB "C:\\Program Files\\Shared\\lib.dll"

START_TEST(copy_recycled_of_both_versions)
{
	struct form f;

	for (uint32_t version = 0; version <= 3; version++) {
		make_recycled(&f, version, LIB);
		is_path(copy_path_of_recycled(f.data, f.nbytes),
			version == 1 || version == 2 ? LIB : NULL);
	}
	/* The count says less, or more, than there is. */
	make_recycled(&f, 2, LIB);
	bytes_put_le32(f.data + 24, 2);
	is_path(copy_path_of_recycled(f.data, f.nbytes), "C:");
	bytes_put_le32(f.data + 24, UINT32_MAX);
	is_path(copy_path_of_recycled(f.data, f.nbytes), LIB);
	bytes_put_le32(f.data + 24, 0);
	is_path(copy_path_of_recycled(f.data, f.nbytes), NULL);
	for (size_t n = 0; n < 28; n++)
		is_path(copy_path_of_recycled(f.data, n), NULL);
}

END_TEST

/* What no name holds is no path: it would be a sentence in a report. */
START_TEST(copy_of_a_forged_name)
{
	static const char *const texts[] = {
		"C:\\x\". All is well.",
		"C:\\x\nAll is well.",
		"C:\\x\x1B[2J",
		"C:\\<b>",
		"C:\\a|b",
		"C:/a",
		"C:\\a?",
		"C:\\*",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct form f;

		make_recycled(&f, 1 + i % 2, texts[i]);
		is_path(copy_path_of_recycled(f.data, f.nbytes), NULL);
		make_info2(&f, i % 2 ? 280 : 800);
		add_info2(&f, texts[i], 1, 2);
		is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 1), NULL);
	}
}

END_TEST

START_TEST(copy_info2_of_both_sizes)
{
	struct form f;

	make_info2(&f, 800);
	add_info2(&f, "C:\\a.exe", 1, 2);
	add_info2(&f, LIB, 2, 2);
	add_info2(&f, "D:\\b.exe", 2, 3);
	/* Restored or emptied: the letter of the old text is gone. */
	f.data[20 + 800] = 0;
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 1), "C:\\a.exe");
	is_path(copy_path_in_info2(f.data, f.nbytes, 'C', 2), LIB);
	is_path(copy_path_in_info2(f.data, f.nbytes, 'd', 2), "D:\\b.exe");
	is_path(copy_path_in_info2(f.data, f.nbytes, 'e', 2), NULL);
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 3), NULL);
	/* The last record is cut off. */
	is_path(copy_path_in_info2(f.data, f.nbytes - 1, 'd', 2), NULL);
	is_path(copy_path_in_info2(f.data, 19, 'c', 1), NULL);
	bytes_put_le32(f.data + 12, 0);
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 1), NULL);

	make_info2(&f, 280);
	add_info2(&f, LIB, 7, 2);
	add_info2(&f, "C:\\\x83\x5C.dll", 8, 2);
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 7), LIB);
	f.data[20] = 0;
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 7), LIB);
	/* Of a code page that nobody knows. */
	is_path(copy_path_in_info2(f.data, f.nbytes, 'c', 8), NULL);
}

END_TEST

START_TEST(copy_change_log)
{
	struct form f, cut;

	make_log(&f);
	add_log(&f, "\\WINDOWS\\x.ini", NULL);
	add_log(&f, "\\WINDOWS\\system32\\a.dll", "A0000001.dll");
	add_log(&f, "\\Program Files\\Shared\\lib.dll", "A0001234.dll");
	is_path(copy_path_in_change_log(f.data, f.nbytes, "A0001234.dll"),
		"\\Program Files\\Shared\\lib.dll");
	is_path(copy_path_in_change_log(f.data, f.nbytes, "a0000001.DLL"),
		"\\WINDOWS\\system32\\a.dll");
	is_path(copy_path_in_change_log(f.data, f.nbytes, "A0000002.dll"),
		NULL);
	/* However it is cut or whatever byte is changed: an answer or none. */
	for (size_t n = 0; n < f.nbytes; n++)
		is_path(copy_path_in_change_log(f.data, n, "A0001234.dll"),
			NULL);
	for (size_t i = 0; i < f.nbytes; i++) {
		cut = f;
		cut.data[i] ^= 0xFF;
		mem_free(copy_path_in_change_log(cut.data, cut.nbytes,
						 "A0001234.dll"));
	}
}

END_TEST

/* ---- which paths ------------------------------------------------- */

static const struct {
	const char *wpath;
	enum copy_kind kind;
} kinds[] = {
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$R123ABC.dll", COPY_RECYCLED },
	{ "c:\\$RECYCLE.BIN\\s-1-5-21-1\\$rABC\\sub\\lib.dll", COPY_RECYCLED },
	{ "\\old\\$Recycle.Bin\\S-1-5-21-1\\$R1.dll", COPY_RECYCLED },
	/* A name of its own: hidden, not thrown away. */
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\lib.dll", COPY_NONE },
	{ "C:\\$Recycle.Bin\\$I1.dll", COPY_NONE },
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$R", COPY_NONE },
	{ "C:\\$Recycle.Bin", COPY_NONE },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc1.dll", COPY_RECYCLED },
	{ "C:\\RECYCLER\\S-1-5-21-1\\De12\\x\\lib.dll", COPY_RECYCLED },
	{ "D:\\RECYCLED\\Dd3.exe", COPY_RECYCLED },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc.dll", COPY_NONE },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc1x.dll", COPY_NONE },
	{ "C:\\RECYCLER\\S-1-5-21-1\\D11.dll", COPY_NONE },
	{ "C:\\RECYCLER\\S-1-5-21-1\\lib.dll", COPY_NONE },
	{ "C:\\System Volume Information\\_restore{1}\\RP5\\A0001234.dll",
	  COPY_RESTORE },
	{ "C:\\System Volume Information\\_restore{1}\\RP5\\snapshot\\x",
	  COPY_RESTORE },
	{ "C:\\System Volume Information\\lib.dll", COPY_NONE },
	{ "C:\\Windows.old\\Program Files\\Shared\\lib.dll", COPY_OLD_WINDOWS },
	{ "C:\\WINDOWS.OLD.000\\x.dll", COPY_OLD_WINDOWS },
	{ "C:\\Windows.old(1)\\x.dll", COPY_OLD_WINDOWS },
	{ "C:\\Windows.older\\x.dll", COPY_NONE },
	{ "C:\\Windows.old.x\\x.dll", COPY_NONE },
	{ "C:\\Windows.old", COPY_NONE },
	{ "C:\\$WINDOWS.~BT\\NewOS\\x.dll", COPY_OLD_WINDOWS },
	{ "C:\\Program Files\\Shared\\lib.dll", COPY_NONE },
	{ "", COPY_NONE },
	{ "\\", COPY_NONE },
};

START_TEST(copy_kind_by_the_path)
{
	ck_assert_msg(copy_kind_of(kinds[_i].wpath) == kinds[_i].kind, "%s",
		      kinds[_i].wpath);
}

END_TEST

static const char *place_at(const void *arg, size_t index)
{
	return index < pack_place_count(arg) ? pack_place(arg, index)->pattern
					     : NULL;
}

/* ---- of a Windows ------------------------------------------------ */

static void put_file(struct fixture *f, const char *path,
		     const struct form *form)
{
	char *host;

	fixture_file(f, path, "x");
	host = fixture_path(f, path);
	ck_assert_int_eq(host_write_file(host, form->data, form->nbytes), 0);
	mem_free(host);
}

static const struct {
	const char *wpath, *want; /* NULL: no copy */
} of_rows[] = {
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$RAB.dll", LIB },
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$RDIR\\a\\b.dll",
	  "C:\\Old\\a\\b.dll" },
	{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$RNO.dll", "" },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc2.dll", LIB },
	{ "C:\\RECYCLER\\S-1-5-21-1\\Dc9.dll", "" },
	{ "C:\\System Volume Information\\_restore{1}\\RP5\\A0001234.dll",
	  LIB },
	/* In a log that was closed. */
	{ "C:\\System Volume Information\\_restore{1}\\RP5\\A0000001.dll",
	  "C:\\WINDOWS\\x.dll" },
	{ "C:\\System Volume Information\\_restore{1}\\RP6\\A0001234.dll", "" },
	{ "C:\\System Volume Information\\_restore{1}\\RP5\\snapshot\\a", "" },
	{ "C:\\Windows.old\\Program Files\\Shared\\lib.dll", LIB },
	{ "C:\\$WINDOWS.~BT\\NewOS\\x.dll", "" },
	/* Trees like a disk's below a folder of somebody's. */
	{ "C:\\Backup\\Program Files\\Shared\\lib.dll", LIB },
	{ "D:\\2010\\c\\PROGRAM FILES\\SHARED\\lib.dll",
	  "C:\\PROGRAM FILES\\SHARED\\lib.dll" },
	{ "C:\\Users\\taro\\Desktop\\c\\Users\\jiro\\AppData\\Local\\Temp\\"
	  "mstmp",
	  "C:\\Users\\jiro\\AppData\\Local\\Temp\\mstmp" },
	{ LIB, NULL },
	{ "C:\\Program Files (x86)\\Shared\\lib.dll", NULL },
	{ "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp", NULL },
	{ "C:\\Users\\goro\\AppData\\Local\\Temp\\mstmp", NULL },
	{ "D:\\Program Files\\Shared\\lib.dll", NULL },
	{ "C:\\Users\\taro\\AppData\\Local\\VirtualStore\\Program Files\\"
	  "Shared\\lib.dll",
	  NULL },
	/* Nothing that the pack looks for. */
	{ "C:\\Backup\\Program Files\\Vendor\\lib.dll", NULL },
	{ "C:\\Backup\\lib.dll", NULL },
	{ "C:\\lib.dll", NULL },
};

START_TEST(copy_of_what)
{
	struct fixture f;
	struct target *t;
	struct copies *c = NULL;
	struct pack *p = NULL;
	struct form form;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_profile(&f, "S-1-5-21-1-2-3-1001", "C:\\Users\\taro");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_user_hive(&f, "Users/taro/NTUSER.DAT", NULL);
	make_recycled(&form, 1, LIB);
	put_file(&f, "$Recycle.Bin/S-1-5-21-1/$IAB.dll", &form);
	make_recycled(&form, 2, "C:\\Old");
	put_file(&f, "$Recycle.Bin/S-1-5-21-1/$IDIR", &form);
	make_info2(&form, 800);
	add_info2(&form, LIB, 2, 2);
	put_file(&f, "RECYCLER/S-1-5-21-1/INFO2", &form);
	make_log(&form);
	add_log(&form, "\\Program Files\\Shared\\lib.dll", "A0001234.dll");
	put_file(&f, "System Volume Information/_restore{1}/RP5/change.log",
		 &form);
	make_log(&form);
	add_log(&form, "\\WINDOWS\\x.dll", "A0000001.dll");
	put_file(&f, "System Volume Information/_restore{1}/RP5/change.log.1",
		 &form);
	t = fixture_open(&f);
	ck_assert_int_eq(pack_open_builtin(&p), 0);
	ck_assert_int_eq(copies_new(t, place_at, p, &c), 0);
	for (size_t i = 0; i < sizeof(of_rows) / sizeof(of_rows[0]); i++) {
		char *of = NULL;

		ck_assert_int_eq(copies_find(c, of_rows[i].wpath, &of), 0);
		ck_assert_msg(!of == !of_rows[i].want &&
				      (!of || !strcmp(of, of_rows[i].want)),
			      "%s: \"%s\"", of_rows[i].wpath,
			      of ? of : "(none)");
		mem_free(of);
	}
	copies_free(c);
	pack_free(p);
	target_free(t);
	fixture_release(&f);
}

END_TEST

static Suite *copy_suite(void)
{
	Suite *s = suite_create("copy");
	TCase *c = tcase_create("copy");

	tcase_add_test(c, copy_recycled_of_both_versions);
	tcase_add_test(c, copy_of_a_forged_name);
	tcase_add_test(c, copy_info2_of_both_sizes);
	tcase_add_test(c, copy_change_log);
	tcase_add_loop_test(c, copy_kind_by_the_path, 0,
			    (int)(sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_test(c, copy_of_what);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(copy_suite)

/*
 * Hive files through the registry interface: what is there, what is odd,
 * what is damaged, and what happens when memory is short.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "host/host.h"
#include "registry/hive.h"
#include "tests/tools/hive_maker.h"

#define BHO                                                                    \
	"Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects"
#define FILE_NAME "test_registry.hive.tmp"

struct notes {
	int gaps;
	char last[256];
	char path[256];
};

static void on_gap(void *arg, const char *key_path, const char *why)
{
	struct notes *n = arg;

	n->gaps++;
	str_copy(n->last, why, sizeof(n->last));
	str_copy(n->path, key_path, sizeof(n->path));
}

static struct hive_maker_key *sample(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
	static uint8_t big[40000];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7 + i / 256);
	k = hive_maker_path(root,
			    BHO "\\{11111111-2222-3333-4444-555555555555}");
	hive_maker_text(k, "", REG_TYPE_SZ, "helper");
	hive_maker_value(k, "NoExplorer", REG_TYPE_DWORD, "\1\0\0\0", 4);
	k = hive_maker_path(root, "Classes\\PROTOCOLS\\Filter\\text/html");
	hive_maker_text(k, "CLSID", REG_TYPE_SZ, "{4}");
	k = hive_maker_path(root, "Odd");
	hive_maker_value(k, "Big", REG_TYPE_BINARY, big, sizeof(big));
	hive_maker_value(k, "Big\xc3\xa9", REG_TYPE_BINARY, big, 16345);
	hive_maker_value(k, "a\xc0\x80z", 0x10000003, "x", 1);
	hive_maker_text(k, "\xe3\x83\x86", REG_TYPE_EXPAND_SZ, "%TEMP%\\mstmp");
	hive_maker_value(k, "Nothing", REG_TYPE_NONE, "", 0);
	hive_maker_value(k, "\xed\xa0\x80", REG_TYPE_SZ, "\0\xd8\0\0", 4);
	hive_maker_path(root, "Odd\\n\xc0\x80ul");
	hive_maker_path(root, "Odd\\\xed\xb0\x80lone");
	k = hive_maker_path(root, "Link");
	k->flags |= REGF_KEY_SYM_LINK;
	k->time = INT64_C(129300000000000000);
	hive_maker_text(k, "SymbolicLinkValue", REG_TYPE_LINK,
			"\\Registry\\Machine\\X");
	return root;
}

static uint8_t *sample_bytes(size_t *nbytes)
{
	struct hive_maker_key *root = sample();
	uint8_t *hive = hive_maker_write(root, nbytes);

	hive_maker_free(root);
	return hive;
}

static struct reg_root *open_bytes(const uint8_t *hive, size_t nbytes,
				   struct notes *n, struct reg_hive_report *r)
{
	struct reg_root *root = NULL;

	memset(n, 0, sizeof(*n));
	ck_assert_int_eq(reg_open_memory(hive, nbytes, on_gap, n, r, &root), 0);
	return root;
}

START_TEST(finds_keys_and_values)
{
	struct reg_hive_report report;
	struct reg_key *key = NULL, *sub = NULL;
	struct reg_root *root;
	struct notes n;
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);
	uint32_t type = 0;
	char *text;

	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert(!report.was_dirty && !report.damaged && !report.truncated);
	text = reg_root_get_text(root,
				 BHO "\\{11111111-2222-3333-4444-555555555555}",
				 "", &type);
	ck_assert_str_eq(text, "helper");
	ck_assert_uint_eq(type, REG_TYPE_SZ);
	mem_free(text);
	/* any case; extra backslashes; a slash is part of the name */
	text = reg_root_get_text(root,
				 "\\CLASSES\\\\protocols\\filter\\TEXT/HTML\\",
				 "clsid", NULL);
	ck_assert_str_eq(text, "{4}");
	mem_free(text);
	ck_assert_int_eq(reg_open_key(root, "Classes\\none", &key),
			 ERR_NOT_FOUND);
	ck_assert_ptr_null(key);
	ck_assert_int_eq(reg_open_key(root, NULL, &key), 0);
	ck_assert_int_eq(reg_open_subkey(key, "Classes\\PROTOCOLS", &sub), 0);
	reg_close_key(key);
	key = NULL;
	ck_assert_int_eq(reg_open_subkey(sub, "", &key), 0);
	reg_close_key(sub);
	ck_assert_int_eq(reg_open_subkey(key, "filter", &sub), 0);
	reg_close_key(key);
	reg_close_key(sub);
	ck_assert_int_eq(n.gaps, 0);
	reg_close(root);
	mem_free(hive);
}

END_TEST

START_TEST(tells_links_and_times)
{
	struct reg_hive_report report;
	struct reg_key_info info;
	struct reg_value value;
	struct reg_key *key;
	struct reg_root *root;
	struct notes n;
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);

	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "lInK", &key), 0);
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert_str_eq(info.name, "Link");
	ck_assert(info.is_link);
	ck_assert_int_eq(info.last_write, INT64_C(129300000000000000));
	ck_assert_uint_eq(info.value_count, 1);
	ck_assert_uint_eq(info.subkey_count, 0);
	reg_key_info_release(&info);
	ck_assert_int_eq(reg_get_value(key, "SymbolicLinkValue", &value), 0);
	ck_assert_uint_eq(value.type, REG_TYPE_LINK);
	reg_value_release(&value);
	reg_close_key(key);
	ck_assert_int_eq(reg_open_key(root, "Odd", &key), 0);
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert(!info.is_link);
	ck_assert_uint_eq(info.subkey_count, 2);
	ck_assert_uint_eq(info.value_count, 6);
	reg_key_info_release(&info);
	reg_close_key(key);
	reg_close(root);
	mem_free(hive);
}

END_TEST

struct seen {
	struct reg_key *key;
	char text[512];
	int opened;
};

static int note_value(void *arg, const struct reg_value *v)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s:%lx:%u|", v->name,
		 (unsigned long)v->type, (unsigned)v->nbytes);
	return 0;
}

static int note_key(void *arg, const char *name)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);
	struct reg_key *sub;

	snprintf(s->text + n, sizeof(s->text) - n, "%s|", name);
	if (!reg_open_subkey(s->key, name, &sub)) {
		s->opened++;
		reg_close_key(sub);
	}
	return 0;
}

static int stop_at_once(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 4711;
}

START_TEST(keeps_odd_names_types_and_data)
{
	struct reg_hive_report report;
	struct seen s = { NULL, "", 0 };
	struct reg_value v;
	struct reg_key *key;
	struct reg_root *root;
	struct notes n;
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);
	int calls = 0;

	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Odd", &key), 0);
	s.key = key;
	ck_assert_int_eq(reg_each_value(key, note_value, &s), 0);
	ck_assert_str_eq(s.text, "Big:3:40000|Big\xc3\xa9:3:16345|"
				 "a\xc0\x80z:10000003:1|"
				 "\xe3\x83\x86:2:26|Nothing:0:0|"
				 "\xed\xa0\x80:1:4|");
	s.text[0] = '\0';
	ck_assert_int_eq(reg_each_subkey(key, note_key, &s), 0);
	ck_assert_str_eq(s.text, "n\xc0\x80ul|\xed\xb0\x80lone|");
	ck_assert_int_eq(s.opened, 2);
	ck_assert_int_eq(reg_each_subkey(key, stop_at_once, &calls), 4711);
	ck_assert_int_eq(calls, 1);
	/* no case in Latin-1 either; three segments of big data */
	ck_assert_int_eq(reg_get_value(key, "BIG\xc3\x89", &v), 0);
	ck_assert_uint_eq(v.nbytes, 16345);
	ck_assert_uint_eq(v.data[16344], (16344 * 7 + 16344 / 256) & 0xff);
	reg_value_release(&v);
	ck_assert_int_eq(reg_get_value(key, "big", &v), 0);
	for (size_t i = 0; i < v.nbytes; i++)
		ck_assert_uint_eq(v.data[i], (i * 7 + i / 256) & 0xff);
	reg_value_release(&v);
	ck_assert_int_eq(reg_get_value(key, "A\xc0\x80Z", &v), 0);
	reg_value_release(&v);
	ck_assert_int_eq(reg_get_value(key, "a", &v), ERR_NOT_FOUND);
	reg_close_key(key);
	ck_assert_int_eq(reg_open_key(root, "odd\\N\xc0\x80UL", &key), 0);
	reg_close_key(key);
	ck_assert_int_eq(n.gaps, 0);
	reg_close(root);
	mem_free(hive);
}

END_TEST

static int count_key(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 0;
}

START_TEST(reads_divided_lists)
{
	struct hive_maker_key *made = hive_maker_new("ROOT"), *many;
	struct reg_hive_report report;
	struct reg_key_info info;
	struct reg_key *key;
	struct reg_root *root;
	struct notes n;
	size_t nbytes;
	uint8_t *hive;
	char name[32];
	int count = 0;

	many = hive_maker_path(made, "Many");
	for (int i = 0; i < 1700; i++) {
		snprintf(name, sizeof(name), "key %d", i);
		hive_maker_child(many, name);
	}
	hive = hive_maker_write(made, &nbytes);
	hive_maker_free(made);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "many", &key), 0);
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert_uint_eq(info.subkey_count, 1700);
	reg_key_info_release(&info);
	ck_assert_int_eq(reg_each_subkey(key, count_key, &count), 0);
	ck_assert_int_eq(count, 1700);
	reg_close_key(key);
	for (int i = 0; i < 1700; i += 100) {
		snprintf(name, sizeof(name), "many\\KEY %d", i);
		ck_assert_int_eq(reg_open_key(root, name, &key), 0);
		reg_close_key(key);
	}
	ck_assert_int_eq(n.gaps, 0);
	reg_close(root);
	mem_free(hive);
}

END_TEST

/* ---- damage ----------------------------------------------------------- */

/* Offset in the file of the first key cell's data with that name. */
static size_t find_key(const uint8_t *hive, size_t nbytes, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 4096; i + 80 + len < nbytes; i += 4)
		if (!memcmp(hive + i, "nk", 2) &&
		    bytes_le16(hive + i + 72) == len &&
		    !memcmp(hive + i + 76, name, len))
			return i;
	ck_abort_msg("no key %s", name);
	return 0;
}

START_TEST(cuts_circles)
{
	struct reg_hive_report report;
	struct reg_key *key;
	struct reg_root *root;
	struct notes n;
	size_t nbytes, odd, list, at;
	uint8_t *hive = sample_bytes(&nbytes);
	int count = 0;

	/* "Odd" lists itself and the root instead of its two subkeys. */
	odd = find_key(hive, nbytes, "Odd");
	list = 4096 + bytes_le32(hive + odd + 28) + 4;
	bytes_put_le32(hive + list + 4, (uint32_t)(odd - 4096 - 4));
	bytes_put_le32(hive + list + 12, bytes_le32(hive + 36));
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Odd", &key), 0);
	ck_assert_int_eq(reg_each_subkey(key, count_key, &count), 0);
	ck_assert_int_eq(count, 0);
	ck_assert_int_eq(n.gaps, 1);
	ck_assert_str_eq(n.path, "Odd");
	/* the same damage is told once */
	ck_assert_int_eq(reg_each_subkey(key, count_key, &count), 0);
	ck_assert_int_eq(n.gaps, 1);
	reg_close_key(key);
	reg_close(root);

	/* An entry twice, and a key that belongs to another parent. */
	at = find_key(hive, nbytes, "Link");
	bytes_put_le32(hive + list + 4, (uint32_t)(at - 4096 - 4));
	bytes_put_le32(hive + list + 12, (uint32_t)(at - 4096 - 4));
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Odd", &key), 0);
	ck_assert_int_eq(reg_each_subkey(key, count_key, &count), 0);
	ck_assert_int_eq(count, 0);
	bytes_put_le32(hive + at + 16, (uint32_t)(odd - 4096 - 4));
	reg_close_key(key);
	reg_close(root);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Odd", &key), 0);
	ck_assert_int_eq(reg_each_subkey(key, count_key, &count), 0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(n.gaps, 1);
	reg_close_key(key);
	reg_close(root);
	mem_free(hive);
}

END_TEST

static int look_on(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 0;
}

/* A name longer than its cell is cut; what it was is not passed over. */
START_TEST(tells_names_that_were_cut)
{
	static const char *const path = "Classes\\PROTOCOLS\\Filter\\text/html";
	struct reg_hive_report report;
	struct reg_root *root;
	struct reg_key *key = NULL;
	struct reg_value value;
	struct notes n;
	size_t nbytes, at, vk;
	uint8_t *hive = sample_bytes(&nbytes);
	int count = 0;

	at = find_key(hive, nbytes, "text/html");
	bytes_put_le16(hive + at + 72, 0x7ff0);
	/* Looked for by name ... */
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, path, &key), ERR_NOT_FOUND);
	ck_assert_int_eq(n.gaps, 1);
	ck_assert_str_eq(n.path, "Classes\\PROTOCOLS\\Filter");
	reg_close(root);
	/* ... and where all names are looked at and none is opened. */
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Classes\\PROTOCOLS\\Filter", &key),
			 0);
	ck_assert_int_eq(reg_each_subkey(key, look_on, &count), 0);
	ck_assert_int_ge(count, 1);
	ck_assert_int_eq(n.gaps, 1);
	reg_close_key(key);
	reg_close(root);
	/* The same of a value. */
	bytes_put_le16(hive + at + 72, strlen("text/html"));
	vk = 4096 + bytes_le32(hive + at + 40) + 4;
	vk = 4096 + bytes_le32(hive + vk) + 4;
	bytes_put_le16(hive + vk + 2, 0x7ff0);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, path, &key), 0);
	ck_assert_int_eq(n.gaps, 0);
	ck_assert_int_eq(reg_get_value(key, "CLSID", &value), ERR_NOT_FOUND);
	ck_assert_int_eq(n.gaps, 1);
	ck_assert_str_eq(n.path, path);
	reg_close_key(key);
	reg_close(root);
	mem_free(hive);
}

END_TEST

/* A value that is to have 10 MB in a cell of a few bytes, in a large hive. */
START_TEST(a_length_takes_no_memory)
{
	struct hive_maker_key *tree = hive_maker_new("ROOT");
	size_t nbytes, many = 11 << 20, at;
	uint8_t *data = mem_zalloc(many), *hive;
	struct reg_hive_report report;
	struct reg_root *root;
	struct notes n;
	char *text;

	hive_maker_text(hive_maker_path(tree, "Key"), "Text", REG_TYPE_SZ,
			"it is here");
	hive_maker_value(hive_maker_path(tree, "Large"), "Data",
			 REG_TYPE_BINARY, data, many);
	hive = hive_maker_write(tree, &nbytes);
	hive_maker_free(tree);
	at = find_key(hive, nbytes, "Key");
	at = 4096 + bytes_le32(hive + at + 40) + 4;
	at = 4096 + bytes_le32(hive + at) + 4;
	bytes_put_le32(hive + at + 4, 10 << 20);
	root = open_bytes(hive, nbytes, &n, &report);
	mem_largest();
	text = reg_root_get_text(root, "Key", "Text", NULL);
	ck_assert_uint_lt(mem_largest(), 1 << 20);
	ck_assert_int_eq(n.gaps, 1);
	ck_assert_str_eq(text, "it is here");
	mem_free(text);
	reg_close(root);
	mem_free(hive);
	mem_free(data);
}

END_TEST

/* Memory for a large value is that value's matter, not the end of it all. */
START_TEST(a_large_value_without_memory_is_a_gap)
{
	struct hive_maker_key *tree = hive_maker_new("ROOT");
	size_t nbytes, many = 2 << 20;
	uint8_t *data = mem_zalloc(many), *hive;
	struct reg_hive_report report;
	struct reg_value value = { .name = NULL };
	struct reg_root *root;
	struct reg_key *key = NULL;
	struct notes n;
	int64_t before;
	int err = ERR_NOMEM;

	hive_maker_value(hive_maker_path(tree, "Large"), "Data",
			 REG_TYPE_BINARY, data, many);
	hive = hive_maker_write(tree, &nbytes);
	hive_maker_free(tree);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Large", &key), 0);
	before = mem_count();
	ck_assert_int_eq(reg_get_value(key, "Data", &value), 0);
	ck_assert_uint_eq(value.nbytes, many);
	reg_value_release(&value);
	ck_assert_int_eq(n.gaps, 0);
	/* Each of its few allocations, of which one is that of the data. */
	for (int64_t i = mem_count() - before; i > 0 && err == ERR_NOMEM; i--) {
		mem_fail_after(i);
		err = reg_get_value(key, "Data", &value);
		mem_fail_after(0);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(value.nbytes, 0);
	ck_assert_int_eq(n.gaps, 1);
	reg_value_release(&value);
	reg_close_key(key);
	reg_close(root);
	mem_free(hive);
	mem_free(data);
}

END_TEST

START_TEST(reads_what_is_left)
{
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct notes n = { 0, "", "" };
	size_t nbytes, at;
	uint8_t *hive = sample_bytes(&nbytes);
	char *text;

	/* The last third is missing. */
	root = open_bytes(hive, nbytes / 3 * 2, &n, &report);
	ck_assert(report.truncated && report.damaged);
	ck_assert_int_ge(n.gaps, 1);
	reg_close(root);

	/* The header does not lead to the root key, and is not sealed. */
	bytes_put_le32(hive + 36, 0x7ffff0);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert(report.damaged && report.was_dirty && report.logs_missing);
	text = reg_root_get_text(root, "Classes\\PROTOCOLS\\Filter\\text/html",
				 "CLSID", NULL);
	ck_assert_str_eq(text, "{4}");
	mem_free(text);
	reg_close(root);

	/* No header at all. */
	memset(hive, 0, 512);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert(report.damaged);
	text = reg_root_get_text(root, "Classes\\PROTOCOLS\\Filter\\text/html",
				 "CLSID", NULL);
	ck_assert_str_eq(text, "{4}");
	mem_free(text);

	/* A value's data cell is free: the value stays, without data. */
	reg_close(root);
	at = find_key(hive, nbytes, "text/html");
	at = 4096 + bytes_le32(hive + at + 40) + 4; /* list of values */
	at = 4096 + bytes_le32(hive + at) + 4;	    /* the value */
	at = 4096 + bytes_le32(hive + at + 8);	    /* its data */
	bytes_put_le32(hive + at, 16);
	root = open_bytes(hive, nbytes, &n, &report);
	n.gaps = 0;
	text = reg_root_get_text(root, "Classes\\PROTOCOLS\\Filter\\text/html",
				 "CLSID", NULL);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(n.gaps, 1);
	ck_assert_str_eq(n.path, "Classes\\PROTOCOLS\\Filter\\text/html");
	mem_free(text);
	reg_close(root);

	root = NULL;
	memset(hive + 4096, 0, 64);
	ck_assert_int_eq(
		reg_open_memory(hive, nbytes, on_gap, &n, &report, &root),
		ERR_CORRUPT);
	ck_assert_int_eq(reg_open_memory(hive, 0, on_gap, &n, &report, &root),
			 ERR_CORRUPT);
	ck_assert_ptr_null(root);
	mem_free(hive);
}

END_TEST

START_TEST(opens_despite_a_wrong_hash)
{
	struct reg_hive_report report;
	struct seen s = { NULL, "", 0 };
	struct reg_key *key;
	struct reg_root *root;
	struct notes n;
	size_t nbytes, list;
	uint8_t *hive = sample_bytes(&nbytes);

	list = 4096 +
	       bytes_le32(hive + find_key(hive, nbytes, "Classes") + 28) + 4;
	bytes_put_le32(hive + list + 8, 0x12345678);
	root = open_bytes(hive, nbytes, &n, &report);
	ck_assert_int_eq(reg_open_key(root, "Classes\\PROTOCOLS", &key),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_open_key(root, "Classes", &s.key), 0);
	ck_assert_int_eq(reg_each_subkey(s.key, note_key, &s), 0);
	ck_assert_str_eq(s.text, "PROTOCOLS|");
	ck_assert_int_eq(s.opened, 1);
	ck_assert_int_eq(n.gaps, 1);
	reg_close_key(s.key);
	/* From now on names are compared. */
	ck_assert_int_eq(reg_open_key(root, "classes\\protocols", &key), 0);
	reg_close_key(key);
	reg_close(root);
	mem_free(hive);
}

END_TEST

/* ---- files ------------------------------------------------------------ */

START_TEST(opens_files)
{
	struct reg_hive_files files = { FILE_NAME, { NULL, NULL, NULL } };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct notes n = { 0, "", "" };
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);
	char *text;

	host_unlink(FILE_NAME);
	ck_assert_int_eq(reg_open_hive(&files, on_gap, &n, &report, &root),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(host_write_file(FILE_NAME, "", 0), 0);
	ck_assert_int_eq(reg_open_hive(&files, on_gap, &n, &report, &root),
			 ERR_CORRUPT);
	ck_assert_int_eq(host_write_file(FILE_NAME, "regf", 4), 0);
	ck_assert_int_eq(reg_open_hive(&files, on_gap, &n, &report, &root),
			 ERR_CORRUPT);
	files.hive = ".";
	ck_assert_int_eq(reg_open_hive(&files, on_gap, &n, &report, &root),
			 ERR_NOT_DIR);
	files.hive = FILE_NAME;
	ck_assert_ptr_null(root);
	ck_assert_int_eq(host_write_file(FILE_NAME, hive, nbytes), 0);
	ck_assert_int_eq(reg_open_hive(&files, on_gap, &n, &report, &root), 0);
	text = reg_root_get_text(root, "Odd", "\xe3\x83\x86", NULL);
	ck_assert_str_eq(text, "%TEMP%\\mstmp");
	mem_free(text);
	reg_close(root);
	ck_assert_int_eq(n.gaps, 0);
	ck_assert_int_eq(host_unlink(FILE_NAME), 0);
	mem_free(hive);
}

END_TEST

START_TEST(has_no_live_registry_here)
{
	struct reg_root *root = NULL;

	if (strcmp(host_kind(), "linux"))
		return;
	ck_assert_int_eq(
		reg_open_live(REG_LIVE_MACHINE, REG_VIEW_64, NULL, NULL, &root),
		ERR_UNSUPPORTED);
	ck_assert_ptr_null(root);
}

END_TEST

/* ---- memory ----------------------------------------------------------- */

static int use_value(void *arg, const struct reg_value *v)
{
	char *text = reg_value_text(v, NULL);

	(void)arg;
	if (!text)
		return ERR_NOMEM;
	mem_free(text);
	return 0;
}

static int walk(void *arg, const char *name)
{
	struct reg_key *parent = arg, *key = NULL;
	struct reg_key_info info;
	struct reg_value value;
	int err;

	err = reg_open_subkey(parent, name, &key);
	if (err)
		return err;
	err = reg_key_info(key, &info);
	if (!err) {
		reg_key_info_release(&info);
		err = reg_each_value(key, use_value, NULL);
	}
	if (!err) {
		err = reg_get_value(key, "", &value);
		if (!err)
			reg_value_release(&value);
		if (err == ERR_NOT_FOUND)
			err = 0;
	}
	if (!err)
		err = reg_each_subkey(key, walk, key);
	reg_close_key(key);
	return err;
}

static int open_and_walk(const uint8_t *hive, size_t nbytes, const char *path)
{
	struct reg_hive_files files = { path, { NULL, NULL, NULL } };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	struct notes n = { 0, "", "" };
	int err;

	err = path ? reg_open_hive(&files, on_gap, &n, &report, &root)
		   : reg_open_memory(hive, nbytes, on_gap, &n, &report, &root);
	if (err)
		return err;
	err = reg_open_key(root, "", &key);
	if (!err)
		err = reg_each_subkey(key, walk, key);
	reg_close_key(key);
	reg_close(root);
	return err;
}

static void fail_each(const uint8_t *hive, size_t nbytes, const char *path)
{
	int64_t before = mem_count(), all;

	ck_assert_int_eq(open_and_walk(hive, nbytes, path), 0);
	all = mem_count() - before;
	ck_assert_int_gt(all, 50);
	for (int64_t i = 1; i <= all; i++) {
		int err;

		mem_fail_after(i);
		err = open_and_walk(hive, nbytes, path);
		mem_fail_after(0);
		/*
		 * The list of places that were told may be missing; nothing
		 * else works without its memory.
		 */
		ck_assert_msg(err == ERR_NOMEM, "allocation %d of %d: %d",
			      (int)i, (int)all, err);
	}
}

START_TEST(survives_short_memory)
{
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);

	fail_each(hive, nbytes, NULL);
	mem_free(hive);
}

END_TEST

START_TEST(survives_short_memory_with_a_file)
{
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);
	/* An absolute path: the current folder is asked for by the host. */
	char *path = host_absolute_path(FILE_NAME);

	ck_assert_ptr_nonnull(path);
	ck_assert_int_eq(host_write_file(path, hive, nbytes), 0);
	fail_each(hive, nbytes, path);
	host_unlink(path);
	mem_free(path);
	mem_free(hive);
}

END_TEST

/* Every byte of the records set to what breaks most: it must only not crash. */
START_TEST(survives_every_wrong_byte)
{
	static const uint8_t wrong[] = { 0x00, 0xff, 0x7f, 0x80 };
	size_t nbytes;
	uint8_t *hive = sample_bytes(&nbytes);
	int read = 0;

	for (size_t i = 0; i < 12288 && i < nbytes; i += 7) {
		uint8_t saved = hive[i];

		hive[i] = wrong[i / 7 % sizeof(wrong)];
		read += open_and_walk(hive, nbytes, NULL) == 0;
		hive[i] = saved;
	}
	ck_assert_int_gt(read, 1500);
	mem_free(hive);
}

END_TEST

struct opening {
	struct reg_key *key;
	const struct regf *regf;
	uint64_t work;
	unsigned count;
};

static int open_current_key(void *arg, const char *name)
{
	struct opening *o = arg;
	struct reg_key *child = NULL;

	o->work = o->regf->work;
	ck_assert_int_eq(reg_open_subkey(o->key, name, &child), 0);
	/* by its place: no search, whatever the length of the list */
	ck_assert_uint_eq(o->regf->work, o->work);
	reg_close_key(child);
	o->count++;
	return 0;
}

/* Look-ups are counted, and a hive that asks for too many is refused. */
START_TEST(work_is_bounded)
{
	struct hive_maker_key *tree = hive_maker_new("ROOT");
	struct opening o = { .key = NULL };
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	struct hive_root *hive;
	size_t nbytes;
	uint8_t *data;
	char name[32];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "k%u", i);
		hive_maker_path(tree, name);
	}
	data = hive_maker_write(tree, &nbytes);
	hive_maker_free(tree);
	ck_assert_int_eq(reg_open_memory(data, nbytes, NULL, NULL, NULL, &root),
			 0);
	mem_free(data);
	hive = (struct hive_root *)root;
	ck_assert_int_eq(reg_open_key(root, "", &o.key), 0);
	o.regf = &hive->regf;
	ck_assert_int_eq(reg_each_subkey(o.key, open_current_key, &o), 0);
	ck_assert_uint_eq(o.count, 3000);
	o.work = hive->regf.work;
	ck_assert_int_eq(reg_open_key(root, "k2999", &key), 0);
	ck_assert_uint_ge(hive->regf.work - o.work, 2000);
	reg_close_key(key);
	key = NULL;
	hive->regf.work = REGF_MAX_WORK + 1;
	ck_assert_int_eq(reg_open_key(root, "k1", &key), ERR_TOO_LARGE);
	ck_assert_ptr_null(key);
	ck_assert_int_eq(reg_each_subkey(o.key, open_current_key, &o),
			 ERR_TOO_LARGE);
	reg_close_key(o.key);
	reg_close(root);
}

END_TEST

static Suite *registry_suite(void)
{
	Suite *s = suite_create("registry");
	TCase *t = tcase_create("hive");

	tcase_add_test(t, work_is_bounded);
	tcase_add_test(t, finds_keys_and_values);
	tcase_add_test(t, tells_links_and_times);
	tcase_add_test(t, keeps_odd_names_types_and_data);
	tcase_add_test(t, reads_divided_lists);
	tcase_add_test(t, cuts_circles);
	tcase_add_test(t, tells_names_that_were_cut);
	tcase_add_test(t, a_length_takes_no_memory);
	tcase_add_test(t, a_large_value_without_memory_is_a_gap);
	tcase_add_test(t, reads_what_is_left);
	tcase_add_test(t, opens_despite_a_wrong_hash);
	tcase_add_test(t, opens_files);
	tcase_add_test(t, has_no_live_registry_here);
	tcase_add_test(t, survives_short_memory);
	tcase_add_test(t, survives_short_memory_with_a_file);
	tcase_add_test(t, survives_every_wrong_byte);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(registry_suite)

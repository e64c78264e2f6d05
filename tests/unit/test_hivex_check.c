/*
 * Our reader against hivex, over hives made here, hives that hivex wrote,
 * and the real ones where they are: the same keys, values, types and data.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_kinds.h"
#include "hivex_compare.h"
#include "real_hives.h"
#include "target_fixture.h"

#include "base/err.h"
#include "host/host.h"
#include "registry/hivex_write.h"
#include "registry/registry.h"
#include "tests/tools/hive_maker.h"

#include <hivex.h>

START_TEST(agrees_on_made_hives)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
	static uint8_t big[50000];
	size_t nbytes;
	uint8_t *hive;
	char name[40];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i % 251);
	for (int i = 0; i < 1200; i++) {
		snprintf(name, sizeof(name), "Many\\%d", i);
		hive_maker_path(root, name);
	}
	k = hive_maker_path(root, "Values");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "value %d", i);
		hive_maker_value(k, name, (uint32_t)i, big, (size_t)i * 1250);
	}
	hive_maker_text(k, "\xe8\xa1\xa8", REG_TYPE_SZ, "\xe7\xa4\xba");
	hive_maker_path(root, "n\xc0\x80ul");
	hive_maker_path(root, "\xe8\xa1\xa8\\\xed\xa0\x80\\caf\xc3\xa9");
	hive = hive_maker_write(root, &nbytes);
	hive_maker_free(root);
	ck_assert_uint_eq(hivex_compare(hive, nbytes, "made"), 1207);
	mem_free(hive);
}

END_TEST

static size_t count_keys(const struct hive_maker_key *k)
{
	size_t n = 1;

	for (k = k->children; k; k = k->next)
		n += count_keys(k);
	return n;
}

/* With their logs applied, as hivex does not do it. */
START_TEST(agrees_on_made_kinds)
{
	struct reg_hive_files files = { NULL, { NULL, NULL, NULL } };
	struct hive_made m = { 0 };
	struct reg_root *root = NULL;
	size_t nbytes = 0;
	uint8_t *image = NULL;
	struct fixture f;
	char *path;

	fixture_init(&f);
	path = hive_kind_write(&hive_kinds[_i], f.root, &m);
	files.hive = path;
	ck_assert_int_eq(reg_open_hive(&files, NULL, NULL, NULL, &root), 0);
	ck_assert_int_eq(reg_root_image(root, &image, &nbytes), 0);
	reg_close(root);
	ck_assert_uint_eq(hivex_compare(image, nbytes, hive_kinds[_i].name),
			  count_keys(m.want));
	mem_free(image);
	hive_made_release(&m);
	mem_free(path);
	fixture_release(&f);
}

END_TEST

/* What hivex writes is what the stand-in hives of the tests are made with. */
START_TEST(reads_what_hivex_writes)
{
	struct hive_maker_key *empty = hive_maker_new("ROOT");
	char text[] = "a\0b\0\0";
	hive_set_value value = { (char *)"Name", hive_t_string, 6, text };
	struct hivex_write w;
	struct hive_bytes b;
	hive_node_h node;
	size_t nbytes;
	uint8_t *hive;

	hive = hive_maker_write(empty, &nbytes);
	hive_maker_free(empty);
	ck_assert_int_eq(hive_bytes_copy(&b, hive, nbytes), 0);
	mem_free(hive);
	ck_assert_int_eq(hivex_write_begin(&w, &b), 0);
	for (int i = 0; i < 50; i++) {
		char name[40];

		snprintf(name, sizeof(name), "\xe8\xa1\xa8 %d", i);
		node = hivex_node_add_child(w.hivex, hivex_root(w.hivex), name);
		ck_assert_uint_ne(node, 0);
		ck_assert_int_eq(hivex_node_set_value(w.hivex, node, &value, 0),
				 0);
	}
	ck_assert_int_eq(hivex_write_end(&w), 0);
	ck_assert_uint_gt(b.nbytes, nbytes);
	ck_assert_uint_eq(hivex_compare(b.data, b.nbytes, "written"), 51);
	hive_bytes_release(&b);
}

END_TEST

START_TEST(refuses_what_leads_hivex_astray)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	size_t nbytes;
	uint8_t *hive;

	hive_maker_path(root, "a");
	hive = hive_maker_write(root, &nbytes);
	hive_maker_free(root);
	ck_assert(hivex_io_is_safe(hive, nbytes));
	ck_assert(!hivex_io_is_safe(hive, nbytes - 1));
	/* A bin that, added up in 32 bits, ends before it begins. */
	bytes_put_le32(hive + 4096 + 8, 0xfffff000);
	ck_assert(!hivex_io_is_safe(hive, nbytes));
	bytes_put_le32(hive + 4096 + 8, 0);
	ck_assert(!hivex_io_is_safe(hive, nbytes));
	mem_free(hive);
	ck_assert_ptr_null(hivex_open("hivex-io:63", 0));
	ck_assert_ptr_null(hivex_open("hivex-io:64", 0));
	ck_assert_ptr_null(hivex_open("/etc/passwd", 0));
}

END_TEST

START_TEST(agrees_on_real_hives)
{
	size_t keys = 0, nbytes, n;
	const char *name;
	void *hive;
	char *path;

	for (int i = 0; (name = real_hive_name(_i, REAL_HIVE_COMPARE, i));
	     i++) {
		path = real_hive_path(_i, name);
		ck_assert_int_eq(host_read_file(path, 64 << 20, &hive, &nbytes),
				 0);
		n = hivex_compare(hive, nbytes, name);
		ck_assert_msg(n > 0, "%s: hivex refuses it", name);
		keys += n;
		mem_free(hive);
		mem_free(path);
	}
	ck_assert_uint_gt(keys, 0);
	printf("hivex and our reader agree on %u keys\n", (unsigned)keys);
}

END_TEST

static Suite *hivex_check_suite(void)
{
	Suite *s = suite_create("hivex_check");
	TCase *t = tcase_create("both");

	tcase_add_test(t, agrees_on_made_hives);
	tcase_add_loop_test(t, agrees_on_made_kinds, 0,
			    hive_kind_sound_count());
	tcase_add_test(t, reads_what_hivex_writes);
	tcase_add_test(t, refuses_what_leads_hivex_astray);
	tcase_add_loop_test(t, agrees_on_real_hives, 0, unit_data_count());
	tcase_set_timeout(t, 240);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(hivex_check_suite)

/*
 * What a reparse tag makes of a file: the decisions, on every host.  Wine has
 * no reparse points to show them, ntfs-3g reads none of these.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "host/tag.h"

#define DIR	HOST_ATTR_DIRECTORY
#define REPARSE HOST_ATTR_REPARSE
#define OFFLINE HOST_ATTR_OFFLINE
#define EA	HOST_ATTR_RECALL_OPEN /* on a handle and on the disk */
#define RECALL	HOST_ATTR_RECALL_ACCESS

/* Tags of [MS-FSCC] 2.1.2.1. */
#define JUNCTION 0xA0000003u
#define HSM	 0xC0000004u
#define WIM	 0x80000008u
#define SYMLINK	 0xA000000Cu
#define DEDUP	 0x80000013u
#define WOF	 0x80000017u
#define ALIAS	 0x8000001Bu
#define LX_LINK	 0xA000001Du
#define AF_UNIX	 0x80000023u
#define LX_FIFO	 0x80000024u
#define LX_CHR	 0x80000025u
#define LX_BLK	 0x80000026u
#define CLOUD	 0x9000601Au
#define FOREIGN	 0x00001234u /* of another maker, with a GUID */

static const struct {
	uint32_t attrs;
	uint32_t tag;
	uint64_t size;
	enum tag_class want;
} rows[] = {
	{ 0, 0, 9, TAG_PLAIN },
	{ DIR, 0, 0, TAG_PLAIN },
	/* Without the attribute the field is something else. */
	{ 0, SYMLINK, 0, TAG_PLAIN },
	{ 0, ALIAS, 0, TAG_PLAIN },
	{ REPARSE, SYMLINK, 0, TAG_LINK },
	{ REPARSE, LX_LINK, 0, TAG_LINK },
	{ REPARSE | DIR, JUNCTION, 0, TAG_LINK },
	{ REPARSE | OFFLINE, SYMLINK, 0, TAG_LINK },
	/* One that is not told may be anything. */
	{ REPARSE, 0, 9, TAG_LINK },
	/* Filters give the content of the file itself. */
	{ REPARSE, WOF, 9, TAG_PLAIN },
	{ REPARSE, DEDUP, 9, TAG_PLAIN },
	{ REPARSE, FOREIGN, 9, TAG_PLAIN },
	/* A hydrated file, and those that are not. */
	{ REPARSE, CLOUD, 9, TAG_PLAIN },
	{ REPARSE | OFFLINE, CLOUD, 9, TAG_RECALL },
	{ REPARSE | EA, CLOUD, 9, TAG_RECALL },
	{ REPARSE | RECALL, CLOUD, 9, TAG_RECALL },
	{ REPARSE | DIR | EA, CLOUD, 0, TAG_RECALL },
	{ REPARSE | OFFLINE, HSM, 9, TAG_RECALL },
	{ REPARSE | OFFLINE, FOREIGN, 9, TAG_RECALL },
	{ RECALL, 0, 9, TAG_RECALL },
	/* Bits that anybody can set hide nothing, nor where the content is
	 * here and its filter gives it to whoever asks. */
	{ OFFLINE, 0, 9, TAG_PLAIN },
	{ EA, 0, 9, TAG_PLAIN },
	{ REPARSE | OFFLINE, WOF, 9, TAG_PLAIN },
	{ REPARSE | EA, WOF, 9, TAG_PLAIN },
	{ REPARSE | OFFLINE, DEDUP, 9, TAG_PLAIN },
	{ REPARSE | OFFLINE, WIM, 9, TAG_PLAIN },
	/* Nothing is in them, or it is read past the tag. */
	{ REPARSE, ALIAS, 0, TAG_EMPTY },
	{ REPARSE, ALIAS, 1, TAG_ITSELF },
	{ REPARSE, AF_UNIX, 0, TAG_EMPTY },
	{ REPARSE, AF_UNIX, 1, TAG_ITSELF },
	{ REPARSE | EA, LX_FIFO, 0, TAG_EMPTY },
	{ REPARSE | EA, LX_FIFO, 1, TAG_ITSELF },
	{ REPARSE | EA, LX_CHR, 0, TAG_EMPTY },
	{ REPARSE | EA, LX_CHR, 1, TAG_ITSELF },
	{ REPARSE | EA, LX_BLK, 0, TAG_EMPTY },
	{ REPARSE | EA, LX_BLK, 1, TAG_ITSELF },
	{ REPARSE | OFFLINE, ALIAS, 1, TAG_ITSELF },
	{ REPARSE | RECALL, ALIAS, 1, TAG_ITSELF },
	/* Their neighbours are tags like any other. */
	{ REPARSE, ALIAS - 1, 0, TAG_PLAIN },
	{ REPARSE, ALIAS + 1, 0, TAG_PLAIN },
	{ REPARSE, AF_UNIX - 1, 0, TAG_PLAIN },
	{ REPARSE, LX_BLK + 1, 0, TAG_PLAIN },
	/* A folder's content is not in it. */
	{ REPARSE | DIR, ALIAS, 0, TAG_PLAIN },
	{ REPARSE | DIR, LX_FIFO, 0, TAG_PLAIN },
	/* Where the size is not told the alias's tag alone decides. */
	{ REPARSE, ALIAS, TAG_SIZE_UNTOLD, TAG_EMPTY },
	{ REPARSE, AF_UNIX, TAG_SIZE_UNTOLD, TAG_SPECIAL },
	{ REPARSE | EA, LX_FIFO, TAG_SIZE_UNTOLD, TAG_SPECIAL },
	{ REPARSE, WOF, TAG_SIZE_UNTOLD, TAG_PLAIN },
};

START_TEST(classes)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(tag_classify(rows[i].attrs, rows[i].tag,
					   rows[i].size) == rows[i].want,
			      "row %d", (int)i);
}

END_TEST

START_TEST(types)
{
	ck_assert_int_eq(tag_host_type(0, 0, 9), HOST_FILE);
	ck_assert_int_eq(tag_host_type(DIR, 0, 0), HOST_DIR);
	ck_assert_int_eq(tag_host_type(REPARSE | DIR, JUNCTION, 0), HOST_LINK);
	/* A placeholder is what it stands for. */
	ck_assert_int_eq(tag_host_type(REPARSE | OFFLINE, CLOUD, 9), HOST_FILE);
	ck_assert_int_eq(tag_host_type(REPARSE | DIR | EA, CLOUD, 0), HOST_DIR);
	ck_assert_int_eq(tag_host_type(REPARSE, ALIAS, 0), HOST_FILE);
	ck_assert_int_eq(tag_host_type(REPARSE, ALIAS, 1), HOST_FILE);
	ck_assert_int_eq(tag_host_type(REPARSE, LX_FIFO, 0), HOST_FILE);
	ck_assert_int_eq(tag_host_type(REPARSE, LX_FIFO, TAG_SIZE_UNTOLD),
			 HOST_OTHER);
	ck_assert_int_eq(tag_host_type(REPARSE | DIR, ALIAS, 0), HOST_DIR);
}

END_TEST

START_TEST(kinds_of_tags)
{
	ck_assert(tag_is_alias(ALIAS));
	ck_assert(!tag_is_alias(AF_UNIX));
	ck_assert(tag_is_cloud(0x9000001Au));
	ck_assert(tag_is_cloud(0x9000F01Au));
	ck_assert(!tag_is_cloud(0x9000001Bu));
	ck_assert(!tag_is_cloud(ALIAS));
}

END_TEST

/* What the guard and the collectors ask. */
START_TEST(what_a_file_is_by_its_tag)
{
	struct host_stat st = { .type = HOST_FILE,
				.attrs = REPARSE,
				.reparse_tag = ALIAS };

	ck_assert(host_has_bare_tag(&st));
	ck_assert(!host_is_untold(&st));
	ck_assert(host_may_be_file(&st));
	st.reparse_tag = WOF;
	ck_assert(!host_has_bare_tag(&st));
	st.reparse_tag = LX_FIFO;
	st.type = HOST_OTHER;
	ck_assert(host_has_bare_tag(&st));
	ck_assert(host_is_untold(&st));
	ck_assert(host_may_be_file(&st));
	/* A FIFO of this system, and a device of Windows. */
	st.attrs = 0;
	ck_assert(!host_has_bare_tag(&st));
	ck_assert(!host_is_untold(&st));
	ck_assert(!host_may_be_file(&st));
	st.type = HOST_LINK;
	st.attrs = REPARSE;
	ck_assert(!host_is_untold(&st));
	ck_assert(!host_may_be_file(&st));
}

END_TEST

static Suite *tag_suite(void)
{
	Suite *s = suite_create("tag");
	TCase *tc = tcase_create("tag");

	tcase_add_test(tc, classes);
	tcase_add_test(tc, types);
	tcase_add_test(tc, kinds_of_tags);
	tcase_add_test(tc, what_a_file_is_by_its_tag);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(tag_suite)

/*
 * A key whose access list and owner forbid a change is opened all the same,
 * and both are put back: with a fake kernel, since Wine gives nobody a key
 * that belongs to somebody else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/bytes.h"
#include "base/err.h"
#include "registry/key_security_win32.h"

#include <string.h>

#define ST_FAILED ((NTSTATUS)0xC0000001)
#define CHANGE	  (DELETE | KEY_READ)

/* Owner and group S-1-5-18, which alone may do everything. */
static const uint8_t original[] = { 1, 0, 0x04, 0x84, 20, 0, 0, 0, 32, 0, 0, 0,
				    0, 0, 0, 0, 44, 0, 0, 0,
				    /* 20: owner */
				    1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
				    /* 32: group */
				    1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
				    /* 44: list */
				    2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0x3f,
				    0, 0x0f, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0,
				    0, 0 };

static struct {
	bool is_ours;	 /* the owner */
	bool is_open_to; /* the list lets us */
	bool can_take;	 /* the privilege is held */
	bool forgets_inherited;
	int handles;
	int calls;
	int fail_at;
	int openings; /* for a change that were granted */
} fake;

static bool must_fail(void)
{
	return ++fake.calls == fake.fail_at;
}

static NTSTATUS NTAPI fake_open(HANDLE *ret, ACCESS_MASK access,
				OBJECT_ATTRIBUTES *object)
{
	ck_assert(object->Attributes & NT_OPEN_LINK);
	if (must_fail())
		return ST_FAILED;
	if ((access & WRITE_OWNER) && !fake.can_take && !fake.is_open_to)
		return NT_DENIED;
	if ((access & WRITE_DAC) && !fake.is_ours && !fake.is_open_to)
		return NT_DENIED;
	if ((access & (DELETE | KEY_SET_VALUE)) && !fake.is_open_to)
		return NT_DENIED;
	if (access & DELETE)
		fake.openings++;
	fake.handles++;
	*ret = (HANDLE)(uintptr_t)(0x100 + 4 * fake.handles);
	return 0;
}

/* By the privileges the list is passed by for reading only. */
static NTSTATUS NTAPI fake_create(HANDLE *ret, ACCESS_MASK access,
				  OBJECT_ATTRIBUTES *object, ULONG title,
				  UNICODE_STRING *class_text, ULONG options,
				  ULONG *disposition)
{
	(void)ret;
	(void)access;
	(void)object;
	(void)title;
	(void)class_text;
	(void)disposition;
	ck_assert(options & NT_BACKUP_RESTORE);
	return must_fail() ? ST_FAILED : NT_DENIED;
}

static NTSTATUS NTAPI fake_query(HANDLE h, ULONG what, void *buf, ULONG room,
				 ULONG *need)
{
	(void)h;
	(void)what;
	if (must_fail())
		return ST_FAILED;
	*need = sizeof(original);
	if (room < sizeof(original))
		return NT_TOO_SMALL;
	memcpy(buf, original, sizeof(original));
	return 0;
}

static NTSTATUS NTAPI fake_set(HANDLE h, ULONG what, void *data)
{
	const uint8_t *sd = data;

	(void)h;
	if (must_fail())
		return ST_FAILED;
	if (what & OWNER_SECURITY_INFORMATION)
		fake.is_ours =
			memcmp(sd + bytes_le32(sd + 4), original + 20, 12) != 0;
	if (what & DACL_SECURITY_INFORMATION)
		fake.is_open_to = memcmp(sd + bytes_le32(sd + 16),
					 original + 44, 28) != 0;
	/* Asked for, the bit "inherited" is kept; else the kernel drops it. */
	if ((what & DACL_SECURITY_INFORMATION) && !fake.is_open_to)
		fake.forgets_inherited =
			(bytes_le16(sd + 2) & 0x0500) != 0x0500;
	return 0;
}

static NTSTATUS NTAPI fake_close(HANDLE h)
{
	ck_assert_ptr_nonnull(h);
	fake.handles--;
	return 0;
}

static const struct nt nt = {
	.open_key = fake_open,
	.create_key = fake_create,
	.query_security = fake_query,
	.set_security = fake_set,
	.close = fake_close,
};

static int open_change(HANDLE *ret)
{
	static const uint16_t name[] = { 'k' };

	return key_open_change(&nt, (HANDLE)(uintptr_t)0x40, name, 1, CHANGE,
			       "the\\key", ret);
}

static void start(bool can_take, int fail_at)
{
	memset(&fake, 0, sizeof(fake));
	fake.can_take = can_take;
	fake.fail_at = fail_at;
}

static bool is_as_before(void)
{
	return !fake.is_ours && !fake.is_open_to && !fake.forgets_inherited;
}

START_TEST(takes_it_and_gives_it_back)
{
	HANDLE h = NULL;

	start(true, 0);
	ck_assert_int_eq(open_change(&h), 0);
	ck_assert_ptr_nonnull(h);
	ck_assert_int_eq(fake.openings, 1);
	ck_assert_int_eq(fake.handles, 1);
	ck_assert(is_as_before());
}

END_TEST

START_TEST(leaves_alone_what_lets_it_in)
{
	HANDLE h = NULL;

	start(true, 0);
	fake.is_open_to = true;
	ck_assert_int_eq(open_change(&h), 0);
	ck_assert_int_eq(fake.calls, 1);
	ck_assert(fake.is_open_to && !fake.is_ours);
}

END_TEST

START_TEST(is_refused_without_the_privilege)
{
	HANDLE h = NULL;

	start(false, 0);
	ck_assert_int_eq(open_change(&h), ERR_DENIED);
	ck_assert_ptr_null(h);
	ck_assert_int_eq(fake.handles, 0);
	ck_assert(is_as_before());
}

END_TEST

/* Whatever fails: the key is as it was, or it is said that it is not. */
START_TEST(puts_back_after_every_failure)
{
	int n, told = 0;

	for (n = 1; n < 100; n++) {
		HANDLE h = NULL;
		int err;

		start(true, n);
		err = open_change(&h);
		if (fake.calls < n)
			break;
		ck_assert_int_eq(fake.handles, err ? 0 : 1);
		ck_assert((err != 0) == (h == NULL));
		if (is_as_before())
			continue;
		told++;
		ck_assert_int_eq(err, ERR_IO);
		ck_assert_ptr_nonnull(strstr(err_last()->text, "set back"));
	}
	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, 100);
	/* Only the three calls that put back can leave it changed. */
	ck_assert_int_le(told, 3);
	ck_assert_int_ge(told, 1);
}

END_TEST

static Suite *key_security_suite(void)
{
	Suite *s = suite_create("key_security");
	TCase *t = tcase_create("fake");

	tcase_add_test(t, takes_it_and_gives_it_back);
	tcase_add_test(t, leaves_alone_what_lets_it_in);
	tcase_add_test(t, is_refused_without_the_privilege);
	tcase_add_test(t, puts_back_after_every_failure);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(key_security_suite)

/*
 * A key that lets nobody in, on a Windows before 7, which opens such keys by
 * NtCreateKey only: with a fake kernel, and with this one as if it were old.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/bytes.h"
#include "registry/nt_key_win32.h"

#include <string.h>

#define MADE	  1u /* REG_CREATED_NEW_KEY */
#define WAS_THERE 2u /* REG_OPENED_EXISTING_KEY */
#define ST_FAILED ((NTSTATUS)0xC0000001)
#define PARENT	  ((HANDLE)(uintptr_t)0x40)
#define KEY	  ((HANDLE)(uintptr_t)0x44)
#define OWN	  ((HANDLE)(uintptr_t)0x48) /* the new key once more */

static const uint16_t name[] = { 'k', 'e', 'y' };

/* ---- the fake kernel --------------------------------------------- */

static struct {
	NTSTATUS creating;
	ULONG disposition;
	ACCESS_MASK granted;
	NTSTATUS deleting; /* through the handle of the creation */
	NTSTATUS deleting_own;
	int creations, deletions, handles;
} fake;

static NTSTATUS NTAPI fake_open(HANDLE *ret, ACCESS_MASK access,
				OBJECT_ATTRIBUTES *object)
{
	if (object->RootDirectory != KEY || access != DELETE)
		return NT_DENIED;
	ck_assert_uint_eq(fake.disposition, MADE);
	fake.handles++;
	*ret = OWN;
	return 0;
}

static NTSTATUS NTAPI fake_create(HANDLE *ret, ACCESS_MASK access,
				  OBJECT_ATTRIBUTES *object, ULONG title,
				  UNICODE_STRING *class_text, ULONG options,
				  ULONG *disposition)
{
	fake.creations++;
	ck_assert_uint_eq(access, KEY_READ);
	ck_assert_ptr_eq(object->RootDirectory, PARENT);
	ck_assert(object->Attributes & NT_OPEN_LINK);
	ck_assert_uint_eq(object->ObjectName->Length, sizeof(name));
	ck_assert_uint_eq(title, 0);
	ck_assert_ptr_null(class_text);
	/* With the privileges; and what is new goes with the restart. */
	ck_assert_uint_eq(options, NT_BACKUP_RESTORE | NT_VOLATILE);
	if (fake.creating)
		return fake.creating;
	*disposition = fake.disposition;
	fake.handles++;
	*ret = KEY;
	return 0;
}

static NTSTATUS NTAPI fake_delete(HANDLE h)
{
	ck_assert_uint_eq(fake.disposition, MADE);
	fake.deletions++;
	return h == KEY ? fake.deleting : fake.deleting_own;
}

static NTSTATUS NTAPI fake_object(HANDLE h, ULONG what, void *buf, ULONG room,
				  ULONG *need)
{
	ck_assert_ptr_eq(h, KEY);
	ck_assert_uint_eq(what, 0);
	ck_assert_uint_ge(room, 8);
	memset(buf, 0, room);
	bytes_put_le32((uint8_t *)buf + 4, fake.granted);
	*need = room;
	return 0;
}

static NTSTATUS NTAPI fake_close(HANDLE h)
{
	ck_assert(h == KEY || h == OWN);
	fake.handles--;
	return 0;
}

static const struct nt old_nt = {
	.open_key = fake_open,
	.create_key = fake_create,
	.delete_key = fake_delete,
	.query_object = fake_object,
	.close = fake_close,
};

/* What the kernel answers, and what is made of it. */
static const struct {
	const char *what;
	NTSTATUS creating;
	ULONG disposition;
	ACCESS_MASK granted;
	NTSTATUS deleting, deleting_own;
	NTSTATUS want;
	int deletions;
} answers[] = {
	{ "it is there", 0, WAS_THERE, KEY_READ, 0, 0, 0, 0 },
	{ "nothing is known of it", 0, 0, KEY_READ, 0, 0, 0, 0 },
	{ "it lets in for less", 0, WAS_THERE, KEY_QUERY_VALUE, 0, 0, NT_DENIED,
	  0 },
	{ "no privilege", NT_DENIED, 0, 0, 0, 0, NT_DENIED, 0 },
	{ "its parent has gone, too", NT_DELETED, 0, 0, 0, 0, NT_DELETED, 0 },
	{ "it has gone", 0, MADE, KEY_READ, 0, 0, NT_NOT_FOUND, 1 },
	{ "and only its owner may remove it", 0, MADE, KEY_READ, NT_DENIED, 0,
	  NT_NOT_FOUND, 2 },
	{ "and somebody uses it already", 0, MADE, KEY_READ, NT_CANNOT_DELETE,
	  NT_CANNOT_DELETE, NT_CANNOT_DELETE, 2 },
};

START_TEST(opens_by_creating)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		HANDLE h = NULL;
		NTSTATUS status;

		memset(&fake, 0, sizeof(fake));
		fake.creating = answers[i].creating;
		fake.disposition = answers[i].disposition;
		fake.granted = answers[i].granted;
		fake.deleting = answers[i].deleting;
		fake.deleting_own = answers[i].deleting_own;
		status = nt_open_read(&old_nt, PARENT, name, 3, NT_OPEN_LINK,
				      &h);
		ck_assert_msg(status == answers[i].want, "%s: %lx",
			      answers[i].what, (unsigned long)status);
		ck_assert_msg((h == KEY) == !status, "%s", answers[i].what);
		ck_assert_int_eq(fake.creations, 1);
		ck_assert_msg(fake.deletions == answers[i].deletions, "%s",
			      answers[i].what);
		ck_assert_int_eq(fake.handles, status ? 0 : 1);
	}
}

END_TEST

/* Following a link, or along a path, nothing is made. */
START_TEST(never_creates_elsewhere)
{
	HANDLE h = NULL;

	memset(&fake, 0, sizeof(fake));
	ck_assert_int_eq(nt_open_read(&old_nt, PARENT, name, 3, 0, &h),
			 NT_DENIED);
	ck_assert_int_eq(nt_open_read(&old_nt, NULL, name, 3, NT_OPEN_LINK, &h),
			 NT_DENIED);
	ck_assert_ptr_null(h);
	ck_assert_int_eq(fake.creations, 0);
}

END_TEST

/* ---- this kernel ------------------------------------------------- */

static HANDLE open_software(const struct nt *nt)
{
	static const WCHAR path[] = L"\\Registry\\Machine\\SOFTWARE";
	HANDLE h = NULL;

	ck_assert_int_eq(nt_open(nt, NULL, (const uint16_t *)path,
				 sizeof(path) / 2 - 1, 0, KEY_READ, &h),
			 0);
	return h;
}

START_TEST(leaves_no_key_behind)
{
	static const WCHAR there[] = L"Microsoft", gone[] = L"mstmp no key";
	HANDLE software, h = NULL;
	NTSTATUS status;
	struct nt nt = { 0 };

	ck_assert_int_eq(nt_load(&nt), 0);
	ck_assert_int_eq(nt_view_access(REG_VIEW_64, &nt.view), 0);
	nt.open_key_ex = NULL;
	software = open_software(&nt);
	status = nt_open_backup(&nt, software, (const uint16_t *)there,
				sizeof(there) / 2 - 1, NT_OPEN_LINK, KEY_READ,
				&h);
	ck_assert_msg(status == 0, "%lx", (unsigned long)status);
	nt.close(h);
	h = NULL;
	status = nt_open_backup(&nt, software, (const uint16_t *)gone,
				sizeof(gone) / 2 - 1, NT_OPEN_LINK, KEY_READ,
				&h);
	ck_assert_msg(status == NT_NOT_FOUND, "%lx", (unsigned long)status);
	ck_assert_ptr_null(h);
	ck_assert_int_eq(nt_open(&nt, software, (const uint16_t *)gone,
				 sizeof(gone) / 2 - 1, NT_OPEN_LINK, KEY_READ,
				 &h),
			 NT_NOT_FOUND);
	nt.close(software);
}

END_TEST

static Suite *nt_key_suite(void)
{
	Suite *s = suite_create("nt_key");
	TCase *t = tcase_create("before Windows 7");

	tcase_add_test(t, opens_by_creating);
	tcase_add_test(t, never_creates_elsewhere);
	tcase_add_test(t, leaves_no_key_behind);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(nt_key_suite)

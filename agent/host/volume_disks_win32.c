/*
 * Disks, and partitions on them, that none of the listed volumes lies on.
 * SPDX-License-Identifier: Apache-2.0
 *
 * FindFirstVolume tells basic data partitions only, and of those none that is
 * hidden (winioctl.h, PARTITION_INFORMATION_GPT, GPT_BASIC_DATA_ATTRIBUTE_
 * HIDDEN); a disk that is offline has no volumes at all.
 */
#include "host/volume_ask_win32.h"
#include "host/wide_win32.h"

#include <wchar.h>

#define DISK_HEAD     L"PhysicalDrive"
#define DISK_NCHARS   48
#define DISKS_MAX     1024u
#define BUS_OF_SPACES 16u /* BusTypeSpaces: a disk that is made of a pool */

struct disk {
	uint32_t number;
	bool is_removable;
	bool is_space;
};

static void disk_name(uint32_t number, wchar_t ret[DISK_NCHARS])
{
	swprintf(ret, DISK_NCHARS, L"\\\\.\\" DISK_HEAD L"%u",
		 (unsigned)number);
}

/* False: a name of something else. */
static bool disk_number(const wchar_t *name, uint32_t *ret)
{
	const size_t head = wcslen(DISK_HEAD);
	uint32_t number = 0;
	size_t n = 0;

	if (_wcsnicmp(name, DISK_HEAD, head) != 0)
		return false;
	for (name += head; *name >= L'0' && *name <= L'9' && n < 9; n++)
		number = number * 10 + (uint32_t)(*name++ - L'0');
	*ret = number;
	return n > 0 && *name == L'\0';
}

static void read_property(struct disk *d)
{
	wchar_t device[DISK_NCHARS];
	struct bytes b = { NULL, 0 };
	uint8_t *answer = NULL;
	const uint8_t *p;

	disk_name(d->number, device);
	if (volume_control(device, VOLUME_ASK_PROPERTY, &answer, &b.nbytes) !=
	    0)
		return;
	b.data = answer;
	/* STORAGE_DEVICE_DESCRIPTOR: RemovableMedia, BusType */
	p = bytes_at(&b, 0, 32);
	if (p != NULL) {
		d->is_removable = p[10] != 0;
		d->is_space = bytes_le32(p + 28) == BUS_OF_SPACES;
	}
	mem_free(answer);
}

/* Windows before 7 does not know the question, and no such disks. */
static bool is_offline(const wchar_t *device)
{
	uint8_t *answer = NULL;
	size_t nbytes = 0;
	bool yes;

	if (volume_control(device, VOLUME_ASK_ATTRIBUTES, &answer, &nbytes) !=
	    0)
		return false;
	/* GET_DISK_ATTRIBUTES: version, reserved, attributes; bit 0 */
	yes = nbytes >= 16 && (answer[8] & 1) != 0;
	mem_free(answer);
	return yes;
}

static bool is_known(const struct volume_list *l, const struct volume_extent *e)
{
	for (size_t i = 0; i < l->extents.count; i++)
		if (volume_extents_meet(vec_at(&l->extents, i), e))
			return true;
	return false;
}

static int add_partition(struct volume_list *l, const struct volume_extent *e)
{
	struct str path = STR_INIT;

	/* As the kernel calls it, and by the numbers of Disk Management. */
	str_addf(&path, "\\Device\\Harddisk%u\\Partition%u", (unsigned)e->disk,
		 (unsigned)e->number);
	return volume_list_add_closed(l, str_detach(&path), VOLUME_UNKNOWN,
				      e->part, 0);
}

static int add_disk(struct volume_list *l, const struct disk *d,
		    enum volume_why why, DWORD os_error)
{
	struct str path = STR_INIT;

	str_addf(&path, "\\\\.\\PhysicalDrive%u", (unsigned)d->number);
	return volume_list_add_closed(l, str_detach(&path), why,
				      VOLUME_PART_DATA, os_error);
}

static int add_partitions(struct volume_list *l, const struct disk *d,
			  bool has_space, const struct bytes *layout)
{
	const struct volume_extent whole = { .disk = d->number,
					     .nbytes = UINT64_MAX };
	struct volume_extent e = { .disk = d->number };
	bool is_blank = true;
	int err = 0;

	for (uint32_t i = 0; err == 0 && volume_layout_read(layout, i, &e);
	     i++) {
		if (e.part == VOLUME_PART_NONE)
			continue;
		is_blank = false;
		/* What no disk is made of is out of reach. */
		if (e.part == VOLUME_PART_POOL && !has_space)
			e.part = VOLUME_PART_DATA;
		if (!is_known(l, &e))
			err = add_partition(l, &e);
	}
	if (err == 0 && is_blank && !is_known(l, &whole))
		err = add_disk(l, d, VOLUME_BLANK, 0);
	return err;
}

/*
 * Windows' own partition manager answers for every disk; what does not know
 * the question is no disk with partitions (Wine's).
 */
static bool has_no_layout(DWORD os_error)
{
	return os_error == ERROR_INVALID_FUNCTION ||
	       os_error == ERROR_NOT_SUPPORTED ||
	       os_error == ERROR_CALL_NOT_IMPLEMENTED;
}

static int look_at_disk(struct volume_list *l, const struct disk *d,
			bool has_space)
{
	const enum volume_drive drive =
		d->is_removable ? VOLUME_DRIVE_REMOVABLE : VOLUME_DRIVE_FIXED;
	struct bytes layout = { NULL, 0 };
	wchar_t device[DISK_NCHARS];
	uint8_t *answer = NULL;
	enum volume_why why;
	DWORD os_error;
	int err;

	disk_name(d->number, device);
	if (is_offline(device))
		return add_disk(l, d, VOLUME_OFFLINE, 0);
	os_error = volume_control(device, VOLUME_ASK_LAYOUT, &answer,
				  &layout.nbytes);
	/* A name whose disk was pulled out is no disk. */
	if (has_no_layout(os_error) || os_error == ERROR_FILE_NOT_FOUND)
		return 0;
	why = volume_why_of(os_error, drive, VOLUME_NOT_ASKED);
	if (why == VOLUME_NO_MEDIUM)
		return 0;
	if (why != VOLUME_ENTERED)
		return add_disk(l, d, why, os_error);
	layout.data = answer;
	err = add_partitions(l, d, has_space, &layout);
	mem_free(answer);
	return err;
}

static int each_disk(struct volume_list *l, const struct vec *disks)
{
	bool has_space = false;
	int err = 0;

	for (size_t i = 0; i < disks->count; i++)
		has_space |= ((struct disk *)vec_at(disks, i))->is_space;
	for (size_t i = 0; i < disks->count && err == 0; i++)
		err = look_at_disk(l, vec_at(disks, i), has_space);
	return err;
}

int volume_list_add_disks(struct volume_list *l)
{
	struct vec disks = VEC_INIT(struct disk, DISKS_MAX);
	wchar_t *names = NULL;
	const DWORD os_error = volume_device(NULL, &names);
	int err = 0;

	if (os_error == ERROR_NOT_ENOUGH_MEMORY)
		return ERR_NOMEM;
	if (os_error != 0) {
		l->is_incomplete = true;
		l->os_error = os_error;
		return 0;
	}
	for (const wchar_t *at = names; *at != L'\0' && err == 0;
	     at += wcslen(at) + 1) {
		struct disk d = { 0 };
		struct disk *kept;

		if (!disk_number(at, &d.number))
			continue;
		read_property(&d);
		kept = vec_push(&disks);
		if (kept != NULL)
			*kept = d;
		err = kept != NULL ? 0 : ERR_NOMEM;
	}
	if (err == 0)
		err = each_disk(l, &disks);
	vec_release(&disks);
	mem_free(names);
	return err;
}

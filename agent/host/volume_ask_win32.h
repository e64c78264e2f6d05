/*
 * What is asked of Windows about volumes and disks.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_VOLUME_ASK_WIN32_H
#define HOST_VOLUME_ASK_WIN32_H

#include "host/host_win32.h"
#include "host/volume_class.h"

#include "base/vec.h"

/*
 * In a table because Wine enters every volume and knows no partitions: tests
 * put a fake there.  All but `type` and `letters` give a Win32 code, 0: done.
 */
struct volume_ask {
	DWORD (*first)(wchar_t *guid, DWORD room, HANDLE *ret);
	DWORD (*next)(HANDLE find, wchar_t *guid, DWORD room);
	void (*close)(HANDLE find);
	/* Letters and folders of a volume, each ended by NUL, then one more. */
	DWORD(*names)
	(const wchar_t *guid, wchar_t *buf, DWORD room, DWORD *need_ret);
	DWORD(*enter)
	(const wchar_t *root, DWORD *flags_ret, wchar_t *fs_name, DWORD room);
	UINT (*type)(const wchar_t *root);
	DWORD (*letters)(void);
	/* What a DOS name stands for; NULL: all names. */
	DWORD (*device)(const wchar_t *name, wchar_t *buf, DWORD room);
	/* A question that changes nothing and needs no right to read. */
	DWORD(*control)
	(const wchar_t *device, DWORD code, void *out, DWORD room,
	 DWORD *got_ret);
};

extern const struct volume_ask volume_ask_system;
/* &volume_ask_system, unless a test says otherwise. */
extern const struct volume_ask *volume_ask;

/* By number: some are newer than the headers of Windows XP. */
#define VOLUME_ASK_MEDIUM   0x002D0800u /* IOCTL_STORAGE_CHECK_VERIFY2 */
#define VOLUME_ASK_PROPERTY 0x002D1400u /* IOCTL_STORAGE_QUERY_PROPERTY */
#define VOLUME_ASK_NUMBER   0x002D1080u /* ..._GET_DEVICE_NUMBER */
#define VOLUME_ASK_PARTITION                                                   \
	0x00070048u			  /* IOCTL_DISK_GET_PARTITION_INFO_EX  \
					   */
#define VOLUME_ASK_LAYOUT     0x00070050u /* ..._GET_DRIVE_LAYOUT_EX */
#define VOLUME_ASK_ATTRIBUTES 0x000700F0u /* ..._GET_DISK_ATTRIBUTES, 7 */
#define VOLUME_ASK_EXTENTS    0x00560000u /* ..._GET_VOLUME_DISK_EXTENTS */

/* ---- the list that host_volumes() makes -------------------------------- */

struct volume_list {
	struct vec volumes; /* of struct host_volume */
	struct vec extents; /* of struct volume_extent: where they lie */
	struct vec devices; /* of char *: what their names stand for */
	bool is_incomplete; /* Windows did not tell them all */
	DWORD os_error;	    /* of that */
};

/* What was not entered; takes `path`, also when it fails. */
int volume_list_add_closed(struct volume_list *l, char *path,
			   enum volume_why why, enum volume_part part,
			   DWORD os_error);
/* All of a control code's answer; caller frees. Win32 code. */
DWORD volume_control(const wchar_t *device, DWORD code, uint8_t **ret,
		     size_t *nbytes_ret);
/* QueryDosDevice's list of whatever length; caller frees. Win32 code. */
DWORD volume_device(const wchar_t *name, wchar_t **ret);

/* Disks and partitions that hold none of the listed volumes. */
int volume_list_add_disks(struct volume_list *l);

#endif

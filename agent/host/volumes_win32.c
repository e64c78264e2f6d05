/*
 * Mounted volumes on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/volume_ask_win32.h"
#include "host/wide_win32.h"
#include "host/winpath.h"
#include "host/wow64_win32.h"
#include "base/utf.h"
#include "words/host.h"

#include <winioctl.h>

#define VOLUMES_MAX	 65536u
#define GUID_PATH_NCHARS 64
#define FS_NAME_NCHARS	 64
#define NAMES_MAX_NCHARS (1u << 20)
#define READ_ONLY_VOLUME 0x00080000u

/* One that was found, while it is asked about. */
struct candidate {
	const wchar_t *root;   /* with a backslash: where it is entered */
	const wchar_t *device; /* without one: where it is asked */
	const wchar_t *names;  /* letters and folders, each ended by NUL */
	const wchar_t *guid;   /* with a backslash; NULL: it has no such name */
	char *stands_for;      /* device name; NULL: not told */
	UINT type;
};

/* ---- what was entered -------------------------------------------- */

static DWORD enter(const wchar_t *root, UINT type, struct host_volume *v)
{
	wchar_t fs_name[FS_NAME_NCHARS] = L"";
	DWORD flags = 0;
	const DWORD os_error =
		volume_ask->enter(root, &flags, fs_name, FS_NAME_NCHARS);

	if (os_error != 0)
		return os_error;
	v->path = wide_to_utf8(root);
	v->fs_name = wide_to_utf8(fs_name);
	v->is_fixed = volume_is_fixed((enum volume_drive)type);
	v->is_remote = type == DRIVE_REMOTE;
	v->is_read_only = (flags & READ_ONLY_VOLUME) != 0;
	return 0;
}

static void volume_release(struct host_volume *v)
{
	for (size_t i = 0; i < v->name_count; i++)
		mem_free(v->names[i]);
	mem_free(v->names);
	mem_free(v->path);
	mem_free(v->fs_name);
}

/* Takes it, also when it fails. */
static int push(struct volume_list *l, struct host_volume *v)
{
	struct host_volume *kept = NULL;

	if (v->path != NULL && (v->fs_name != NULL || v->why != VOLUME_ENTERED))
		kept = vec_push(&l->volumes);
	if (kept == NULL) {
		volume_release(v);
		return ERR_NOMEM;
	}
	*kept = *v;
	return 0;
}

/* ---- what was not ------------------------------------------------ */

/* Not the unsigned ones: an HRESULT is in the words. */
static long code_to_show(DWORD os_error)
{
	return os_error > 0x7FFFFFFFu ? 0 : (long)os_error;
}

int volume_list_add_closed(struct volume_list *l, char *path,
			   enum volume_why why, enum volume_part part,
			   DWORD os_error)
{
	struct host_volume v = { .path = path,
				 .why = why,
				 .part = part,
				 .os_error = code_to_show(os_error) };

	return push(l, &v);
}

/* "E:", "C:\Mount": paths go on with a backslash. */
static char *name_of(const wchar_t *name)
{
	size_t n = wcslen(name);

	return wide_to_utf8_n(name, n > 0 && name[n - 1] == L'\\' ? n - 1 : n);
}

static int set_names(const struct candidate *c, struct host_volume *v)
{
	size_t count = 2; /* volume and device */
	bool is_short = false;

	for (const wchar_t *at = c->names; *at != L'\0'; at += wcslen(at) + 1)
		count++;
	v->names = mem_array(count, sizeof(*v->names));
	if (v->names == NULL)
		return ERR_NOMEM;
	for (const wchar_t *at = c->names; *at != L'\0'; at += wcslen(at) + 1)
		v->names[v->name_count++] = name_of(at);
	if (c->guid != NULL)
		v->names[v->name_count++] = name_of(c->guid);
	if (c->stands_for != NULL)
		v->names[v->name_count++] = mem_strdup(c->stands_for);
	for (size_t i = 0; i < v->name_count; i++)
		is_short |= v->names[i] == NULL;
	return is_short ? ERR_NOMEM : 0;
}

static enum volume_part part_of(const struct candidate *c)
{
	struct volume_extent partition = { .part = VOLUME_PART_DATA };
	uint8_t *answer = NULL;
	struct bytes b = { NULL, 0 };

	if (volume_control(c->device, VOLUME_ASK_PARTITION, &answer,
			   &b.nbytes) != 0)
		return VOLUME_PART_DATA;
	b.data = answer;
	if (!volume_partition_read(&b, 0, &partition))
		partition.part = VOLUME_PART_DATA;
	mem_free(answer);
	return partition.part;
}

static uint32_t medium_of(const struct candidate *c, DWORD os_error)
{
	uint8_t count[8] = { 0 };
	DWORD got = 0;

	if (!volume_asks_medium(os_error, (enum volume_drive)c->type))
		return VOLUME_NOT_ASKED;
	return volume_ask->control(c->device, VOLUME_ASK_MEDIUM, count,
				   sizeof(count), &got);
}

static int add_closed(struct volume_list *l, const struct candidate *c,
		      DWORD os_error)
{
	struct host_volume v = {
		.why = volume_why_of(os_error, (enum volume_drive)c->type,
				     medium_of(c, os_error)),
		.os_error = code_to_show(os_error),
	};

	if (v.why == VOLUME_NO_MEDIUM)
		return 0;
	v.part = part_of(c);
	v.path = name_of(c->root);
	if (set_names(c, &v) != 0) {
		volume_release(&v);
		return ERR_NOMEM;
	}
	return push(l, &v);
}

/* ---- where it lies ----------------------------------------------- */

static bool is_known_device(const struct volume_list *l, const char *device)
{
	for (size_t i = 0; i < l->devices.count; i++)
		if (utf_casecmp(*(char **)vec_at(&l->devices, i), device) == 0)
			return true;
	return false;
}

static int note_device(struct volume_list *l, const char *device)
{
	char **slot;

	if (device == NULL)
		return 0;
	slot = vec_push(&l->devices);
	if (slot == NULL)
		return ERR_NOMEM;
	*slot = mem_strdup(device);
	if (*slot != NULL)
		return 0;
	l->devices.count--;
	return ERR_NOMEM;
}

static int note_extent(struct volume_list *l, const struct volume_extent *e)
{
	struct volume_extent *kept = vec_push(&l->extents);

	if (kept == NULL)
		return ERR_NOMEM;
	*kept = *e;
	return 0;
}

/*
 * A stick under Windows XP has no extents, but the number of its disk: then
 * all of that disk is taken for known.
 */
static int note_disk(struct volume_list *l, const wchar_t *device)
{
	struct volume_extent whole = { .nbytes = UINT64_MAX };
	uint8_t *answer = NULL;
	size_t nbytes = 0;
	int err = 0;

	if (volume_control(device, VOLUME_ASK_NUMBER, &answer, &nbytes) != 0)
		return 0;
	/* STORAGE_DEVICE_NUMBER: kind of device, disk, partition */
	if (nbytes >= 12 && bytes_le32(answer) == FILE_DEVICE_DISK) {
		whole.disk = bytes_le32(answer + 4);
		err = note_extent(l, &whole);
	}
	mem_free(answer);
	return err;
}

static int note_extents(struct volume_list *l, const wchar_t *device)
{
	struct volume_extent e = { .part = VOLUME_PART_DATA };
	struct bytes b = { NULL, 0 };
	uint8_t *answer = NULL;
	int err = 0;

	if (volume_control(device, VOLUME_ASK_EXTENTS, &answer, &b.nbytes) != 0)
		return note_disk(l, device);
	b.data = answer;
	for (uint32_t i = 0; err == 0 && volume_extent_read(&b, i, &e); i++)
		err = note_extent(l, &e);
	mem_free(answer);
	return err;
}

/* What a DOS name stands for, the first if there are several; NULL. */
static char *device_of(const wchar_t *name)
{
	wchar_t *wide = NULL;
	char *ret;

	if (volume_device(name, &wide) != 0)
		return NULL;
	ret = wide_to_utf8(wide);
	mem_free(wide);
	return ret;
}

/* Shares come and go, and are walked by nobody: nor asked for more. */
static int look_at_share(struct volume_list *l, const struct candidate *c)
{
	struct host_volume v = { 0 };

	return enter(c->root, c->type, &v) == 0 ? push(l, &v) : 0;
}

static bool is_folder_path(const wchar_t *path)
{
	return path[1] == L':' && path[2] == L'\\' && path[3] != L'\0';
}

/*
 * By its own name, too: its letter may be gone, and the folder it is mounted in
 * not be open to us.  An empty drive is not set going twice.
 */
static bool has_another_way(const struct candidate *c, DWORD os_error)
{
	return os_error != 0 && c->guid != NULL && c->guid != c->root &&
	       volume_why_of(os_error, (enum volume_drive)c->type,
			     VOLUME_NOT_ASKED) != VOLUME_NO_MEDIUM;
}

static int look_at(struct volume_list *l, const struct candidate *c)
{
	struct host_volume v = { 0 };
	const wchar_t *root = c->root;
	DWORD os_error = enter(root, c->type, &v);
	int err;

	if (has_another_way(c, os_error) && enter(c->guid, c->type, &v) == 0) {
		root = c->guid;
		os_error = 0;
	}
	v.mounted_in_folder = is_folder_path(root);
	err = os_error == 0 ? push(l, &v) : add_closed(l, c, os_error);
	if (err == 0)
		err = note_device(l, c->stands_for);
	if (err == 0)
		err = note_extents(l, c->device);
	return err;
}

/* ---- volumes that the mount manager knows ------------------------ */

static bool is_drive_root(const wchar_t *path)
{
	return path[0] != L'\0' && path[1] == L':' && path[2] == L'\\' &&
	       path[3] == L'\0';
}

/* Letters and folders that it has; an empty list if Windows does not tell. */
static wchar_t *names_of(const wchar_t *guid)
{
	DWORD room = MAX_PATH;

	for (;;) {
		wchar_t *names = mem_array((size_t)room + 2, sizeof(*names));
		DWORD need = 0;
		DWORD os_error;

		if (names == NULL)
			return NULL;
		os_error = volume_ask->names(guid, names, room, &need);
		if (os_error == 0)
			return names;
		names[0] = L'\0';
		if (os_error != ERROR_MORE_DATA || need <= room ||
		    need > NAMES_MAX_NCHARS)
			return names;
		mem_free(names);
		room = need;
	}
}

/*
 * Any program can lay another device over a letter (DefineDosDevice), for its
 * own session or for all: then what is walked there is not this volume.
 */
static bool is_laid_over(const wchar_t *root, const char *stands_for)
{
	wchar_t letter[] = L"A:";
	char *device;
	bool yes;

	letter[0] = root[0];
	device = stands_for != NULL ? device_of(letter) : NULL;
	yes = device != NULL && utf_casecmp(device, stands_for) != 0;
	mem_free(device);
	return yes;
}

/*
 * "X:\" if it has one, else the folder it is mounted in, else the volume's
 * own name.
 */
static const wchar_t *best_name(const struct candidate *c)
{
	for (const wchar_t *at = c->names; *at != L'\0'; at += wcslen(at) + 1)
		if (is_drive_root(at))
			return is_laid_over(at, c->stands_for) ? c->guid : at;
	return *c->names != L'\0' ? c->names : c->guid;
}

/* Wine tells it for drive letters only, Windows for both. */
static UINT type_of_volume(const wchar_t *path, const wchar_t *guid)
{
	const UINT type = volume_ask->type(path);

	if (type != DRIVE_UNKNOWN && type != DRIVE_NO_ROOT_DIR)
		return type;
	return volume_ask->type(guid);
}

static int add_volume(struct volume_list *l, const wchar_t *guid)
{
	/* "\\?\Volume{…}": asked without its backslash and the first four. */
	const size_t n = wcslen(guid);
	wchar_t *names = names_of(guid);
	wchar_t *device = mem_dup(guid, (n + 1) * sizeof(*guid));
	struct candidate c = { .names = names, .guid = guid, .device = device };
	int err = ERR_NOMEM;

	if (names != NULL && device != NULL) {
		if (n > 0 && device[n - 1] == L'\\')
			device[n - 1] = L'\0';
		c.stands_for = n > 4 ? device_of(device + 4) : NULL;
		c.root = best_name(&c);
		c.type = type_of_volume(c.root, guid);
		err = look_at(l, &c);
	}
	mem_free(c.stands_for);
	mem_free(device);
	mem_free(names);
	return err;
}

static void note_incomplete(struct volume_list *l, DWORD os_error)
{
	l->is_incomplete = true;
	l->os_error = os_error;
}

static int add_volumes(struct volume_list *l)
{
	wchar_t guid[GUID_PATH_NCHARS] = L"";
	HANDLE find = NULL;
	DWORD os_error = volume_ask->first(guid, GUID_PATH_NCHARS, &find);
	int err = 0;

	if (os_error != 0) {
		note_incomplete(l, os_error);
		return 0;
	}
	while (err == 0 && os_error == 0) {
		err = add_volume(l, guid);
		os_error = volume_ask->next(find, guid, GUID_PATH_NCHARS);
	}
	volume_ask->close(find);
	if (err == 0 && os_error != ERROR_NO_MORE_FILES)
		note_incomplete(l, os_error);
	return err;
}

/* ---- drive letters that it does not know ------------------------- */

static bool is_of_letter(const char *path, wchar_t letter)
{
	return ascii_upper((unsigned char)path[0]) == (int)letter &&
	       path[1] == ':' &&
	       (path[2] == '\0' || (path[2] == '\\' && path[3] == '\0'));
}

static bool is_listed(const struct volume_list *l, wchar_t letter)
{
	for (size_t i = 0; i < l->volumes.count; i++) {
		const struct host_volume *v = vec_at(&l->volumes, i);

		if (is_of_letter(v->path, letter))
			return true;
		for (size_t k = 0; k < v->name_count; k++)
			if (is_of_letter(v->names[k], letter))
				return true;
	}
	return false;
}

/*
 * Network drives, SUBST, RAM disks and encrypted containers have no volume
 * name.
 */
static int add_letter(struct volume_list *l, wchar_t letter, DWORD letters)
{
	wchar_t root[] = L"A:\\\0";
	wchar_t device[] = L"\\\\.\\A:";
	struct candidate c = { .root = root, .device = device, .names = root };
	int err = 0;

	root[0] = letter;
	device[4] = letter;
	c.type = volume_ask->type(root);
	if (c.type == DRIVE_REMOTE)
		return look_at_share(l, &c);
	c.stands_for = device_of(device + 4);
	if (c.stands_for == NULL ||
	    (!volume_letter_is_alias(c.stands_for, letters) &&
	     !is_known_device(l, c.stands_for)))
		err = look_at(l, &c);
	mem_free(c.stands_for);
	return err;
}

static int add_letters(struct volume_list *l)
{
	const DWORD letters = volume_ask->letters();
	int err = 0;

	if (letters == 0)
		note_incomplete(l, 0);
	for (int i = 0; i < 26 && err == 0; i++) {
		const wchar_t letter = (wchar_t)(L'A' + i);

		if ((letters & (1u << i)) != 0 && !is_listed(l, letter))
			err = add_letter(l, letter, letters);
	}
	return err;
}

/* ---- all of them ------------------------------------------------- */

static int list_fill(struct volume_list *l)
{
	int err = add_volumes(l);

	if (err == 0)
		err = add_letters(l);
	if (err == 0)
		err = volume_list_add_disks(l);
	if (err == 0 && l->is_incomplete)
		err = volume_list_add_closed(l, mem_strdup(""), VOLUME_LIST,
					     VOLUME_PART_DATA, l->os_error);
	return err;
}

int host_volumes(struct host_volume **ret, size_t *count_ret)
{
	struct volume_list l = {
		.volumes = VEC_INIT(struct host_volume, VOLUMES_MAX),
		.extents = VEC_INIT(struct volume_extent, VOLUMES_MAX),
		.devices = VEC_INIT(char *, VOLUMES_MAX),
	};
	const int err = list_fill(&l);

	for (size_t i = 0; i < l.devices.count; i++)
		mem_free(*(char **)vec_at(&l.devices, i));
	vec_release(&l.devices);
	vec_release(&l.extents);
	if (err != 0) {
		host_volumes_free(l.volumes.items, l.volumes.count);
		return err_fail(err, 0, W_HOST_NO_VOLUMES, err_words(err));
	}
	*ret = l.volumes.items;
	*count_ret = l.volumes.count;
	return 0;
}

void host_volumes_free(struct host_volume *v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		volume_release(&v[i]);
	mem_free(v);
}

/* "X:\" or "\\server\share\" of a path; caller frees; NULL: a volume name. */
static wchar_t *root_of(const char *path)
{
	char *full = host_absolute_path(path);
	char root[4] = "X:\\";
	wchar_t *ret = NULL;

	if (full != NULL && full[0] == '\\' && full[1] == '\\' &&
	    full[2] == '?' && full[4] != '\0' && full[5] == ':')
		root[0] = full[4];
	else if (full != NULL && full[0] != '\\')
		root[0] = full[0];
	else
		root[0] = '\0';
	if (root[0] != '\0')
		ret = wide_from_utf8(root);
	mem_free(full);
	return ret;
}

bool host_is_remote_path(const char *path)
{
	char *full = host_absolute_path(path);
	wchar_t *root;
	bool yes;

	yes = full != NULL && winpath_is_unc(full);
	mem_free(full);
	if (yes)
		return true;
	root = root_of(path);
	yes = root != NULL && GetDriveTypeW(root) == DRIVE_REMOTE;
	mem_free(root);
	return yes;
}

int host_free_space(const char *path, uint64_t *nbytes_ret)
{
	ULARGE_INTEGER available;
	struct wow64_pass pass;
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	wow64_enter(wide, &pass);
	if (GetDiskFreeSpaceExW(wide, &available, NULL, NULL))
		*nbytes_ret = available.QuadPart;
	else
		err = host_fail_win(W_HOST_CANNOT_ASK_FOR_THE_FREE_SPACE_OF,
				    path, NULL);
	wow64_leave(&pass);
	mem_free(wide);
	return err;
}

/*
 * Mounted volumes on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/wide_win32.h"
#include "host/winpath.h"
#include "base/vec.h"

#define VOLUMES_MAX	 65536u
#define GUID_PATH_NCHARS 64
#define FS_NAME_NCHARS	 64
#define NAMES_MAX_NCHARS (1u << 20)
#define READ_ONLY_VOLUME 0x00080000u

static bool is_drive_root(const wchar_t *path)
{
	return path[0] != L'\0' && path[1] == L':' && path[2] == L'\\' &&
	       path[3] == L'\0';
}

/*
 * "X:\" if it has one, else the folder it is mounted in, else the volume's
 * own name; caller frees.
 */
static wchar_t *mount_path(const wchar_t *guid, bool *in_folder_ret)
{
	DWORD room = MAX_PATH;
	DWORD need = 0;
	wchar_t *names = NULL;
	const wchar_t *best = NULL;
	wchar_t *ret = NULL;

	for (;;) {
		wchar_t *grown = mem_grow(names, room, sizeof(*names));

		if (grown == NULL)
			goto out;
		names = grown;
		names[0] = L'\0';
		if (GetVolumePathNamesForVolumeNameW(guid, names, room, &need))
			break;
		if (GetLastError() != ERROR_MORE_DATA || need <= room ||
		    need > NAMES_MAX_NCHARS) {
			names[0] = L'\0';
			break;
		}
		room = need;
	}
	for (const wchar_t *at = names; *at != L'\0'; at += wcslen(at) + 1) {
		if (best == NULL || is_drive_root(at))
			best = at;
		if (is_drive_root(at))
			break;
	}
	*in_folder_ret = best != NULL && !is_drive_root(best);
	if (best == NULL)
		best = guid;
	ret = mem_dup(best, (wcslen(best) + 1) * sizeof(*best));
out:
	mem_free(names);
	return ret;
}

/* `path` ends with a backslash.  False: there is no medium. */
static bool volume_fill(struct host_volume *v, const wchar_t *path, UINT type)
{
	wchar_t fs_name[FS_NAME_NCHARS] = L"";
	DWORD flags = 0;

	if (!GetVolumeInformationW(path, NULL, 0, NULL, NULL, &flags, fs_name,
				   FS_NAME_NCHARS))
		return false;
	v->path = wide_to_utf8(path);
	v->fs_name = wide_to_utf8(fs_name);
	v->is_fixed = type == DRIVE_FIXED;
	v->is_remote = type == DRIVE_REMOTE;
	v->is_read_only = (flags & READ_ONLY_VOLUME) != 0;
	return true;
}

static int volume_add(struct vec *volumes, const wchar_t *path, UINT type,
		      bool in_folder)
{
	struct host_volume v = { 0 };
	struct host_volume *kept;

	if (!volume_fill(&v, path, type))
		return 0;
	v.mounted_in_folder = in_folder;
	kept = vec_push(volumes);
	if (kept == NULL || v.path == NULL || v.fs_name == NULL) {
		mem_free(v.path);
		mem_free(v.fs_name);
		return ERR_NOMEM;
	}
	*kept = v;
	return 0;
}

/* Wine tells it for drive letters only, Windows for both. */
static UINT type_of_volume(const wchar_t *path, const wchar_t *guid)
{
	const UINT type = GetDriveTypeW(path);

	if (type != DRIVE_UNKNOWN && type != DRIVE_NO_ROOT_DIR)
		return type;
	return GetDriveTypeW(guid);
}

static int local_volumes(struct vec *volumes)
{
	wchar_t guid[GUID_PATH_NCHARS];
	bool in_folder = false;
	HANDLE find;
	int err = 0;

	find = FindFirstVolumeW(guid, GUID_PATH_NCHARS);
	if (find == INVALID_HANDLE_VALUE)
		return 0;
	do {
		wchar_t *path = mount_path(guid, &in_folder);

		if (path == NULL) {
			err = ERR_NOMEM;
			break;
		}
		err = volume_add(volumes, path, type_of_volume(path, guid),
				 in_folder);
		mem_free(path);
	} while (err == 0 && FindNextVolumeW(find, guid, GUID_PATH_NCHARS));
	FindVolumeClose(find);
	return err;
}

static bool is_listed(const struct vec *volumes, wchar_t letter)
{
	for (size_t i = 0; i < volumes->count; i++) {
		const struct host_volume *v = vec_at(volumes, i);

		if (v->path[0] != '\\' && v->path[1] == ':' &&
		    v->path[2] == '\\' && v->path[3] == '\0' &&
		    ascii_upper((unsigned char)v->path[0]) == (int)letter)
			return true;
	}
	return false;
}

/* Network drives, and SUBST or RAM drives, have no volume name. */
static int drive_letters(struct vec *volumes)
{
	const DWORD drives = GetLogicalDrives();
	wchar_t root[] = L"A:\\";
	int err = 0;

	for (int i = 0; i < 26 && err == 0; i++) {
		root[0] = (wchar_t)(L'A' + i);
		if ((drives & (1u << i)) && !is_listed(volumes, root[0]) &&
		    GetDriveTypeW(root) == DRIVE_REMOTE)
			err = volume_add(volumes, root, DRIVE_REMOTE, false);
	}
	return err;
}

int host_volumes(struct host_volume **ret, size_t *count_ret)
{
	struct vec volumes = VEC_INIT(struct host_volume, VOLUMES_MAX);
	int err = local_volumes(&volumes);

	if (err == 0)
		err = drive_letters(&volumes);
	if (err != 0) {
		host_volumes_free(volumes.items, volumes.count);
		return err_fail(err, 0, "cannot list the mounted volumes: %s",
				err_words(err));
	}
	*ret = volumes.items;
	*count_ret = volumes.count;
	return 0;
}

void host_volumes_free(struct host_volume *v, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		mem_free(v[i].path);
		mem_free(v[i].fs_name);
	}
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
	wchar_t *wide = NULL;
	int err = wide_path(path, &wide);

	if (err != 0)
		return err;
	if (GetDiskFreeSpaceExW(wide, &available, NULL, NULL))
		*nbytes_ret = available.QuadPart;
	else
		err = host_fail_win("ask for the free space of", path, NULL);
	mem_free(wide);
	return err;
}

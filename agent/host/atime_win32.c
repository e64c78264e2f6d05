/*
 * Where the access times of files can be left alone, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Asked once for each drive letter; the settings once.
 */
#include "host/atime_win32.h"

#include "base/utf.h"
#include "host/atime.h"
#include "host/change_win32.h"
#include "host/file_ask_win32.h"
#include "host/path_check.h"

#include <string.h>

/* Longer than any that Controlled Folder Access is usual for. */
#define FOLDER_NBYTES	1024
#define FILE_SYSTEM_KEY L"SYSTEM\\CurrentControlSet\\Control\\FileSystem"
#define CONTROLLED_KEY                                                         \
	L"Microsoft\\Windows Defender\\"                                       \
	L"Windows Defender Exploit Guard\\Controlled Folder Access"
#define CONTROLLED_NAME L"EnableControlledFolderAccess"

struct drive {
	bool is_asked;
	bool is_told;
	struct file_volume v;
};

/* Guarded by `lock`. */
static struct {
	bool has_settings;
	struct atime_settings settings;
	struct drive drives[26];
	struct atime_refused refused;
} known;

static volatile LONG lock;

/* Held for a few comparisons; no call to the system is made meanwhile. */
static void take(void)
{
	while (InterlockedExchange(&lock, 1) != 0)
		Sleep(0);
}

static void give(void)
{
	InterlockedExchange(&lock, 0);
}

void atime_forget(void)
{
	take();
	memset(&known, 0, sizeof(known));
	give();
}

/* A policy comes before what the user has set. */
static void ask_settings(struct atime_settings *s)
{
	s->ntfs_disable = file_ask->number(FILE_SYSTEM_KEY,
					   L"NtfsDisableLastAccessUpdate");
	s->controlled = file_ask->number(L"SOFTWARE\\Policies\\" CONTROLLED_KEY,
					 CONTROLLED_NAME);
	if (s->controlled == 0)
		s->controlled = file_ask->number(L"SOFTWARE\\" CONTROLLED_KEY,
						 CONTROLLED_NAME);
}

static struct atime_settings settings_get(void)
{
	struct atime_settings s = { 0 };
	bool has;

	take();
	has = known.has_settings;
	s = known.settings;
	give();
	if (has)
		return s;
	ask_settings(&s);
	take();
	known.settings = s;
	known.has_settings = true;
	give();
	return s;
}

/* `letter` is 0 to 25. */
static struct drive drive_get(int letter)
{
	wchar_t root[] = L"A:\\";
	struct drive d;

	take();
	d = known.drives[letter];
	give();
	if (d.is_asked)
		return d;
	root[0] = (wchar_t)(L'A' + letter);
	d.is_told = file_ask->volume(root, &d.v) == 0;
	d.is_asked = true;
	take();
	known.drives[letter] = d;
	give();
	return d;
}

/* "C:\a" of "\\?\C:\a" and "C:\a"; NULL: of no drive. */
static const char *on_drive(const char *path)
{
	if (strncmp(path, "\\\\?\\", 4) == 0)
		path += 4;
	return path_root_nbytes(path) == 2 ? path : NULL;
}

/*
 * The folder of a file, in `room` if it has to be cut out of its path; NULL:
 * not on a drive, or longer than that.
 */
static const char *folder_of(const struct host_dir *folder, const char *name,
			     char room[FOLDER_NBYTES])
{
	const char *path = on_drive(folder != NULL ? folder->path : name);
	const char *end;
	size_t n;

	if (path == NULL || folder != NULL)
		return path;
	end = strrchr(path, '\\');
	n = end != NULL ? (size_t)(end - path) : 0;
	if (n < 2 || n + 1 >= FOLDER_NBYTES)
		return NULL;
	/* A root keeps its separator. */
	n += n == 2;
	memcpy(room, path, n);
	room[n] = '\0';
	return room;
}

static bool is_updated(const char *path, const struct host_dir *folder,
		       const struct atime_settings *s)
{
	const struct drive d =
		drive_get(ascii_lower((unsigned char)path[0]) - 'a');
	const struct atime_volume v = { d.v.fs_name, (d.v.fs_flags &
						      WIN_FS_READ_ONLY) != 0 };

	/* Another volume may be mounted in a folder of this one. */
	if (!d.is_told || (folder != NULL && folder->volume != d.v.serial))
		return true;
	return atime_is_updated(&v, s);
}

bool atime_asks(const struct host_dir *folder, const char *name)
{
	const struct atime_settings s = settings_get();
	char room[FOLDER_NBYTES];
	const char *path = folder_of(folder, name, room);
	bool is_refused;
	bool asks;

	if (path == NULL)
		return true;
	take();
	is_refused = atime_refused_has(&known.refused, path);
	give();
	asks = !is_refused && !atime_is_controlled(&s, path) &&
	       is_updated(path, folder, &s);
	return asks;
}

void atime_was_refused(const struct host_dir *folder, const char *name,
		       DWORD os_error)
{
	char room[FOLDER_NBYTES];
	const char *path = folder_of(folder, name, room);
	int letter;

	if (path == NULL)
		return;
	letter = ascii_lower((unsigned char)path[0]) - 'a';
	take();
	if (os_error == ERROR_WRITE_PROTECT)
		known.drives[letter].v.fs_flags |= WIN_FS_READ_ONLY;
	else
		atime_refused_add(&known.refused, path);
	give();
}

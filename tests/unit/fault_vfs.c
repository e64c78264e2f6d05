/*
 * A SQLite VFS that fails the n-th operation, see fault_vfs.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fault_vfs.h"

#include <sqlite3.h>
#include <string.h>

static sqlite3_vfs *real;
static sqlite3_vfs fault;
static int countdown;
static int fail_code;
static bool fail_sticky;
static bool has_struck;
static bool read_only;

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

/* 0, or the code to fail with. */
static int strike(int own_code)
{
	if (has_struck && fail_sticky)
		return fail_code != 0 ? fail_code : own_code;
	if (countdown == 0 || --countdown > 0)
		return 0;
	has_struck = true;
	return fail_code != 0 ? fail_code : own_code;
}

static sqlite3_file *inner(sqlite3_file *f)
{
	return ((struct fault_file *)f)->real;
}

static int f_close(sqlite3_file *f)
{
	return inner(f)->pMethods->xClose(inner(f));
}

static int f_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	return inner(f)->pMethods->xRead(inner(f), buf, n, at);
}

static int f_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	int rc = strike(SQLITE_IOERR_WRITE);

	if (rc != 0) {
		/* A torn write: the first half arrived. */
		inner(f)->pMethods->xWrite(inner(f), buf, n / 2, at);
		return rc;
	}
	return inner(f)->pMethods->xWrite(inner(f), buf, n, at);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = strike(SQLITE_IOERR_TRUNCATE);

	return rc != 0 ? rc : inner(f)->pMethods->xTruncate(inner(f), size);
}

static int f_sync(sqlite3_file *f, int flags)
{
	/* The machine under the test stays up: nothing need reach its disk. */
	(void)f;
	(void)flags;
	return strike(SQLITE_IOERR_FSYNC);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return inner(f)->pMethods->xFileSize(inner(f), size);
}

static int f_lock(sqlite3_file *f, int level)
{
	return inner(f)->pMethods->xLock(inner(f), level);
}

static int f_unlock(sqlite3_file *f, int level)
{
	return inner(f)->pMethods->xUnlock(inner(f), level);
}

static int f_check_lock(sqlite3_file *f, int *out)
{
	return inner(f)->pMethods->xCheckReservedLock(inner(f), out);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
	return inner(f)->pMethods->xFileControl(inner(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
	return inner(f)->pMethods->xSectorSize(inner(f));
}

static int f_device(sqlite3_file *f)
{
	/* No promise of atomic or ordered writes. */
	(void)f;
	return 0;
}

static const sqlite3_io_methods methods = {
	1,	f_close,  f_read,	f_write,   f_truncate, f_sync,	 f_size,
	f_lock, f_unlock, f_check_lock, f_control, f_sector,   f_device, NULL,
	NULL,	NULL,	  NULL,		NULL,	   NULL,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
		  int flags, int *out_flags)
{
	struct fault_file *file = (struct fault_file *)f;
	int rc = 0;

	(void)vfs;
	file->base.pMethods = NULL;
	file->real = (sqlite3_file *)(file + 1);
	/* Opening to read is not what is tested here. */
	if ((flags & SQLITE_OPEN_READONLY) == 0)
		rc = strike(SQLITE_CANTOPEN);
	if (rc != 0)
		return rc;
	if (read_only) {
		if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0)
			return SQLITE_CANTOPEN;
		flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
		flags |= SQLITE_OPEN_READONLY;
	}
	rc = real->xOpen(real, name, file->real, flags, out_flags);
	if (rc == SQLITE_OK)
		file->base.pMethods = &methods;
	return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	int rc = strike(SQLITE_IOERR_DELETE);

	(void)vfs;
	(void)sync_dir;
	return rc != 0 ? rc : real->xDelete(real, name, 0);
}

void fault_vfs_begin(void)
{
	real = sqlite3_vfs_find(NULL);
	fault = *real;
	fault.iVersion = 1;
	fault.szOsFile = (int)sizeof(struct fault_file) + real->szOsFile;
	fault.pNext = NULL;
	fault.zName = "fault";
	fault.xOpen = v_open;
	fault.xDelete = v_delete;
	fault_vfs_fail(0, 0, false);
	read_only = false;
	sqlite3_vfs_register(&fault, 1);
}

void fault_vfs_end(void)
{
	sqlite3_vfs_unregister(&fault);
	sqlite3_vfs_register(real, 1);
}

void fault_vfs_fail(int n, int rc, bool sticky)
{
	countdown = n;
	fail_code = rc;
	fail_sticky = sticky;
	has_struck = false;
}

bool fault_vfs_struck(void)
{
	return has_struck;
}

void fault_vfs_read_only(bool on)
{
	read_only = on;
}

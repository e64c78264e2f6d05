/*
 * For tests: a small NTFS, made and mounted with ntfs-3g.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ntfs_image.h"
#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define UNMOUNT_TRIES	600
#define UNMOUNT_WAIT_MS 50

static bool run(const char *format, const char *a, const char *b, const char *c)
{
	struct str command = STR_INIT;
	bool ok;

	/* %1 to %3 stand for the arguments, in quotes. */
	for (; *format != '\0'; format++) {
		const char *arg;

		if (*format != '%') {
			str_addch(&command, *format);
			continue;
		}
		format++;
		arg = *format == '1' ? a : *format == '2' ? b : c;
		str_addf(&command, "'%s'", arg);
	}
	ok = system(str_text(&command)) == 0;
	str_release(&command);
	return ok;
}

bool ntfs_image_mount(struct ntfs_image *n, const char *options)
{
	return run("ntfs-3g -o %1 %2 %3 >/dev/null 2>&1", options, n->image,
		   n->mount);
}

bool ntfs_image_make(const char *folder, const char *options,
		     struct ntfs_image *ret)
{
	int fd;

	ret->image = host_join(folder, "image");
	ret->mount = host_join(folder, "mount");
	fd = open(ret->image, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 32 << 20), 0);
	close(fd);
	ck_assert_int_eq(host_mkdir(ret->mount), 0);
	if (run("mkntfs -q -Q -F %1 >/dev/null 2>&1", ret->image, "", "") &&
	    ntfs_image_mount(ret, options))
		return true;
	mem_free(ret->image);
	mem_free(ret->mount);
	return false;
}

/* Who looks at all volumes of this machine may be looking at this one. */
void ntfs_image_unmount(struct ntfs_image *n)
{
	bool done = false;

	for (int i = 0; i < UNMOUNT_TRIES && !done; i++) {
		if (i > 0)
			host_sleep_ms(UNMOUNT_WAIT_MS);
		done = run("umount %1", n->mount, "", "");
	}
	ck_assert(done);
}

void ntfs_image_end(struct ntfs_image *n)
{
	ntfs_image_unmount(n);
	mem_free(n->image);
	mem_free(n->mount);
}

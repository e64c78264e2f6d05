/*
 * A Windows that only sleeps keeps the newest state of its disk in memory,
 * that is in hiberfil.sys: what is read offline is older than what runs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fast start (Windows 8 and later) hibernates at every shutdown.
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

/* "hibr": hibernated; "rstr": resuming; "wake": resumed, not yet shut down
 * (Windows XP to 7 in lower case, later in upper case). */
static bool is_asleep(const char head[4])
{
	static const char *const marks[] = { "hibr", "rstr", "wake" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (ascii_ncasecmp(head, marks[i], 4) == 0)
			return true;
	return false;
}

static void check_volume(struct target *t, const char *wprefix)
{
	char *wpath = wpath_append(wprefix, "hiberfil.sys");
	struct host_file *f = NULL;
	char head[4] = { 0 };
	size_t got = 0;
	int err;

	if (!wpath) {
		t->is_short = true;
		return;
	}
	err = target_open_file(t, wpath, 0, &f);
	if (!err)
		err = host_pread(f, 0, head, sizeof(head), &got);
	if (err == ERR_NOMEM)
		t->is_short = true;
	else if (err && err != ERR_NOT_FOUND)
		gap_report(t->gaps, GAP_VOLUME, GAP_MATTERS, wprefix,
			   err_last()->os_error,
			   "whether this Windows is hibernated cannot be told: "
			   "%s",
			   err_last()->text);
	else if (!err && got == sizeof(head) && is_asleep(head))
		gap_report(t->gaps, GAP_VOLUME, GAP_MATTERS, wprefix, 0,
			   "this Windows is hibernated or was shut down with "
			   "fast start: its newest changes are not on the "
			   "disk; start it, shut it down fully (shutdown /s "
			   "/t 0) and scan again");
	host_close(f);
	mem_free(wpath);
}

void hibernate_check(struct target *t)
{
	size_t count = t->volumes.count;

	if (t->info.kind != TARGET_OFFLINE)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		check_volume(t, v->pub.wprefix);
	}
}

/*
 * A Windows that only sleeps keeps the newest state of its disk in memory,
 * that is in hiberfil.sys: what is read offline is older than what runs.  The
 * same goes for a volume that Windows has marked as not finished.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fast start (Windows 8 and later) hibernates at every shutdown.
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/change.h"
#include "words/target.h"

#include <string.h>

/*
 * "hibr": hibernated; "rstr": resuming (Windows XP to 7 in lower case, later in
 * upper case).  What was resumed has "wake" there, and keeps it through every
 * full shutdown after that, until it is hibernated once more: GRUB's nthibr and
 * ntfs-3g take it for no sleep, either.
 */
static bool is_asleep(const char head[4])
{
	return ascii_ncasecmp(head, "hibr", 4) == 0 ||
	       ascii_ncasecmp(head, "rstr", 4) == 0;
}

static void check_sleep(struct target *t, const char *wprefix)
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
			   err_last()->os_error, W_TARGET_HIBERNATION_UNKNOWN,
			   err_last()->text);
	else if (!err && got == sizeof(head) && is_asleep(head))
		gap_report(t->gaps, GAP_VOLUME, GAP_MATTERS, wprefix, 0,
			   W_TARGET_HIBERNATED);
	host_close(f);
	mem_free(wpath);
}

/*
 * Where it cannot be told (no right to read the device) there is no gap: then
 * nothing is changed on it, but a scan by a person without rights is whole.
 */
static void check_dirty(struct target *t, const struct target_volume *pub)
{
	struct host_volume_state state = { 0 };
	const int err = host_volume_state(pub->host, &state);

	if (err == ERR_NOMEM)
		t->is_short = true;
	if (err)
		return;
	if (state.dirty_known && state.is_dirty)
		gap_report(t->gaps, GAP_VOLUME, GAP_MATTERS, pub->wprefix, 0,
			   W_TARGET_VOLUME_DIRTY);
	mem_free(state.fs_name);
}

void hibernate_check(struct target *t)
{
	size_t count = t->volumes.count;

	if (t->info.kind != TARGET_OFFLINE)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		check_sleep(t, v->pub.wprefix);
		check_dirty(t, &v->pub);
	}
}

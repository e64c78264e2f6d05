/*
 * What Windows removes at its next start.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Asked for through MoveFileEx, and looked at in the registry before and
 * after, since there is no call for that.
 */
#include "remediate/process_win32.h"
#include "remediate/pending.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host_win32.h"
#include "host/wide_win32.h"
#include "host/wow64_win32.h"
#include "registry/control_set.h"
#include "registry/reg_edit.h"
#include "words/fix.h"
#include "words/host.h"

#include <string.h>

#define MANAGER "Control\\Session Manager"

/* Windows goes on in the second where the first has become too long. */
static const char *const lists[] = { "PendingFileRenameOperations",
				     "PendingFileRenameOperations2" };
#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

struct queue {
	struct reg_edit *edit;
	char *key;
	char *source; /* as the list has it */
};

static void queue_close(struct queue *q)
{
	reg_edit_close(q->edit);
	mem_free(q->key);
	mem_free(q->source);
}

static int queue_open(const char *host_path, struct queue *q)
{
	char *native = NULL;
	int err;

	memset(q, 0, sizeof(*q));
	/* Not Sysnative: the one who reads the list is no 32-bit program. */
	err = wide_native(host_path, &native);
	if (!err) {
		q->source = pending_source(native);
		if (!q->source)
			err = err_nomem();
	}
	mem_free(native);
	if (!err)
		err = reg_edit_live(REG_LIVE_MACHINE, &q->edit);
	if (!err)
		err = reg_control_path(reg_edit_root(q->edit), MANAGER,
				       &q->key);
	if (err)
		queue_close(q);
	return err;
}

/* No such list is an empty one. */
static int queue_read(struct queue *q, const char *list, struct reg_value *ret)
{
	struct reg_key *key = NULL;
	struct reg_value v = { NULL, 0, NULL, 0 };
	int err = reg_open_key(reg_edit_root(q->edit), q->key, &key);

	if (!err)
		err = reg_get_value(key, list, &v);
	reg_close_key(key);
	if (err == ERR_NOT_FOUND)
		err = 0;
	else if (!err && v.type != REG_TYPE_MULTI_SZ) {
		reg_value_release(&v);
		err = err_fail(ERR_CORRUPT, 0, W_FIX_OTHER_TYPE, list);
	}
	if (!err)
		*ret = v;
	return err;
}

static int queue_count(struct queue *q, bool must_be_sound, size_t *count_ret)
{
	size_t count = 0;
	int err = 0;

	for (size_t i = 0; !err && i < LIST_COUNT; i++) {
		struct reg_value v = { NULL, 0, NULL, 0 };

		err = queue_read(q, lists[i], &v);
		if (!err && must_be_sound)
			err = pending_check(v.data, v.nbytes);
		if (!err)
			count += pending_count(v.data, v.nbytes, q->source);
		reg_value_release(&v);
	}
	if (!err)
		*count_ret = count;
	return err;
}

/* The path as the list will have it, not as this program would open it. */
static int ask_windows(const char *host_path)
{
	struct wow64_pass pass;
	char *native = NULL;
	wchar_t *wide = NULL;
	int err = wide_native(host_path, &native);

	if (!err) {
		wide = wide_from_utf8(native);
		if (!wide)
			err = err_nomem();
	}
	if (!err) {
		wow64_enter(wide, &pass);
		if (!MoveFileExW(wide, NULL, MOVEFILE_DELAY_UNTIL_REBOOT))
			err = host_fail_win(
				W_HOST_CANNOT_HAVE_WINDOWS_REMOVE_AT_ITS_NEXT_START,
				NULL, host_path);
		wow64_leave(&pass);
	}
	mem_free(wide);
	mem_free(native);
	return err;
}

int process_remove_at_restart(void *arg, const char *host_path)
{
	struct queue q;
	size_t count = 0;
	int err;

	(void)arg;
	err = queue_open(host_path, &q);
	if (err)
		return err;
	err = queue_count(&q, true, &count);
	if (err || count)
		goto out;
	err = ask_windows(host_path);
	if (!err)
		err = queue_count(&q, false, &count);
	if (!err && !count)
		err = err_fail(ERR_IO, 0, W_FIX_PENDING_NOT_NOTED, host_path);
out:
	queue_close(&q);
	return err;
}

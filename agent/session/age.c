/*
 * Whether a recorded scan is older than the last change of its Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/age.h"
#include "base/err.h"
#include "base/str.h"
#include "host/local_time.h"
#include "words/age.h"
#include "words/words.h"
#include <string.h>

static void by_store(const struct scan_age *scan, struct age *a)
{
	if (!*scan->overtaken_by)
		return;
	/* A word of ours, whatever the store holds. */
	a->overtaken_by =
		strcmp(scan->overtaken_by, "restart") == 0 ? "restart" : "undo";
	str_copy(a->at, scan->overtaken_at, sizeof(a->at));
}

/*
 * A journal that cannot be read now is no reason to refuse: fix looks at it
 * again before it changes anything.
 */
static int by_journal(const struct scan_age *scan, int64_t scan_id,
		      struct target *t, const char *vault_dir, struct age *a)
{
	const struct journal_scan wanted = { scan_id, scan->target_id,
					     scan->started_at };
	struct since_scan c;
	const char *what;
	int err = since_scan_read(t, vault_dir, &wanted, &c);

	a->at_work = err == ERR_LOCKED;
	if (err)
		return err == ERR_NOMEM ? err : 0;
	what = since_scan_overtakes(&c, scan->changes_seen, scan->started_at);
	if (what && !a->overtaken_by) {
		a->overtaken_by = what;
		if (strcmp(what, "undo") == 0)
			str_copy(a->at, c.at, sizeof(a->at));
	}
	for (size_t i = 0; !err && i < c.worked.count; i++) {
		struct worked_step *w = vec_push(&a->worked);

		err = w ? 0 : err_last()->err;
		if (w)
			*w = *(struct worked_step *)vec_at(&c.worked, i);
	}
	since_scan_release(&c);
	return err;
}

int age_of_scan(struct store *s, int64_t scan_id, struct target *t,
		const char *vault_dir, struct age *ret)
{
	struct age a = { .worked =
				 VEC_INIT(struct worked_step,
					  (size_t)2 * SINCE_SCAN_MAX_WORKED) };
	struct scan_age scan;
	int err = store_scan_age(s, scan_id, &scan);

	if (err)
		return err;
	a.is_live = scan.is_live;
	by_store(&scan, &a);
	if (t && strcmp(target_info(t)->target_id, scan.target_id) == 0)
		err = by_journal(&scan, scan_id, t, vault_dir, &a);
	scan_age_release(&scan);
	if (!err)
		err = mirror_worked(s, scan_id, &a.worked);
	if (err)
		age_release(&a);
	else
		*ret = a;
	return err;
}

void age_release(struct age *a)
{
	vec_release(&a->worked);
}

int age_words(const struct age *a, const char *lang, struct str *out)
{
	const bool undo = strcmp(a->overtaken_by, "undo") == 0;
	struct str at = STR_INIT;
	int err;

	if (*a->at) {
		err = host_add_time(&at, a->at, a->is_live, NULL);
		if (!err)
			err = words_add(out, lang,
					undo ? W_AGE_UNDO_AT : W_AGE_RESTART_AT,
					str_text(&at));
		str_release(&at);
		return err;
	}
	return str_add(out, words_in(undo ? W_AGE_UNDO : W_AGE_RESTART, lang));
}

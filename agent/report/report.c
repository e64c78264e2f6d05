/*
 * Reports: which scan, which format.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/err.h"
#include "words/report.h"

#include <string.h>

/* An inventory of 200,000 registrations fits. */
#define REPORT_MAX_NBYTES ((size_t)1 << 30)

static const struct {
	const char *name;
	const char *media_type;
	unsigned shows;
	int (*write)(struct report *r);
} formats[] = {

#define REPORT_ROW(id, name, type, shows, write)                               \
	[REPORT_##id] = { name, type, shows, write },
	REPORT_FORMATS(REPORT_ROW)
#undef REPORT_ROW
};

bool report_format_from_name(const char *name, enum report_format *ret)
{
	for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*ret = (enum report_format)i;
			return true;
		}
	}
	return false;
}

const char *report_media_type(enum report_format format)
{
	return formats[format].media_type;
}

static int find_scan(struct report *r)
{
	int more;
	int err = report_query(r, "v_scan", "", 0, &r->scan);

	if (err != 0)
		return err;
	more = report_next(r, r->scan);
	if (more < 0)
		return -more;
	if (more == 0)
		return err_fail(ERR_NOT_FOUND, 0, W_REPORT_NO_SCAN,
				r->o->scan_id);
	return 0;
}

static int count_finding(struct report *r, sqlite3_stmt *q)
{
	if (row_is(q, "verdict", "malicious"))
		r->malicious++;
	else if (row_is(q, "verdict", "suspicious"))
		r->suspicious++;
	else
		r->notes++;
	r->fixed += row_is(q, "fix_state", "fixed");
	r->can_plan |= has_next_step(r, q);
	return 0;
}

/*
 * The store keeps no words of a pack; those of another name than the built-in
 * one's are shown where it is at hand.
 */
static int find_pack(struct report *r, struct pack **own_ret)
{
	const char *name = row_word(r->scan, "pack_name");
	int err = 0;

	r->pack = r->o->pack;
	if (!r->pack)
		err = pack_open_builtin_words(own_ret);
	if (!r->pack)
		r->pack = *own_ret;
	if (r->pack && strcmp(pack_info(r->pack)->name, name) != 0)
		r->pack = NULL;
	return err;
}

static int write_forms(struct report *r)
{
	struct str *out = r->out;
	int err = formats[r->o->format].write(r);

	if (err == 0 && r->o->closing_ret != NULL) {
		r->out = r->o->closing_ret;
		err = report_closing(r);
		r->out = out;
	}
	return err;
}

/* One state of the store, whoever writes meanwhile. */
int report_render(struct store *s, const struct report_options *o,
		  struct str *out)
{
	struct pack *own_pack = NULL;
	struct str text = STR_INIT;
	sqlite3_stmt *q = NULL;
	struct report r;
	int err;

	memset(&r, 0, sizeof(r));
	str_init(&text, REPORT_MAX_NBYTES);
	r.o = o;
	r.db = store_db(s);
	r.out = &text;
	r.lang = o->lang && lang_is_ja(o->lang) ? "ja" : "en";
	if ((unsigned)o->format >= REPORT_FORMAT_COUNT)
		return err_fail(ERR_INVALID, 0, W_REPORT_NO_FORMAT);
	r.shows = formats[o->format].shows;
	sqlite3_exec(r.db, "SAVEPOINT report", NULL, NULL, NULL);
	err = find_scan(&r);
	if (err == 0)
		err = find_pack(&r, &own_pack);
	if (err == 0)
		err = report_rows(&r, REPORT_FINDINGS, &q);
	if (err == 0)
		err = report_each(&r, 0, q, count_finding);
	if (err == 0)
		err = write_forms(&r);
	if (err == 0 && text.err != 0)
		err = err_fail(text.err, 0, W_REPORT_TOO_LONG);
	if (err == 0)
		err = str_addn(out, str_text(&text), text.len);
	sqlite3_finalize(r.scan);
	sqlite3_exec(r.db, "RELEASE report", NULL, NULL, NULL);
	for (size_t i = 0; i < REPORT_MAX_CELLS; i++)
		str_release(&r.cells[i]);
	str_release(&r.group);
	str_release(&text);
	pack_free(own_pack);
	return err;
}

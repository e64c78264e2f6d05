/*
 * A session: its options, its notes, and where its store lies.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/session_internal.h"
#include "session/packs.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store_place.h"
#include <stdarg.h>

int session_open(const struct session_options *o, struct session **ret)
{
	struct session *s = mem_zalloc(sizeof(*s));

	if (!s)
		return err_nomem();
	s->o = *o;
	*ret = s;
	return 0;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	session_let_go(s);
	mem_free(s->store_path);
	mem_free(s);
}

void session_let_go(struct session *s)
{
	store_close(s->scanned);
	pack_free(s->scanned_with);
	s->scanned = NULL;
	s->scanned_with = NULL;
}

void session_facts_from_code(int code, struct session_facts *ret)
{
	*ret = (struct session_facts){ .end = SESSION_DONE,
				       .found = code & EXIT_FOUND,
				       .incomplete = code & EXIT_INCOMPLETE,
				       .restart = code & EXIT_RESTART };
}

int session_exit_code(const struct session_facts *f)
{
	switch (f->end) {
	case SESSION_MISUSED:
		return EXIT_USAGE;
	case SESSION_NOT_STARTED:
		return EXIT_NO_START;
	case SESSION_STOPPED:
		return EXIT_STOPPED;
	case SESSION_DONE:
		break;
	}
	return (f->found ? EXIT_FOUND : EXIT_CLEAN) |
	       (f->incomplete ? EXIT_INCOMPLETE : 0) |
	       (f->restart ? EXIT_RESTART : 0);
}

static void tell(const struct session *s, const struct session_note *note)
{
	if (s && s->o.events.note)
		s->o.events.note(s->o.events.arg, note);
}

void session_note(const struct session *s, enum session_note_kind kind,
		  const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	tell(s, &(struct session_note){ kind, "", str_text(&text) });
	str_release(&text);
}

void session_note_last(const struct session *s, const char *what)
{
	/* Whoever is told may fail at something himself. */
	const struct err_info why = *err_last();

	tell(s, &(struct session_note){ NOTE_WARNING, what, why.text });
}

const char *session_store_path(struct session *s)
{
	struct str note = STR_INIT;

	if (s->o.store_path)
		return s->o.store_path;
	if (!s->store_path)
		s->store_path = store_default_path(&note);
	if (note.len)
		session_note(s, NOTE_WARNING, "%s", str_text(&note));
	str_release(&note);
	return s->store_path;
}

int session_open_pack(const struct session *s, struct pack **ret)
{
	return packs_open(s->o.pack_path, s->o.key_paths, s->o.key_count, ret);
}

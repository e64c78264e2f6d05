/*
 * What the calls of a session share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_SESSION_INTERNAL_H
#define SESSION_SESSION_INTERNAL_H

#include "match/pack.h"
#include "session/session.h"

struct session {
	struct session_options o;
	char *store_path; /* once it was asked for */
	/* The scan that was made last, open for reports; NULL: none. */
	struct store *scanned;
	struct pack *scanned_with; /* for the words of its reports */
	int64_t scan_id;
};

/* Tells one sentence; `s` NULL: nobody listens. */
void session_note(const struct session *s, enum session_note_kind kind,
		  const char *fmt, ...) FMT_PRINTF(3, 4);
/* A warning: what was recorded last as failure; `what` or "". */
void session_note_last(const struct session *s, const char *what);
/* What an exit code of a scan says: SESSION_DONE. */
void session_facts_from_code(int code, struct session_facts *ret);
/* Closes the store of the scan that was made last. */
void session_let_go(struct session *s);
/* The pack of the options; caller frees. */
int session_open_pack(const struct session *s, struct pack **ret);

#endif

/*
 * Reports from the store, through its public views only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/str.h"
#include "store/store.h"

enum report_format {
	REPORT_TEXT,
	REPORT_HTML,
	REPORT_JSON,
	REPORT_NDJSON,
	REPORT_CSV
};

enum report_what {
	REPORT_FINDINGS,
	REPORT_INVENTORY,
	REPORT_GAPS,
	REPORT_TRACES,
	REPORT_STEPS
};

struct report_options {
	int64_t scan_id;
	enum report_format format;
	enum report_what what;
	const char *lang; /* "en", "ja" */
	bool color;	  /* text on a terminal */
	unsigned columns; /* text: width, 0 = do not wrap */
	bool to_file;	  /* CSV and text get a UTF-8 BOM */
	bool is_list;	  /* nothing was judged: there is no verdict */
	bool names_pc;	  /* the first line says whose result it is */
	/* Something overtook the scan: the sentence for people, and a word
	 * for programs.  NULL: it counts. */
	const char *old_words;
	const char *old_by;
};

bool report_format_from_name(const char *name, enum report_format *ret);
bool report_what_from_name(const char *name, enum report_what *ret);
/* Renders the whole report into memory (UTF-8). ERR_NOT_FOUND: no such scan. */
int report_render(struct store *s, const struct report_options *o,
		  struct str *out);

#endif

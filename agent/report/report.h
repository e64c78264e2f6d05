/*
 * Reports from the store, through its public views only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/str.h"
#include "report/formats.h"
#include "store/store.h"

#define REPORT_ENUM(id, name, type, shows, write) REPORT_##id,

enum report_format {
	REPORT_FORMATS(REPORT_ENUM) REPORT_FORMAT_COUNT
};

#undef REPORT_ENUM

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
	/* Not NULL: gets what a terminal shows last, where it stays in sight:
	 * the verdict with its count, what to do next and the command, as
	 * text. */
	struct str *closing_ret;
	bool names_pc; /* the first line says whose result it is */
	/* Something overtook the scan: the sentence for people, and a word
	 * for programs.  NULL: it counts. */
	const char *old_words;
	const char *old_by;
	/* What it was scanned with, for its words; NULL: not at hand, and then
	 * the built-in one serves if it is of that name. */
	const struct pack *pack;
	/* FILETIME of the local time, for people; NULL: the host's.  Only times
	 * of a running Windows are told so, those of others in UTC. */
	int64_t (*to_local)(int64_t filetime);
};

bool report_format_from_name(const char *name, enum report_format *ret);
const char *report_media_type(enum report_format format);
bool report_what_from_name(const char *name, enum report_what *ret);
/* Renders the whole report into memory (UTF-8). ERR_NOT_FOUND: no such scan. */
int report_render(struct store *s, const struct report_options *o,
		  struct str *out);

#endif

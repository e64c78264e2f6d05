/*
 * Gaps: what could not be examined, and why (closed list).
 * SPDX-License-Identifier: Apache-2.0
 *
 * A gap matters unless CONTRACT.md section 2 says otherwise: the table in
 * gap.c holds the rule for each kind; for kinds whose weight depends on the
 * subject the caller says.
 */
#ifndef BASE_GAP_H
#define BASE_GAP_H

#include "base/fmt.h"
#include "words/gap.h"

enum gap_kind {
	GAP_ACCESS_DENIED, /* no permission */
	GAP_LOCKED,	 /* in use; matters as it is told in collect/locked.c */
	GAP_READ_ERROR,	 /* the system failed while reading */
	GAP_CHANGED,	 /* vanished or changed while it was read */
	GAP_TOO_LARGE,	 /* above the size bound; matters for programs */
	GAP_NOT_REGULAR, /* FIFO, device, socket; matters where it may hide a
			    program behind its tag */
	GAP_LINK,	 /* name-surrogate link not followed: never matters */
	GAP_CLOUD,	 /* recall placeholder; matters in known places */
	GAP_PAGE_FILE,	 /* page, hibernation, swap file: never matters */
	GAP_HIVE_VIA_API,    /* hive file read through the API: never matters */
	GAP_RESTORE_POINT,   /* System Volume Information: never matters */
	GAP_TRUST_UNCHECKED, /* signature could not be checked: never matters */
	GAP_HIVE_UNREADABLE, /* hive absent though needed, or nothing readable
			      */
	GAP_HIVE_DAMAGED,    /* parts of a hive unreadable */
	GAP_HIVE_LOGS_MISSING, /* dirty hive without usable logs */
	GAP_REGISTRY_LINK,     /* registry link not followed */
	GAP_NAME_UNRESOLVED,   /* 8.3 name with no or several long names */
	GAP_DRIVE_NOT_MAPPED,  /* path on a drive that is not given */
	GAP_ARCHIVE,	       /* archive damaged, encrypted or over a bound */
	GAP_DEPTH,	       /* folders nested beyond the bound, or a cycle */
	GAP_EXCLUDED,	 /* left out by --exclude: printed; matters if a server,
			  * known place, or all there was to look at */
	GAP_RULE_ERROR,	 /* libyara gave up on this artefact (time-out …) */
	GAP_INTERRUPTED, /* stopped before the end */
	GAP_VOLUME,	 /* a volume could not be entered or is hibernated */
	GAP_NO_MEMORY,	 /* memory was short for this artefact */
	GAP_OTHER_WINDOWS, /* another Windows of the same root, not examined */
	GAP_NOT_OPENED,	   /* archives outside the known places and over the
			       budget, counted: never matter */
	GAP_ANTIVIRUS,	   /* an antivirus holds or removed the file */
	GAP_COUNT
};

/* Why a locked one does not matter, for the record; reports count these. */
#define GAP_LOCKED_PASSED W_GAP_LOCKED_PASSED

enum gap_weight {
	GAP_BY_KIND, /* the table decides */
	GAP_MATTERS,
	GAP_HARMLESS
};

struct gap {
	enum gap_kind kind;
	const char *path;   /* Windows path or registry key, our UTF-8 */
	const char *reason; /* a sentence */
	long os_error;
	enum gap_weight weight;
	uint64_t count; /* of the same; 0 is one */
};

/* Receives gaps from any thread. */
struct gap_sink {
	void (*add)(struct gap_sink *sink, const struct gap *gap);
};

const char *gap_kind_name(enum gap_kind kind);	    /* "access_denied" */
enum gap_kind gap_kind_from_name(const char *name); /* GAP_COUNT: none */
const char *gap_kind_words(enum gap_kind kind);
/* What a person does about it; NULL: the words say enough. */
const char *gap_way_out(enum gap_kind kind);
bool gap_matters(enum gap_kind kind, enum gap_weight weight);
/* Gap from an ERR_* of a file operation (denied, locked, changed, …). */
enum gap_kind gap_from_err(int err);
/* The way out, if the kind has one, follows the reason; sink may be NULL. */
void gap_report(struct gap_sink *sink, enum gap_kind kind,
		enum gap_weight weight, const char *path, long os_error,
		const char *fmt, ...) FMT_PRINTF(6, 7);
/*
 * What could not be read for the newest error, `err`: it matters.  `what`, a
 * sentence, is followed by the error in words.
 */
void gap_unread(struct gap_sink *sink, int err, const char *path,
		const char *what);

#endif

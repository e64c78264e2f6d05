/*
 * Private to the checks of protect.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TRUST_PROTECT_PRIVATE_H
#define TRUST_PROTECT_PRIVATE_H

#include "trust/catalog.h"
#include "trust/protect.h"

#include "base/digest.h"

struct protect {
	struct target *target;
	char *windows;			/* "C:\Windows"; folder: "\Windows" */
	struct catalog_index *catalogs; /* NULL: not asked for yet */
};

/* The file that is asked about, and what a catalog could call it. */
struct protect_subject {
	const char *wpath;
	struct host_file *file;
	uint32_t links; /* 0: unknown */
	bool is_program;
	struct authenticode_digest program; /* is_program only */
	struct digests plain;		    /* of all bytes */
};

/* Fills in is_program and the digests; ERR_* of reading. */
int protect_digest(struct protect_subject *s);

/* NULL, or what the place of that path is for. */
const char *protect_place(struct protect *p, const char *wpath);

/* Sets answer, why and detail, which is cut at a whole character. */
void protect_say(struct protect_result *r, enum protect_answer answer,
		 enum protect_why why, const char *fmt, ...) FMT_PRINTF(4, 5);

/* Path below %SystemRoot% of the target; caller frees, NULL: no memory. */
char *protect_below_windows(const struct protect *p, const char *rest);

/* The two halves.  `ret` is a PROTECT_NO by nothing before. */
int protect_check_live(struct protect *p, const struct protect_subject *s,
		       struct protect_result *ret);
int protect_check_offline(struct protect *p, const struct protect_subject *s,
			  struct protect_result *ret);

/* Of these, what catalogs and the signature inside say. */
int protect_signed_live(struct protect *p, const struct protect_subject *s,
			struct protect_result *ret);
int protect_signed_offline(struct protect *p, const struct protect_subject *s,
			   struct protect_result *ret);

/* The whole, of a file whose links are known already. */
int protect_check_file(struct protect *p, const char *wpath,
		       struct host_file *f, uint32_t links,
		       struct protect_result *ret);

#endif

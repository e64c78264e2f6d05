/*
 * Made-up rules, artefacts and registrations for tests of judging, store and
 * reports.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_JUDGE_FIXTURE_H
#define TESTS_JUDGE_FIXTURE_H

#include "verdict/judge.h"

/* Rules as the pack of 2010 gives them; names start with what they see. */
enum fx_rule {
	FX_CONTENT_CONSTANT,	/* the 71-character constant */
	FX_CONTENT_CLASSES_URL, /* both Nish classes and the URL literal */
	FX_CONTENT_MISSPELT,	/* misspelt Toolhelp names */
	FX_CONTENT_DELPHI,	/* the Delphi example alone */
	FX_CONTENT_DELPHI_CLSID,
	FX_CONTENT_CPP_ADVBHO,
	FX_CONTENT_IDM,	      /* IDM's IEMonitor.exe */
	FX_CONTENT_JAVA,      /* exploit class in a Java cache */
	FX_CONTENT_JPEG,      /* command JPEG in a browser cache */
	FX_NAME_MSTMP,	      /* <temp>\mstmp */
	FX_NAME_SWF,	      /* <temp>\0.<digits>.swf with MZ */
	FX_NAME_LIB_DLL,      /* <ProgramFiles>\Shared\lib.dll */
	FX_NAME_LIB_SIG,      /* companion lib.dll */
	FX_NAME_BARE,	      /* a bare name elsewhere */
	FX_REG_MONKIF_SERVER, /* text/html, Monkif text, server in Temp */
	FX_REG_HTML_UNKNOWN,  /* unknown text/html filter */
	FX_REG_BHO_LIB,	      /* BHO that points to Shared\lib.dll */
	FX_TRACE_STATS,
	FX_RULE_COUNT
};

extern const struct rule_info fx_rules[FX_RULE_COUNT];

/* An artefact with the rules given, ended by -1; never NULL. */
struct artefact *fx_file(const char *wpath, ...);
struct artefact *fx_member(const char *wpath, ...);
struct artefact *fx_trace(const char *wpath, ...);
/* The registration stays the caller's. */
struct artefact *fx_registered(struct registration *r, ...);
void fx_set_sha256(struct artefact *a, char digit); /* 64 times the digit */

/*
 * A registration; user NULL: machine; path NULL: no server. It loads and its
 * file exists unless changed afterwards. Freed by fx_release().
 */
struct registration *fx_registration(enum point point, int view,
				     const char *user, const char *name,
				     const char *clsid, const char *path,
				     const char *key);
/* Frees all registrations made since the last call. */
void fx_release(void);
/* All of them, in the order they were made. */
struct registration **fx_registrations(size_t *count_ret);

struct judge *fx_judge(void);
/* The finding whose path ends so, NULL: none; fails the test if several. */
const struct finding *fx_find(const struct judge *j, const char *path_end);

#endif

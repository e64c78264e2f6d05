/*
 * A session: one Windows (or folder), its store and its vault, and what can be
 * done with them.  What stands between every front end and the engine.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A front end (console, window, unattended sweep, test) fills the options,
 * opens a session, calls, shows what comes back and closes it.  Below this
 * header nothing prints, reads a terminal or ends the process: what is to be
 * known comes through the callbacks or as data in the results.
 *
 * Each call opens the target, the pack and the store anew and lets go of them
 * again (but for the store of a scan, see session_report()), so that a fix
 * sees what a scan has just recorded, and an undo what a fix has changed.
 * Calls of one session come one after the other.  Sessions are independent:
 * any number one after the other, and several at once, each in a thread of its
 * own, as long as they have different targets and stores.
 *
 * Sentences are English; words_translate() makes them another language's.
 * Every call returns 0 when what it was asked is done, whatever it found, else
 * ERR_*; `facts` of the result say in both cases what an exit code says.  The
 * sentence for an error has been told as a note before it returns.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/cancel.h"
#include "collect/files.h"
#include "remediate/fixer.h"
#include "remediate/vault_rows.h"
#include "report/report.h"
#include "session/exit_code.h"
#include "target/target.h"

/* ---- what comes back ------------------------------------------------- */

enum session_end {
	SESSION_DONE,
	SESSION_MISUSED,     /* what was asked for contradicts itself, or nobody
				could be asked */
	SESSION_NOT_STARTED, /* nothing was changed or recorded */
	SESSION_STOPPED	     /* begun, and not ended */
};

struct session_facts {
	enum session_end end;
	/* All that follows counts with SESSION_DONE only. */
	bool found;	 /* something is (still) there */
	bool incomplete; /* something that matters was not looked at */
	bool restart;	 /* the rest is done at the next start of Windows */
};

/* EXIT_*. */
int session_exit_code(const struct session_facts *f);

/* ---- callbacks ------------------------------------------------------- */

enum session_note_kind {
	NOTE_INFO,   /* good to know; a quiet front end leaves it out */
	NOTE_WARNING /* always told: what failed, what is left, what to do */
};

struct session_note {
	enum session_note_kind kind;
	const char *what; /* "" or what it is about, e.g. "the scan stopped" */
	const char *text; /* one sentence; what an error said */
};

enum session_question_kind {
	ASK_FIX,	/* the plan: carry it out? */
	ASK_RESUME,	/* go on with what was cut off or failed? */
	ASK_UNDO,	/* `fix`, its picked steps: put them back? */
	ASK_UNDO_ITEMS, /* `rows`: put all items of a vault back? */
	ASK_UNDO_ITEM	/* `item`: put it back? */
};

struct session_plan;

struct session_question {
	enum session_question_kind kind;
	bool is_asked; /* else it is only shown */
	const struct session_plan *plan;
	const struct fix_record *fix;
	const struct vec *rows; /* struct vault_row */
	const struct vault_info *item;
};

enum session_answer {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_NOBODY /* there is no one to ask: SESSION_MISUSED */
};

/* Each may be NULL: then it is not told, and the answer is no. */
struct session_events {
	void *arg;
	/* About ten times a second by the thread that called; the numbers are
	 * read with __atomic_load_n(), workers change them. */
	void (*progress)(void *arg, const struct file_walk_progress *now);
	/* By the thread that called. */
	void (*note)(void *arg, const struct session_note *note);
	/* `step` is never NULL; notes about the whole come as notes. */
	void (*step)(void *arg, enum fix_event event, const struct step *step,
		     bool is_undo, const char *text);
	enum session_answer (*ask)(void *arg, const struct session_question *q);
	/* What would be asked about, where it is only shown. */
	void (*show)(void *arg, const struct session_question *q);
	/* A fix, or the undo of one, has ended; another undo may follow. */
	void (*ended)(void *arg, const struct fix_result *counts, bool is_undo);
};

/* ---- the session ----------------------------------------------------- */

/* What it points to stays as it is until session_close(). */
struct session_options {
	struct target_options target; /* `gaps` is the session's own */
	const char *store_path;	      /* host path, ":memory:"; NULL: the usual
					 place */
	const char *pack_path;	      /* NULL: the built-in pack */
	const char *const *key_paths; /* minisign .pub files for the pack */
	size_t key_count;
	bool allow_older_pack;
	const char *vault_dir; /* host path; NULL: the target's own place */
	struct cancel *cancel; /* NULL: it cannot be stopped */
	struct session_events events;
};

struct session;

/* Opens nothing yet; ERR_NOMEM. */
int session_open(const struct session_options *o, struct session **ret);
void session_close(struct session *s);

/*
 * The store that is used; NULL with err_last(): there is no place for one.
 * Owned by the session.  What a person has to know of the place is a note.
 */
const char *session_store_path(struct session *s);

/* ---- scan ------------------------------------------------------------ */

struct session_scan_options {
	bool is_quick;
	bool registrations_only; /* the inventory: a list, judged by nobody */
	unsigned threads;	 /* 0: as many as fit */
	const char *const *excludes;
	size_t exclude_count;
	bool *exclude_fits; /* of each: set if it left something out; NULL */
};

struct session_scan_result {
	struct session_facts facts;
	int64_t scan_id;
	/* The store failed at the end: what was found is in memory, for
	 * session_report(); `facts` say stopped, `found` what they would. */
	bool is_unrecorded;
	struct session_facts found;
	char why[512];
};

/* A cancelled scan is done, too: it is incomplete, and recorded. */
int session_scan(struct session *s, const struct session_scan_options *o,
		 struct session_scan_result *ret);

/*
 * For a stick whose store had to go elsewhere: a copy for reading and the HTML
 * report beside the program, told in a note.  No such stick: 0.
 */
int session_give_to_stick(struct session *s, const char *lang);

/* ---- report ---------------------------------------------------------- */

struct session_report_options {
	/* Of this only scan_id (0: the one made by this session, else the
	 * newest of this PC, else the newest), format, what, lang, color,
	 * columns, to_file, is_list and closing_ret. */
	struct report_options report;
	bool wants_fixed; /* scan 0: rather one that a fix worked on */
};

struct session_report_result {
	struct session_facts facts; /* those of the scan; incomplete if old */
	int64_t scan_id;
};

/*
 * Renders into `out` (UTF-8).  An error is not told, err_last() has it: only
 * the caller knows what the report was for.  After session_scan() from the
 * store of that scan, which may be in memory; else from the file, which is only
 * read.
 */
int session_report(struct session *s, const struct session_report_options *o,
		   struct str *out, struct session_report_result *ret);

/* ---- plan and fix ---------------------------------------------------- */

/* Which findings and steps, by number; none: what a plan picks by itself. */
struct session_choice {
	const uint64_t *findings;
	size_t finding_count;
	const uint64_t *steps;
	size_t step_count;
	const uint64_t *skips; /* steps to leave out */
	size_t skip_count;
};

/* What is left for fix to do. */
enum session_rest {
	REST_STEPS,
	REST_HELD,   /* only what waits for a person's word */
	REST_LEFT,   /* a fix has worked on it, and left something undone */
	REST_DONE,   /* nothing any more: it is gone, or was dealt with */
	REST_NOTHING /* nothing was found that fix acts on */
};

/* Whether a step is left that waits for a person. */
enum session_held {
	HELD_NOT,
	HELD,		 /* for a word, by its number or finding */
	HELD_UNTIL_SCAN, /* for that, and for another scan: a fix has worked on
			    its finding */
	HELD_FOR_HAND	 /* nobody can have it done: a person's own work */
};

/*
 * The plan of the newest finished scan of this target, and the guard's word.
 * If findings were chosen, only of these something is held or left.
 */
struct session_plan {
	struct session_facts facts;
	struct plan *plan;	      /* NULL: there is none, a note said why */
	struct guard_answer *answers; /* by step */
	struct guard_answer whole;
	enum session_rest rest;
	enum session_held *held; /* by step */
	size_t held_count;
	size_t left_count; /* what a fix before was to do and did not */
	char *vault;	   /* host path that would be used, NULL: not known */
};

/* Changes nothing.  REST_LEFT is no start. */
int session_plan(struct session *s, const struct session_choice *c,
		 struct session_plan *ret);
void session_plan_release(struct session_plan *p);

struct session_fix_options {
	struct session_choice choice;
	bool end_browsers; /* iexplore.exe may be closed and ended */
};

struct session_fix_result {
	struct session_facts facts;
	bool was_declined;	  /* the answer was no */
	bool has_run;		  /* `counts` tell what became of it */
	struct fix_result counts; /* refused: with those a new look left out;
				     of an undo: of all fixes it took back */
	struct session_plan plan; /* of session_fix(): what is left, after it */
};

void session_fix_release(struct session_fix_result *r);

/* Plans, asks (ASK_FIX), looks again and carries out what is picked. */
int session_fix(struct session *s, const struct session_fix_options *o,
		struct session_fix_result *ret);
/* The newest fix that was cut off or failed in part; asks ASK_RESUME. */
int session_resume(struct session *s, const struct session_fix_options *o,
		   struct session_fix_result *ret);

/* ---- the way back ---------------------------------------------------- */

/*
 * The newest fix that has something to put back, all of it or what is chosen;
 * without a journal the items of a vault that was named.
 */
int session_undo(struct session *s, const struct session_choice *c,
		 struct session_fix_result *ret);
/* One item of a vault, to where it was or (`out` not NULL) into that file. */
int session_undo_item(struct session *s, const char *item, const char *out,
		      struct session_fix_result *ret);
/*
 * What lies in the vault, by its items alone: vault_rows_release().  *path_ret:
 * the vault's host path, caller frees, also with an error (NULL: not known).
 */
int session_vault(struct session *s, struct vec *rows_ret, char **path_ret);

#endif

/*
 * A plan: what fix would do about a recorded scan, step by step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plan is made from the store alone, for every finding of the scan, in an
 * order that is the same each time: so step numbers stay the same between
 * plan and fix, whatever a person picks.  What is picked by default are the
 * steps of malicious findings that need no person's word.
 *
 * Order: the registration that loads it, the file, side keys, traces; so an
 * interrupted fix leaves it disarmed.
 */
#ifndef REMEDIATE_PLAN_H
#define REMEDIATE_PLAN_H

#include "base/str.h"
#include "base/vec.h"
#include "match/pack_lists.h"
#include "store/store.h"

/* Ending programs comes before all of them; it is no step: nobody could undo
 * it (run_programs.c). */
enum step_phase {
	PHASE_REGISTRATION = 1,
	PHASE_FILE,
	PHASE_SIDE,
	PHASE_TRACE
};

enum step_action {
	ACT_REMOVE_KEY,
	ACT_REMOVE_VALUE,
	ACT_SET_VALUE,
	ACT_QUARANTINE_FILE,
	ACT_COUNT
};

/* As in the store: "remove_key" … */
const char *step_action_name(enum step_action a);
bool step_action_from_name(const char *name, enum step_action *ret);
bool step_is_registry(enum step_action a);
/* The static word for a kind (point, side key, …), "other" if unknown. */
const char *step_kind_intern(const char *kind);

/* Why a step is not done unless a person picks it, or at all. */
enum step_hold {
	HOLD_NOT,
	HOLD_VERDICT, /* of a finding that is not malicious */
	HOLD_TRACE,   /* evidence of how and when, not what loads it */
	HOLD_KNOWN,   /* the pack knows this registration as harmless */
	HOLD_SHARED,  /* something healthy uses it, too: never */
	HOLD_BLOCKS,  /* it blocks the class: never */
	HOLD_STREAM,  /* an alternate stream inside another file: never */
	HOLD_SYSTEM,  /* below the Windows folder, or a class whose server
			 is: only by its number */
	HOLD_MACHINE, /* the machine's, reached from a user's entry only, which
			 anybody can write: only by its number */
	HOLD_ARCHIVE, /* a whole archive that somebody keeps, with all that is
			 in it: only by its number */
	HOLD_LEFT,    /* an entry leads to it, and that is all that speaks
			 against it: only by its number */
	HOLD_WEAK,    /* no entry leads to it, and its content alone does not
			 condemn it: if its finding is named */
	HOLD_BY_HAND, /* a part of what Windows needs, or more than an entry: a
			 person's, the plan says what to do; never */
	HOLD_NEEDED,  /* a file without which Windows would not start, or nobody
			 log on, while the entry for a person is there: never */
	HOLD_COUNT
};

bool step_hold_is_final(enum step_hold h);
/* Who names its finding has it done. */
bool step_hold_is_by_finding(enum step_hold h);

/* How far a step has come (journal.h); in this order. */
enum step_state {
	STEP_PLANNED,
	STEP_SAVED,	/* its before-image is in the vault, on the medium */
	STEP_APPLIED,	/* it may be done, also where it failed later: from
			   here on undo looks at it */
	STEP_VERIFIED,	/* done, and read back */
	STEP_CAME_BACK, /* was that; at the end of the fix it is there again */
	STEP_FAILED,	/* not done; nothing was changed */
	STEP_UNDONE,
	STEP_STATE_COUNT
};

const char *step_state_name(enum step_state s);

/* Which finding goes first where one fix cannot do all (cap.h). */
struct step_rank {
	bool loads;	  /* an entry of it loads something */
	bool has_entry;	  /* it has one at all */
	bool is_machines; /* an entry that loads is the machine's in all its
			     parts; without entries: it lies in no profile */
	int score;
};

struct step {
	uint32_t seq; /* 1 … */
	enum step_phase phase;
	enum step_action action;
	char *target;	  /* Windows path, or physical key */
	char *value_name; /* remove_value, set_value; else NULL */
	const char *kind; /* "bho" …, "clsid", "progid" …, "file", "ext_stats";
			     static */
	enum step_hold hold;
	char *held_for; /* whom it is shared with; NULL */
	bool picked;
	bool by_number; /* a person named this very step */
	bool overtaken; /* a fix has worked on its finding since the scan */

	int64_t finding_id;    /* the first finding that wants it */
	struct step_rank rank; /* of that finding */
	enum verdict verdict;  /* the worst of those */
	char *subject;	       /* of the finding, for people */
	char *reason;	       /* of the finding, English */

	/* As it was scanned; files: */
	char sha256[65];	/* "" for the container of an archive member;
				   of a side key: reg_tree_digest(), "" none */
	int64_t size;		/* -1 unknown */
	char *written;		/* text of the store, NULL */
	char *volume, *file_id; /* hex, NULL; see step_has_file_id() */
	/* keys: */
	char *clsid;	  /* that the entry leads to, NULL */
	char *server_raw; /* default value of the server key, NULL */
	char *last_write; /* text of the store, NULL */
	/* set_value: the new data (REG_SZ) */
	char *new_text;

	/* While it is carried out, and in the journal: */
	enum step_state state;
	bool half_done; /* of this run: a loaded key is only partly gone */
	bool was_there; /* of this undo: it was as it had been saved */
	char *error;	/* why it failed, or what to know; NULL */
	char *item;	/* file name in the vault, NULL: none yet */
	int64_t swap;	/* hive file swap it was part of (journal.h), 0 */
	char *moved_to; /* file in use: where it waits for the restart */
	char *closed;	/* of this run: programs that ended for it, NULL */
};

void step_free(struct step *s);
/*
 * Against something malicious, not picked, and done only if a person says so;
 * traces, and what is known as harmless, are no such thing.
 */
bool step_waits_for_word(const struct step *s);
/* The same of a finding of any verdict. */
bool step_is_held(const struct step *s);
/* A file waits for the entries that load it, its class for the file. */
bool step_has_to_wait(const struct step *s, const struct step *before);
/* The scan was told a number of the file that tells it from others. */
bool step_has_file_id(const struct step *s);
/* Both do the same to the same file, key or value. */
bool step_is_same(const struct step *a, const struct step *b);
/* It was done and read back, though something may be there again. */
bool step_was_done(const struct step *s);
/* It may have changed something: its before-image is in the vault. */
bool step_has_changed(const struct step *s);

struct plan {
	int64_t scan_id;
	char *target_id;
	char *computer;	    /* "" unknown */
	char *started_at;   /* of the scan */
	bool is_live;	    /* it was of the Windows that it ran on */
	bool is_incomplete; /* that scan could not look at all that matters */
	bool pack_signed;
	char *pack_name;
	char *pack_version;   /* NULL: not recorded */
	struct vec steps;     /* struct step * */
	size_t finding_count; /* distinct findings of the picked steps */
	size_t file_count;    /* picked files */
	size_t worked_count;  /* steps of findings that a fix worked on */
	size_t left_count;    /* of these, what it was to do and did not */
	bool is_cut;	      /* there was no room for more that is malicious */
};

struct plan_options {
	/* Only these, suspicious ones and notes, too; none: all malicious. */
	const uint64_t *findings;
	size_t finding_count;
	const uint64_t *steps; /* picked by number */
	size_t step_count;
	const uint64_t *skips; /* left out by number */
	size_t skip_count;
	const struct pack *pack; /* what to restore; may be NULL */
	int os_major, os_minor;	 /* of the target */
	const char *windows;	 /* "C:\\Windows"; NULL: unknown */
	struct target *target;	 /* to find archives in; NULL: by their names */
};

/*
 * ERR_NOT_FOUND: no such scan.  Picks by default only; after all steps are
 * there plan_pick() follows what the person said.
 */
int plan_make(struct store *s, int64_t scan_id, const struct plan_options *o,
	      struct plan **ret);
void plan_free(struct plan *p);
struct step *plan_step(const struct plan *p, size_t index);
/*
 * The key of a set_value goes as a whole; `why` is kept as s->error.  Steps
 * for single values of that key are picked no more.
 */
int plan_remove_instead(struct plan *p, struct step *s, const char *why);
struct step *plan_find(const struct plan *p, uint32_t seq);
size_t plan_picked_count(const struct plan *p);
/* Suspicious findings that --finding would take, and nobody has named;
 * ERR_NOMEM. */
int plan_suspicious_count(const struct plan *p, size_t *ret);

/*
 * Adds what the classes of the plan left behind as traces (Ext\Stats,
 * Approved Extensions, Ext\Settings with VerCache), as far as the target
 * holds them, or did when a fix recorded and removed them; never picked by
 * itself.  Comes after plan_make(),
 * before plan_pick().
 */
int plan_add_traces(struct plan *p, struct store *store, struct target *t,
		    const struct plan_options *o);

/*
 * Findings that fixes have worked on since the scan (struct worked_step of
 * journal.h) are overtaken: their steps are picked no more, the others stay.
 * Before plan_pick().  ERR_NOMEM.
 */
int plan_mark_worked(struct plan *p, const struct vec *worked);

/*
 * What is done and what is not.  ERR_CHANGED: a finding or step is named that
 * a fix has worked on since.  ERR_NOT_FOUND: no such finding or step (the
 * sentence names it); ERR_INVALID: a step that nobody may pick; ERR_NOMEM.
 */
int plan_pick(struct plan *p, const struct plan_options *o);

/*
 * Keys and values that are never removed, whoever asks: they block the class
 * (kill bit, policy, compatibility list).  `key` is physical.  NULL: none of
 * them; else what it is, in words.
 */
const char *plan_kill_bit(const char *key, const char *value_name);

/* The table itself, for its test. */
struct kill_bit_row {
	const char *tail; /* below Software[\Wow6432Node]\Microsoft */
	const char *what;
};
extern const struct kill_bit_row kill_bit_rows[];
extern const size_t kill_bit_row_count;

#endif

/*
 * A small Windows with a store and a session of its own, for tests that are a
 * front end without a terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_SESSION_FIXTURE_H
#define TESTS_SESSION_FIXTURE_H

#include "target_fixture.h"
#include "session/session.h"

/* The program of an infected one, and where it lies below the root. */
#define SESSION_PC_FILE "C:\\Program Files\\Shared\\lib.dll"
#define SESSION_PC_HOST "Program Files/Shared/lib.dll"

/* A Windows with a store of its own, and what its front end was told. */
struct session_pc {
	struct fixture f;
	char *store;
	const char *content; /* of the program; NULL: there is none */
	uint8_t *software;   /* the hive as it was */
	size_t software_nbytes;
	struct cancel cancel;
	struct session_options options;
	struct session *session;
	enum session_answer answer; /* to each question */
	unsigned asked[ASK_UNDO_ITEM + 1], shown, ended, steps, notes;
	size_t planned;	 /* steps that the question was about */
	bool stops;	 /* the first step that is done sets the token */
	const char *why; /* what was not as it should be; NULL */
	/* Of the last scan: */
	int err;
	struct session_scan_result result;
};

/*
 * A Windows 7, with a program of that content (kept, not copied) that a filter
 * for web pages loads, entered for all users, so that the filter, the program
 * and its class go; NULL: without.
 */
void session_pc_init(struct session_pc *pc, const char *content);
/* Of a session that is closed. Fails the test with `why`. */
void session_pc_release(struct session_pc *pc);
/* Paths below the root. */
bool session_pc_has(const struct session_pc *pc, const char *path);
bool session_pc_holds(const struct session_pc *pc, const char *path,
		      const void *want, size_t nbytes);
/* Program and hive, bit for bit. */
bool session_pc_is_as_it_was(const struct session_pc *pc);
bool session_pc_is_fixed(const struct session_pc *pc);
/* A full scan by the open session, in any thread; `arg` is the PC. */
void session_pc_scan(void *arg);
/* As text in English; 0: of the newest scan; caller frees. */
char *session_pc_report(struct session_pc *pc, int64_t scan_id,
			struct session_report_result *ret);
/* What a scan of that PC has to say, whatever else runs meanwhile. */
void session_pc_check(struct session_pc *pc, bool is_infected);

#endif

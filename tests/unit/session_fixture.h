/*
 * A small Windows with a store and a session of its own, for tests that are a
 * front end without a terminal.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_SESSION_FIXTURE_H
#define TESTS_SESSION_FIXTURE_H

#include "target_fixture.h"
#include "session/session.h"

#define SESSION_PC_FILE "C:\\Windows\\Temp\\mstmp" /* of an infected one */

/* A Windows with a store of its own, and what its front end was told. */
struct session_pc {
	struct fixture f;
	char *store;
	struct cancel cancel;
	struct session_options options;
	struct session *session;
	unsigned notes;
	/* Of the last scan: */
	int err;
	struct session_scan_result result;
};

/* A Windows 7, with the entry that mstmp made for itself, or without. */
void session_pc_init(struct session_pc *pc, bool is_infected);
/* Of a session that is closed. */
void session_pc_release(struct session_pc *pc);
/* A full scan by the open session, in any thread; `arg` is the PC. */
void session_pc_scan(void *arg);
/* As text in English; 0: of the newest scan; caller frees. */
char *session_pc_report(struct session_pc *pc, int64_t scan_id,
			struct session_report_result *ret);
/* What a scan of that PC has to say, whatever else runs meanwhile. */
void session_pc_check(struct session_pc *pc, bool is_infected);

#endif

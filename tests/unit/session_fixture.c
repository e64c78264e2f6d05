/*
 * A small Windows with a store and a session of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session_fixture.h"
#include "unit.h"
#include "hive_make.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define CLASS  "{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}"
#define FILTER "Classes\\PROTOCOLS\\Filter\\text/html"
#define LABEL  "Microsoft Improved HTML MIME Filter"

static void on_note(void *arg, const struct session_note *note)
{
	struct session_pc *pc = arg;

	(void)note;
	pc->notes++;
}

void session_pc_init(struct session_pc *pc, bool is_infected)
{
	memset(pc, 0, sizeof(*pc));
	fixture_init(&pc->f);
	fixture_windows7(&pc->f);
	if (is_infected) {
		fixture_text(pc->f.software, FILTER, "", LABEL);
		fixture_text(pc->f.software, FILTER, "CLSID", CLASS);
		fixture_text(pc->f.software,
			     "Classes\\CLSID\\" CLASS "\\InprocServer32", "",
			     SESSION_PC_FILE);
		fixture_file(&pc->f, "Windows/Temp/mstmp", "MZ nothing");
	}
	fixture_machine_hives(&pc->f, "Windows/System32/config");
	fixture_user_hive(&pc->f, "Windows/System32/config/DEFAULT", NULL);
	fixture_file(&pc->f, "Apps/readme.txt", "nothing");
	pc->store = fx_temp_path(".db");
	pc->options = (struct session_options){
		.target = { .kind = TARGET_OFFLINE, .root = pc->f.root },
		.store_path = pc->store,
		.cancel = &pc->cancel,
		.events = { .arg = pc, .note = on_note },
	};
}

void session_pc_release(struct session_pc *pc)
{
	fx_temp_remove(pc->store);
	mem_free(pc->store);
	fixture_release(&pc->f);
}

/* What is asserted is asserted by the caller. */
void session_pc_scan(void *arg)
{
	static const struct session_scan_options full = { .threads = 2 };
	struct session_pc *pc = arg;

	pc->err = session_scan(pc->session, &full, &pc->result);
}

char *session_pc_report(struct session_pc *pc, int64_t scan_id,
			struct session_report_result *ret)
{
	const struct session_report_options o = {
		.report = { .scan_id = scan_id,
			    .format = REPORT_TEXT,
			    .lang = "en" },
	};
	struct str out = STR_INIT;

	ck_assert_msg(session_report(pc->session, &o, &out, ret) == 0, "%s",
		      err_last()->text);
	return str_detach(&out);
}

void session_pc_check(struct session_pc *pc, bool is_infected)
{
	struct session_report_result r;
	char *text;

	ck_assert_msg(pc->err == 0, "%s", err_last()->text);
	ck_assert_int_eq(pc->result.facts.end, SESSION_DONE);
	ck_assert(pc->result.facts.found == is_infected);
	ck_assert(!pc->result.facts.incomplete);
	ck_assert(!pc->result.is_unrecorded);
	ck_assert_int_eq(session_exit_code(&pc->result.facts), is_infected);
	text = session_pc_report(pc, 0, &r);
	ck_assert_int_eq(r.scan_id, pc->result.scan_id);
	ck_assert(r.facts.found == is_infected);
	ck_assert((strstr(text, SESSION_PC_FILE) != NULL) == is_infected);
	mem_free(text);
}

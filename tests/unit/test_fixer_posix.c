/*
 * A fix of a small offline Windows from plan to undo: what came back, what is
 * gone on with, and the way back where one part of it is damaged.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One program with its Browser Helper Object and two classes. Its hive is
 * exchanged twice: for the entry, and for the classes after the file.
 */
#include "unit.h"
#include "peak.h"
#include "store_fixture.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/since_scan.h"
#include "remediate/fixer.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#define A	"{AAAAAAAA-0000-1111-2222-333333333333}"
#define B	"{BBBBBBBB-0000-1111-2222-333333333333}"
#define HKLM	"HKLM\\SOFTWARE\\"
#define CLASSES "Classes\\CLSID\\"
#define BHO                                                                    \
	"Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper "        \
	"Objects\\"
#define LIB	 "C:\\Program Files\\Shared\\lib.dll"
#define LIB_HOST "Program Files/Shared/lib.dll"
#define SOFTWARE "Windows/System32/config/SOFTWARE"
#define VAULT	 "ProgramData/mstmpsweep/vault/"
#define CONTENT	 "MZ a program"

enum {
	ENTRY,
	FILE_STEP,
	CLASS,
	OTHER_CLASS,
	STEPS
};

static struct fixture pc;
static struct target *target;
static struct store *store;
static struct fixer *fixer;
static struct plan plan;
static struct step steps[STEPS];
static struct fix_result result;
static uint8_t *software; /* as it was */
static size_t software_nbytes;
static void (*on_done)(const struct step *s);

/* ---- the PC ------------------------------------------------------ */

static uint8_t *read_file(const char *path, size_t *nbytes_ret)
{
	char *host = fixture_path(&pc, path);
	void *data = NULL;

	ck_assert_msg(host_read_file(host, 1 << 26, &data, nbytes_ret) == 0,
		      "%s", err_last()->text);
	mem_free(host);
	return data;
}

static void write_file(const char *path, const void *data, size_t nbytes)
{
	char *host = fixture_path(&pc, path);

	ck_assert_msg(host_write_file(host, data, nbytes) == 0, "%s",
		      err_last()->text);
	mem_free(host);
}

static void remove_file(const char *path)
{
	char *host = fixture_path(&pc, path);

	ck_assert_int_eq(host_unlink(host), 0);
	mem_free(host);
}

static bool holds(const char *path, const void *want, size_t nbytes)
{
	struct host_stat st;
	char *host = fixture_path(&pc, path);
	const bool is_there = host_stat(host, false, &st) == 0;
	size_t n = 0;
	uint8_t *data = is_there ? read_file(path, &n) : NULL;
	const bool same =
		is_there && want && n == nbytes && memcmp(data, want, n) == 0;

	mem_free(data);
	mem_free(host);
	return want ? same : !is_there;
}

static bool lib_is(const char *text)
{
	return holds(LIB_HOST, text, text ? strlen(text) : 0);
}

static bool software_is_back(void)
{
	return holds(SOFTWARE, software, software_nbytes);
}

static bool is_large; /* SOFTWARE is to have 16 MiB and more */

static void fill_software(void)
{
	static uint8_t data[16000];
	char name[40];

	for (int i = 0; i < 1100; i++) {
		snprintf(name, sizeof(name), "Large\\key %d", i);
		memset(data, i, sizeof(data));
		hive_maker_value(hive_maker_path(pc.software, name), "data",
				 REG_TYPE_BINARY, data, sizeof(data));
	}
}

static void make_pc(void)
{
	fixture_init(&pc);
	fixture_windows7(&pc);
	hive_maker_path(pc.software, BHO A);
	fixture_text(pc.software, CLASSES A "\\InprocServer32", "", LIB);
	fixture_text(pc.software, CLASSES B "\\InprocServer32", "", LIB);
	if (is_large)
		fill_software();
	fixture_machine_hives(&pc, "Windows/System32/config");
	fixture_folder(&pc, "ProgramData");
	fixture_file(&pc, LIB_HOST, CONTENT);
	software = read_file(SOFTWARE, &software_nbytes);
}

/* ---- its plan ---------------------------------------------------- */

static struct step *plan_one(int index, enum step_phase phase,
			     enum step_action action, const char *kind,
			     const char *path)
{
	struct step *s = &steps[index];

	memset(s, 0, sizeof(*s));
	s->seq = (uint32_t)index + 1;
	s->phase = phase;
	s->action = action;
	s->kind = kind;
	s->target = (char *)path;
	s->subject = (char *)LIB;
	s->reason = (char *)"because";
	s->finding_id = 1;
	s->size = -1;
	s->picked = true;
	*(struct step **)vec_push(&plan.steps) = s;
	return s;
}

static void make_plan(void)
{
	const struct vec v = VEC_INIT(struct step *, STEPS);
	struct step *s;

	memset(&plan, 0, sizeof(plan));
	plan.steps = v;
	plan.scan_id = 1;
	plan.target_id = fx_target.target_id;
	plan.computer = (char *)"TARO-PC";
	plan.started_at = (char *)"2010-10-25T00:00:00Z";
	s = plan_one(ENTRY, PHASE_REGISTRATION, ACT_REMOVE_KEY, "bho",
		     HKLM BHO A);
	s->clsid = (char *)A;
	s = plan_one(FILE_STEP, PHASE_FILE, ACT_QUARANTINE_FILE, "file", LIB);
	digest_sha256_hex(CONTENT, strlen(CONTENT), s->sha256);
	s->size = (int64_t)strlen(CONTENT);
	s = plan_one(CLASS, PHASE_SIDE, ACT_REMOVE_KEY, "clsid",
		     HKLM CLASSES A);
	s->server_raw = (char *)LIB;
	s = plan_one(OTHER_CLASS, PHASE_SIDE, ACT_REMOVE_KEY, "clsid",
		     HKLM CLASSES B);
	s->server_raw = (char *)LIB;
}

/* How often it was told that the store takes no more. */
static size_t lost_count;

/* What was told of programs and of the file, in order. */
static struct str told;

static void keep_told(enum fix_event event, const struct step *s,
		      const char *text)
{
	if (event == FIX_PROGRAMS_ENDED)
		str_addf(&told, "%u ended: %s|", (unsigned)s->seq, text);
	else if (event == FIX_STEP_DONE && s->seq <= FILE_STEP + 1)
		str_addf(&told, "%u done: %s|", (unsigned)s->seq, text);
}

static void on_event(void *arg, enum fix_event event, const struct step *s,
		     const char *text)
{
	(void)arg;
	keep_told(event, s, text);
	if (event == FIX_STEP_DONE && on_done)
		on_done(s);
	if (event == FIX_NOTE && text && strstr(text, "lost here"))
		lost_count++;
}

static const struct process_ops *programs; /* NULL: the system's */
static bool may_end_browsers;

static void open_fixer(bool create)
{
	const struct fixer_options o = { .target = target,
					 .store = store,
					 .store_path = "s.db",
					 .event = on_event,
					 .processes = programs,
					 .end_browsers = may_end_browsers };

	ck_assert_msg(fixer_open(&o, create, &fixer) == 0, "%s",
		      err_last()->text);
}

static void close_fixer(void)
{
	fixer_close(fixer);
	fixer = NULL;
}

static void setup(void)
{
	make_pc();
	make_plan();
	target = fixture_open(&pc);
	ck_assert_int_eq(store_open(":memory:", &store), 0);
	ck_assert_int_eq(fx_record_scan(store), 1);
	on_done = NULL;
	lost_count = 0;
	programs = NULL;
	may_end_browsers = false;
	memset(&result, 0, sizeof(result));
}

static void teardown(void)
{
	close_fixer();
	str_release(&told);
	store_close(store);
	target_free(target);
	vec_release(&plan.steps);
	mem_free(software);
	fixture_release(&pc);
}

static void fix(size_t done)
{
	open_fixer(true);
	ck_assert_msg(fixer_fix(fixer, &plan, &result) == 0, "%s",
		      err_last()->text);
	close_fixer();
	ck_assert_uint_eq(result.done, done);
}

static void resume(size_t done, size_t came_back)
{
	memset(&result, 0, sizeof(result));
	open_fixer(false);
	ck_assert_msg(fixer_resume(fixer, &result) == 0, "%s",
		      err_last()->text);
	close_fixer();
	ck_assert_uint_eq(result.done, done);
	ck_assert_uint_eq(result.came_back, came_back);
}

static void undo(size_t undone, size_t failed)
{
	const struct undo_options all = { 0 };

	open_fixer(false);
	ck_assert_msg(fixer_undo(fixer, &all, &result) == 0, "%s",
		      err_last()->text);
	close_fixer();
	ck_assert_uint_eq(result.undone, undone);
	ck_assert_uint_eq(result.failed, failed);
}

static void everything_is_back(void)
{
	ck_assert(lib_is(CONTENT));
	ck_assert(software_is_back());
}

/* ---- what changes nothing ---------------------------------------- */

/* What is gone at its turn is no step done, and there is nothing to undo. */
START_TEST(gone_already)
{
	const struct undo_options all = { 0 };

	fix(STEPS);
	fix(0);
	ck_assert_uint_eq(result.nothing, STEPS);
	ck_assert_uint_eq(result.failed + result.refused, 0);
	undo(STEPS, 0);
	everything_is_back();
	open_fixer(false);
	ck_assert_int_eq(fixer_undo(fixer, &all, &result), ERR_NOT_FOUND);
	close_fixer();
}

END_TEST

/* Some are gone: the others are done, and undo counts what it put back. */
START_TEST(some_gone_already)
{
	remove_file(LIB_HOST);
	fix(STEPS - 1);
	ck_assert_uint_eq(result.nothing, 1);
	undo(STEPS - 1, 0);
	ck_assert(lib_is(NULL));
	ck_assert(software_is_back());
}

END_TEST

/* Put back by hand before: it is there, and undo has put nothing back. */
START_TEST(there_already)
{
	fix(STEPS);
	write_file(LIB_HOST, CONTENT, strlen(CONTENT));
	write_file(SOFTWARE, software, software_nbytes);
	undo(0, 0);
	ck_assert_uint_eq(result.nothing, STEPS);
	everything_is_back();
}

END_TEST

/* ---- what the records say ---------------------------------------- */

static void stored(const char *sql, const char *want)
{
	char *got = fx_query(store, sql);

	ck_assert_str_eq(got, want);
	mem_free(got);
}

/* One word of the journal, or a change of it. */
static void journal(const char *sql, const char *want)
{
	char *path = fixture_path(&pc, VAULT "journal.db");

	fx_database(path, sql, want);
	mem_free(path);
}

#define STATES                                                                 \
	"SELECT group_concat(state, ' ') FROM (SELECT state FROM step ORDER "  \
	"BY seq)"

/* The states of all steps, in the journal and in its copy. */
static void states(const char *want)
{
	journal(STATES, want);
	stored(STATES, want);
}

/* ---- there and back ---------------------------------------------- */

START_TEST(there_and_back)
{
	fix(STEPS);
	states("verified verified verified verified");
	ck_assert(lib_is(NULL));
	ck_assert(!software_is_back());
	journal("SELECT state FROM fix", "finished");
	stored("SELECT fix_state FROM finding WHERE finding_id = 1", "fixed");
	undo(STEPS, 0);
	states("undone undone undone undone");
	stored("SELECT fix_state FROM finding WHERE finding_id = 1", "undone");
	everything_is_back();
}

END_TEST

/* ---- the store takes no more ------------------------------------- */

/* After the opening, where a store with a trigger would be refused. */
static const char *const losses[] = {
	"BEFORE INSERT ON fix",
	"BEFORE UPDATE ON step WHEN NEW.state = 'verified' AND NEW.seq > 2",
	"BEFORE INSERT ON vault_item",
	"BEFORE UPDATE ON fix",
};

START_TEST(the_store_is_lost)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "CREATE TRIGGER t %s BEGIN SELECT RAISE(FAIL, 'lost here'); "
		 "END",
		 losses[_i]);
	ck_assert_int_eq(sqlite3_exec(store_db(store), sql, NULL, NULL, NULL),
			 SQLITE_OK);
	fix(STEPS);
	ck_assert_uint_eq(lost_count, 1);
	journal(STATES, "verified verified verified verified");
	stored("SELECT count(*) FROM fix WHERE state <> 'running'", "0");
	store_close(store);
	store = NULL;
	undo(STEPS, 0);
	everything_is_back();
}

END_TEST

/* ---- what happened since a scan ---------------------------------- */

/* What a scan that begins now would note; and what overtook one that did. */
static void look(char seen[SINCE_SCAN_TEXT_NBYTES])
{
	struct since_scan c;

	ck_assert_msg(since_scan_read(target, NULL, NULL, &c) == 0, "%s",
		      err_last()->text);
	since_scan_text(&c, seen);
	since_scan_release(&c);
}

static void since(const char *seen, const char *started_at, const char *want)
{
	struct since_scan c;
	const char *what;

	ck_assert_int_eq(since_scan_read(target, NULL, NULL, &c), 0);
	what = since_scan_overtakes(&c, seen, started_at);
	ck_assert_str_eq(what ? what : "", want);
	since_scan_release(&c);
}

#define LONG_AGO "2001-01-01T00:00:00Z"
#define LATE	 "2999-01-01T00:00:00Z"

/* Undo makes earlier scans old, whatever clocks say; a fix does not. */
START_TEST(undo_overtakes)
{
	char before[SINCE_SCAN_TEXT_NBYTES], fixed[SINCE_SCAN_TEXT_NBYTES],
		after[SINCE_SCAN_TEXT_NBYTES];

	look(before);
	ck_assert_str_eq(before, "/0");
	fix(STEPS);
	look(fixed);
	since(before, LONG_AGO, "");
	undo(STEPS, 0);
	look(after);
	since(before, LATE, "undo");
	since(fixed, LATE, "undo");
	since(after, LONG_AGO, "");
	stored("SELECT overtaken_by FROM scan WHERE scan_id = 1", "undo");
	/* One that could not know goes by the time; nonsense is none. */
	since("", LONG_AGO, "undo");
	since("", LATE, "");
	since("x/", LONG_AGO, "undo");
	since("/99999999999", LONG_AGO, "undo");
	/* A second one that puts nothing back is no change. */
	open_fixer(false);
	ck_assert_int_ne(
		fixer_undo(fixer, &(struct undo_options){ 0 }, &result), 0);
	close_fixer();
	since(after, LONG_AGO, "");
}

END_TEST

/* A file in use was moved away; when it has gone a restart was there. */
START_TEST(restart_overtakes)
{
	char before[SINCE_SCAN_TEXT_NBYTES], waits[SINCE_SCAN_TEXT_NBYTES],
		after[SINCE_SCAN_TEXT_NBYTES], sql[512];
	char *waiting = fixture_path(&pc, VAULT "restart-1");

	look(before);
	fix(STEPS);
	write_file(VAULT "restart-1", "x", 1);
	snprintf(sql, sizeof(sql),
		 "UPDATE step SET moved_to = CAST('%s' AS BLOB) WHERE seq = 2",
		 waiting);
	journal(sql, NULL);
	look(waits);
	since(before, LONG_AGO, "");
	remove_file(VAULT "restart-1");
	look(after);
	since(before, LATE, "restart");
	since(waits, LATE, "restart");
	since(after, LONG_AGO, "");
	since("", LONG_AGO, "restart");
	since("", LATE, "");
	mem_free(waiting);
}

END_TEST

/* What a fix worked on, and what it found done, by its scan. */
START_TEST(worked_on)
{
	struct journal_scan scan = { .scan_id = plan.scan_id,
				     .target_id = plan.target_id,
				     .started_at = plan.started_at };
	struct since_scan c;

	remove_file(LIB_HOST);
	fix(STEPS - 1);
	ck_assert_int_eq(since_scan_read(target, NULL, &scan, &c), 0);
	ck_assert_uint_eq(c.worked.count, STEPS);
	for (size_t i = 0; i < c.worked.count; i++) {
		const struct worked_step *w = vec_at(&c.worked, i);

		ck_assert_int_eq(w->finding_id, 1);
		ck_assert_int_eq(w->has_changed, i != FILE_STEP);
		ck_assert(w->is_done);
	}
	since_scan_release(&c);
	/* Another scan of that number, as in another store, is not that one. */
	scan.started_at = LATE;
	ck_assert_int_eq(since_scan_read(target, NULL, &scan, &c), 0);
	ck_assert_uint_eq(c.worked.count, 0);
	since_scan_release(&c);
}

END_TEST

/* A vault that others can write tells nothing. */
START_TEST(open_vault_tells_nothing)
{
	struct since_scan c;
	char *vault = fixture_path(&pc, "ProgramData/mstmpsweep/vault");

	fix(STEPS);
	ck_assert_int_eq(chmod(vault, 0777), 0);
	ck_assert_int_eq(since_scan_read(target, NULL, NULL, &c), ERR_DENIED);
	ck_assert_int_eq(chmod(vault, 0700), 0);
	mem_free(vault);
}

END_TEST

/* ---- something puts it there again ------------------------------- */

static void put_file(const struct step *s)
{
	if (s->seq == FILE_STEP + 1)
		write_file(LIB_HOST, "new", 3);
}

static void put_hive(const struct step *s)
{
	if (s->seq == OTHER_CLASS + 1)
		write_file(SOFTWARE, software, software_nbytes);
}

static void file_comes_back(void)
{
	on_done = put_file;
	fix(STEPS - 1);
	on_done = NULL;
	ck_assert_uint_eq(result.came_back, 1);
	ck_assert_uint_eq(result.failed + result.refused, 0);
	ck_assert(lib_is("new"));
	states("verified came_back verified verified");
	journal("SELECT state FROM fix", "failed");
	journal("SELECT count(error) FROM step", "1");
	stored("SELECT fix_state FROM finding WHERE finding_id = 1",
	       "came_back");
}

/* It is not removed by the old plan: it is nobody's saved file. */
START_TEST(resume_looks_whether_it_stayed)
{
	file_comes_back();
	resume(STEPS - 1, 1);
	ck_assert(lib_is("new"));
	states("verified came_back verified verified");
	journal("SELECT state FROM fix", "failed");
	/* Gone since, by whomever. */
	remove_file(LIB_HOST);
	resume(STEPS, 0);
	states("verified verified verified verified");
	journal("SELECT count(error) FROM step", "0");
	journal("SELECT state FROM fix", "finished");
	stored("SELECT fix_state FROM finding WHERE finding_id = 1", "fixed");
	undo(STEPS, 0);
	everything_is_back();
}

END_TEST

/* undo looks at it: the new one is left alone, the saved one comes after. */
START_TEST(undo_looks_at_what_came_back)
{
	file_comes_back();
	undo(STEPS - 1, 1);
	ck_assert(lib_is("new"));
	states("undone came_back undone undone");
	journal("SELECT state FROM fix", "partly_undone");
	remove_file(LIB_HOST);
	undo(1, 0);
	states("undone undone undone undone");
	everything_is_back();
}

END_TEST

START_TEST(keys_come_back_too)
{
	on_done = put_hive;
	fix(1);
	on_done = NULL;
	ck_assert_uint_eq(result.came_back, 3);
	states("came_back verified came_back came_back");
	/* The keys are there; only the file is put back. */
	undo(1, 0);
	ck_assert_uint_eq(result.nothing, 3);
	everything_is_back();
}

END_TEST

/* A class waits for its file: one that is there again needs it. */
START_TEST(what_hangs_on_it_waits)
{
	file_comes_back();
	journal("UPDATE step SET state = 'planned', item = NULL, swap_id = 0 "
		"WHERE seq = 4",
		NULL);
	resume(2, 1);
	ck_assert_uint_eq(result.refused, 1);
	states("verified came_back verified failed");
}

END_TEST

/* ---- one part of the way back is damaged ------------------------- */

static void write_value(const char *key, const char *name);
static bool has_value(const char *key, const char *name);

/* Changes one byte of the item of the vault that the query names. */
static void damage(const char *sql)
{
	char *path = fixture_path(&pc, VAULT "journal.db");
	char name[256] = VAULT;
	sqlite3_stmt *q = NULL;
	sqlite3 *db = NULL;
	uint8_t *data;
	size_t nbytes;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	str_copy(name + strlen(VAULT), (const char *)sqlite3_column_text(q, 0),
		 sizeof(name) - strlen(VAULT));
	sqlite3_finalize(q);
	sqlite3_close(db);
	mem_free(path);
	data = read_file(name, &nbytes);
	data[nbytes / 2] ^= 1;
	write_file(name, data, nbytes);
	mem_free(data);
}

/* The whole hive as it was before that step. */
static void damage_hive_of(int step)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "SELECT s.item FROM swap s JOIN step t USING (swap_id) "
		 "WHERE t.seq = %d",
		 step + 1);
	damage(sql);
}

/* The hive and the step's own key: there is no way back for it. */
static void damage_all_of(int step)
{
	char sql[128];

	damage_hive_of(step);
	snprintf(sql, sizeof(sql), "SELECT item FROM step WHERE seq = %d",
		 step + 1);
	damage(sql);
}

/* The saved hives are damaged: their keys were saved, too. */
START_TEST(keys_do_without_their_hive)
{
	fix(STEPS);
	damage_hive_of(ENTRY);
	damage_hive_of(CLASS);
	undo(STEPS, 0);
	states("undone undone undone undone");
	ck_assert(lib_is(CONTENT));
	ck_assert(!software_is_back());
	ck_assert(has_value(CLASSES A "\\InprocServer32", ""));
	ck_assert(has_value(CLASSES B "\\InprocServer32", ""));
}

END_TEST

/* One of the keys is damaged as well: it holds up none of the others. */
START_TEST(one_bad_key_stands_alone)
{
	fix(STEPS);
	damage_all_of(CLASS);
	undo(STEPS - 1, 1);
	states("undone undone verified undone");
	ck_assert(!has_value(CLASSES A "\\InprocServer32", ""));
	ck_assert(has_value(CLASSES B "\\InprocServer32", ""));
	damage_all_of(CLASS);
	undo(1, 0);
	ck_assert(has_value(CLASSES A "\\InprocServer32", ""));
}

END_TEST

/*
 * The newer exchange of the hive cannot be taken back: somebody has a key
 * there. The older one waits: editing the file now would spoil the way back to
 * the whole of it for good.
 */
static void older_waits_for_newer(const char *key, size_t undone, size_t failed)
{
	size_t fixed_nbytes = 0, nbytes = 0;
	uint8_t *fixed = read_file(SOFTWARE, &fixed_nbytes);
	uint8_t *other;

	write_file(SOFTWARE, software, software_nbytes);
	write_value(key, "of somebody");
	other = read_file(SOFTWARE, &nbytes);
	undo(undone, failed);
	ck_assert(holds(SOFTWARE, other, nbytes));
	write_file(SOFTWARE, fixed, fixed_nbytes);
	undo(failed, 0);
	everything_is_back();
	mem_free(other);
	mem_free(fixed);
}

START_TEST(older_exchange_waits)
{
	fix(STEPS);
	older_waits_for_newer(CLASSES A, 1, 3);
}

END_TEST

/* The same where both lie in one run of steps: one was gone on with. */
START_TEST(older_exchange_of_one_run_waits)
{
	steps[OTHER_CLASS].server_raw = (char *)"C:\\other.dll";
	fix(STEPS - 1);
	ck_assert_uint_eq(result.refused, 1);
	journal("UPDATE step SET server_raw = CAST('" LIB "' AS BLOB) WHERE "
		"seq = 4",
		NULL);
	resume(STEPS, 0);
	journal("SELECT count(DISTINCT swap_id) FROM step WHERE swap_id > 0",
		"3");
	older_waits_for_newer(CLASSES B, 1, 3);
}

END_TEST

/* ---- what others did since stays --------------------------------- */

/* A value that somebody writes into the hive between fix and undo. */
static void write_value(const char *key, const char *name)
{
	size_t nbytes = 0;
	uint8_t *data = read_file(SOFTWARE, &nbytes), *out = NULL;
	struct reg_edit *e = NULL;

	ck_assert_msg(reg_edit_hive(data, nbytes, &e) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(
		reg_edit_set_value(e, key, name, REG_TYPE_DWORD, "\1\0\0\0", 4),
		0);
	ck_assert_int_eq(reg_edit_commit(e, &out, &nbytes), 0);
	reg_edit_close(e);
	write_file(SOFTWARE, out, nbytes);
	mem_free(out);
	mem_free(data);
}

static bool has_value(const char *key, const char *name)
{
	size_t nbytes = 0;
	uint8_t *data = read_file(SOFTWARE, &nbytes);
	struct reg_root *root = NULL;
	struct reg_key *k = NULL;
	struct reg_value v;
	bool has;

	ck_assert_int_eq(reg_open_memory(data, nbytes, NULL, NULL, NULL, &root),
			 0);
	has = reg_open_key(root, key, &k) == 0 &&
	      reg_get_value(k, name, &v) == 0;
	if (has)
		reg_value_release(&v);
	reg_close_key(k);
	reg_close(root);
	mem_free(data);
	return has;
}

START_TEST(what_was_written_since_stays)
{
	static const char inproc[] = CLASSES A "\\InprocServer32";

	fix(STEPS);
	ck_assert(!has_value(inproc, ""));
	write_value("Microsoft", "of somebody");
	undo(STEPS, 0);
	ck_assert(has_value("Microsoft", "of somebody"));
	ck_assert(has_value(inproc, ""));
	ck_assert(has_value(CLASSES B "\\InprocServer32", ""));
	ck_assert(lib_is(CONTENT));
}

END_TEST

/* ---- memory ------------------------------------------------------ */

static bool is_bounded(size_t peak)
{
	return peak <= software_nbytes / 10 * 22 + ((size_t)3 << 20);
}

/* As on a PC with little memory: the hive twice, whatever has to be done. */
static void begin_large(void)
{
	teardown();
	is_large = true;
	setup();
	is_large = false;
	ck_assert_uint_ge(software_nbytes, (size_t)16 << 20);
	peak_begin();
	fix(STEPS);
	ck_assert(is_bounded(peak_end()));
}

START_TEST(a_large_hive_is_held_twice)
{
	begin_large();
	peak_begin();
	undo(STEPS, 0);
	ck_assert(is_bounded(peak_end()));
	everything_is_back();
}

END_TEST

START_TEST(a_large_hive_is_held_twice_by_resume)
{
	begin_large();
	/* Cut off before the hive was exchanged. */
	write_file(SOFTWARE, software, software_nbytes);
	journal("UPDATE step SET state = 'applied' WHERE swap_id > 0", NULL);
	journal("UPDATE fix SET state = 'running'", NULL);
	peak_begin();
	resume(STEPS, 0);
	ck_assert(is_bounded(peak_end()));
	/* Its keys are put back one by one. */
	write_value("Microsoft", "of somebody");
	peak_begin();
	undo(STEPS, 0);
	ck_assert(is_bounded(peak_end()));
	ck_assert(has_value(CLASSES A "\\InprocServer32", ""));
}

END_TEST

/* ---- what is not as it was scanned stays ------------------------- */

static const struct {
	const char *what;
	const char *content;
	int64_t size;
} others[] = {
	{ "another size", CONTENT " and more", (int64_t)sizeof(CONTENT) - 1 },
	{ "another content", "MZ A program", (int64_t)sizeof(CONTENT) - 1 },
	{ "a size that was never its own", CONTENT, 7 },
};

START_TEST(another_file_stays)
{
	write_file(LIB_HOST, others[_i].content, strlen(others[_i].content));
	steps[FILE_STEP].size = others[_i].size;
	fix(1);
	ck_assert_uint_eq(result.refused, 3);
	ck_assert_msg(lib_is(others[_i].content), "%s", others[_i].what);
	/* What belongs to it stays with it. */
	states("verified failed failed failed");
	undo(1, 0);
	ck_assert(software_is_back());
}

END_TEST

/* ---- browsers ---------------------------------------------------- */

#define FRAME	 700u
#define TAB	 812u
#define LAUNCHER 900u
#define DESKTOP	 400u

/*
 * Internet Explorer 8: a tab that is ended its frame starts again, as long as
 * that runs, with what is registered then.
 */
static struct {
	struct process all[16];
	bool runs[16], has_it[16];
	size_t count;
	bool keeps_frame; /* which cannot be ended */
	bool is_silent;	  /* the browsers cannot be listed */
	int lists;	  /* how often all were looked into */
	struct str calls;
} ie;

static void start(uint32_t pid, uint32_t parent, const char *name, bool has_it)
{
	struct process *p = &ie.all[ie.count];

	ck_assert_uint_lt(ie.count, 16);
	p->pid = pid;
	p->parent = parent;
	p->started = (int64_t)ie.count + 1;
	p->session = 1;
	p->name = (char *)(uintptr_t)name;
	process_classify(p);
	ie.runs[ie.count] = true;
	ie.has_it[ie.count++] = has_it;
}

static bool runs(uint32_t pid)
{
	for (size_t i = 0; i < ie.count; i++)
		if (ie.all[i].pid == pid && ie.runs[i])
			return true;
	return false;
}

static void copy_to(struct vec *list, const struct process *from)
{
	struct process *p = vec_push(list);

	ck_assert_ptr_nonnull(p);
	*p = *from;
	p->name = mem_strdup(from->name);
}

static int ie_find(void *arg, const char *host_path, struct vec *ret,
		   bool *may_miss_ret)
{
	(void)arg;
	ie.lists++;
	ck_assert_ptr_nonnull(strstr(host_path, LIB_HOST));
	for (size_t i = 0; i < ie.count; i++)
		if (ie.runs[i] && ie.has_it[i])
			copy_to(ret, &ie.all[i]);
	*may_miss_ret = false;
	return 0;
}

static int ie_browsers(void *arg, struct vec *ret)
{
	(void)arg;
	if (ie.is_silent)
		return err_fail(ERR_IO, 0, "there is no list");
	for (size_t i = 0; i < ie.count; i++)
		if (ie.runs[i] && ie.all[i].is_browser)
			copy_to(ret, &ie.all[i]);
	return 0;
}

static int ie_close(void *arg, const struct process *p, unsigned wait_ms)
{
	(void)arg;
	(void)wait_ms;
	str_addf(&ie.calls, "close %u|", (unsigned)p->pid);
	return err_fail(ERR_LOCKED, 0, "it asks its user");
}

static int ie_end(void *arg, const struct process *p, unsigned wait_ms)
{
	(void)arg;
	(void)wait_ms;
	str_addf(&ie.calls, "end %u|", (unsigned)p->pid);
	if (p->pid == FRAME && ie.keeps_frame)
		return err_fail(ERR_DENIED, 0, "it is somebody else's");
	for (size_t i = 0; i < ie.count; i++)
		if (ie.all[i].pid == p->pid)
			ie.runs[i] = false;
	if (p->parent == FRAME && runs(FRAME))
		start(TAB + (uint32_t)ie.count, FRAME, "iexplore.exe",
		      software_is_back());
	return 0;
}

static const struct process_ops ie_ops = {
	.find = ie_find,
	.browsers = ie_browsers,
	.close = ie_close,
	.end = ie_end,
};

static void run_browser(bool may_end)
{
	str_release(&ie.calls);
	memset(&ie, 0, sizeof(ie));
	start(DESKTOP, 4, "explorer.exe", true);
	start(LAUNCHER, DESKTOP, "rundll32.exe", true);
	start(FRAME, DESKTOP, "iexplore.exe", false);
	start(TAB, FRAME, "iexplore.exe", true);
	programs = &ie_ops;
	may_end_browsers = may_end;
}

static size_t tabs_with_it(void)
{
	size_t n = 0;

	for (size_t i = 0; i < ie.count; i++)
		n += ie.runs[i] && ie.has_it[i] && ie.all[i].is_browser;
	return n;
}

/* Its frame first, so that it does not come back; nobody else. */
START_TEST(a_tab_and_its_frame_end)
{
	run_browser(true);
	fix(STEPS);
	ck_assert_str_eq(str_text(&ie.calls),
			 "close 700|end 700|close 812|end 812|");
	ck_assert_uint_eq(tabs_with_it(), 0);
	ck_assert(runs(DESKTOP) && runs(LAUNCHER));
	/* Before the first change; and the record tells it, too. */
	ck_assert_str_eq(str_text(&told),
			 "2 ended: iexplore.exe (700), iexplore.exe (812)|"
			 "1 done: |2 done: closed for it: iexplore.exe (700), "
			 "iexplore.exe (812)|");
	stored("SELECT error FROM v_step WHERE seq = 2",
	       "closed for it: iexplore.exe (700), iexplore.exe (812)");
	states("verified verified verified verified");
	/* Nothing was left to end, so nobody was looked into again. */
	ck_assert_int_eq(ie.lists, 1);
	str_release(&ie.calls);
	undo(STEPS, 0);
	everything_is_back();
}

END_TEST

/* Where its frame stays: it is back with it, and ended when that is over. */
START_TEST(a_tab_that_came_back_ends_again)
{
	run_browser(true);
	ie.keeps_frame = true;
	fix(STEPS);
	ck_assert_str_eq(str_text(&ie.calls),
			 "close 700|end 700|close 812|end 812|"
			 "close 700|end 700|close 816|end 816|");
	ck_assert_uint_eq(tabs_with_it(), 0);
	ck_assert_str_eq(str_text(&told),
			 "2 ended: iexplore.exe (812)|1 done: |"
			 "2 ended: iexplore.exe (816)|"
			 "2 done: closed for it: iexplore.exe (812), "
			 "iexplore.exe (816)|");
	str_release(&ie.calls);
}

END_TEST

/* Its frame is not known then; who has it loaded is, and ends twice. */
START_TEST(a_tab_ends_without_the_list)
{
	run_browser(true);
	ie.is_silent = true;
	fix(STEPS);
	ck_assert_str_eq(str_text(&ie.calls),
			 "close 812|end 812|close 816|end 816|");
	ck_assert_uint_eq(tabs_with_it(), 0);
	str_release(&ie.calls);
}

END_TEST

/* Nobody asked for it. */
START_TEST(no_browser_ends_unasked)
{
	run_browser(false);
	fix(STEPS);
	ck_assert_str_eq(str_text(&ie.calls), "");
	ck_assert(runs(FRAME) && runs(TAB));
	ck_assert_str_eq(str_text(&told), "1 done: |2 done: |");
	journal("SELECT count(error) FROM step", "0");
}

END_TEST

/* What the guard keeps is no reason to close anything. */
START_TEST(no_browser_ends_for_what_stays)
{
	run_browser(true);
	write_file(LIB_HOST, "MZ another one", 14);
	fix(1);
	ck_assert_str_eq(str_text(&ie.calls), "");
	ck_assert(runs(FRAME) && runs(TAB));
}

END_TEST

/* That a file could not go tells what was closed for it all the same. */
START_TEST(a_failure_tells_what_was_closed)
{
	run_browser(true);
	on_done = put_file;
	fix(STEPS - 1);
	stored("SELECT state || ': ' || error FROM v_step WHERE seq = 2",
	       "came_back: it came back: a program that still runs put it "
	       "there again; closed for it: iexplore.exe (700), iexplore.exe "
	       "(812)");
	str_release(&ie.calls);
}

END_TEST

static Suite *fixer_suite(void)
{
	Suite *s = suite_create("fixer");
	TCase *tc = tcase_create("fixer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, there_and_back);
	tcase_add_test(tc, gone_already);
	tcase_add_test(tc, undo_overtakes);
	tcase_add_test(tc, restart_overtakes);
	tcase_add_test(tc, worked_on);
	tcase_add_test(tc, open_vault_tells_nothing);
	tcase_add_test(tc, some_gone_already);
	tcase_add_test(tc, there_already);
	tcase_add_loop_test(tc, the_store_is_lost, 0,
			    sizeof(losses) / sizeof(losses[0]));
	tcase_add_test(tc, resume_looks_whether_it_stayed);
	tcase_add_test(tc, undo_looks_at_what_came_back);
	tcase_add_test(tc, keys_come_back_too);
	tcase_add_test(tc, what_hangs_on_it_waits);
	tcase_add_test(tc, keys_do_without_their_hive);
	tcase_add_test(tc, one_bad_key_stands_alone);
	tcase_add_test(tc, older_exchange_waits);
	tcase_add_test(tc, older_exchange_of_one_run_waits);
	tcase_add_test(tc, what_was_written_since_stays);
	tcase_add_test(tc, a_large_hive_is_held_twice);
	tcase_add_test(tc, a_large_hive_is_held_twice_by_resume);
	tcase_add_loop_test(tc, another_file_stays, 0,
			    sizeof(others) / sizeof(others[0]));
	tcase_add_test(tc, a_tab_and_its_frame_end);
	tcase_add_test(tc, a_tab_that_came_back_ends_again);
	tcase_add_test(tc, a_tab_ends_without_the_list);
	tcase_add_test(tc, no_browser_ends_unasked);
	tcase_add_test(tc, no_browser_ends_for_what_stays);
	tcase_add_test(tc, a_failure_tells_what_was_closed);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(fixer_suite)

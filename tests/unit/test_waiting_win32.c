/*
 * A fix of a file that is in use, from plan to undo, with Windows' answers
 * that Wine never gives, cut off at each of its steps.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A step that ends with "no memory" ends the fix there: the journal is then
 * as after a crash.
 */
#include "unit.h"
#include "store_fixture.h"
#include "target_fixture.h"
#include "wine_win32.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/change_win32.h"
#include "host/wide_win32.h"
#include "remediate/since_scan.h"
#include "remediate/fixer.h"

#include <sqlite3.h>
#include <string.h>

#define LIB	 "C:\\Program Files\\Shared\\lib.dll"
#define LIB_HOST "Program Files/Shared/lib.dll"
#define VAULT	 "ProgramData/mstmpsweep/vault/"
#define CONTENT	 "MZ a program"
#define HIDDEN_READ_ONLY                                                       \
	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |                     \
	 FILE_ATTRIBUTE_SYSTEM)

static struct fixture pc;
static struct target *target;
static struct store *store;
static struct fixer *fixer;
static struct plan plan;
static struct step step;
static struct fix_result result;
static char told[400]; /* text of the last event of a step */
static enum fix_event event;
static size_t note_count;

/* ---- the fake ------------------------------------------------------------ */

static struct {
	uint32_t write_status;	 /* of opening it to write */
	uint32_t removal_status; /* of marking it for removal, where it is */
	uint32_t waiting_status; /* the same where it waits */
	uint32_t clear_status;	 /* of taking the read-only attribute there */
	bool comes_back;	 /* moved away it is there again at once */
	bool half_a_removal; /* the attribute goes, and does not come back */
	int find_err;
	size_t user_count; /* programs that have it loaded */
	bool may_miss;
	int queue_err;
	size_t removal_count, queue_count, close_count, control_count;
	size_t controls_at_restore; /* how many before it is put back */
	char *queued; /* path of the last removal that was asked for */
} fake;

static bool is_path(HANDLE handle, const char *part)
{
	char *path = NULL;
	bool yes = false;

	if (win_ask_system.path(handle, &path) == 0)
		yes = strstr(path, part) != NULL;
	mem_free(path);
	return yes;
}

static uint32_t fake_open(const struct win_open *o, HANDLE *ret)
{
	if (fake.write_status != 0 && o->access == FILE_WRITE_DATA &&
	    o->name_nchars == 7 && wcsncmp(o->name, L"lib.dll", 7) == 0)
		return fake.write_status;
	return win_ask_system.open(o, ret);
}

static uint32_t fake_removal(HANDLE handle)
{
	if (is_path(handle, "restart-"))
		return fake.waiting_status;
	if (!is_path(handle, "lib.dll"))
		return 0;
	fake.removal_count++;
	return fake.removal_status;
}

static uint32_t fake_set(HANDLE handle, const void *buf, size_t nbytes,
			 enum win_info_class what)
{
	uint32_t status = 0;

	if (what == WIN_FILE_DISPOSITION)
		status = fake_removal(handle);
	else if (what == WIN_FILE_BASIC && is_path(handle, "restart-"))
		status = fake.clear_status;
	else if (what == WIN_FILE_BASIC && fake.half_a_removal &&
		 is_path(handle, "lib.dll") && fake.removal_count > 0)
		status = WIN_STATUS_ACCESS_DENIED;
	if (what == WIN_FILE_RENAME && is_path(handle, "Shared\\mstmpsweep-"))
		fake.controls_at_restore = fake.control_count;
	if (status == 0)
		status = win_ask_system.set(handle, buf, nbytes, what);
	if (what == WIN_FILE_RENAME && fake.comes_back &&
	    is_path(handle, "restart-"))
		fixture_file(&pc, LIB_HOST, CONTENT);
	return status;
}

static DWORD fake_set_security(HANDLE handle, DWORD parts, uint8_t *sd)
{
	(void)handle;
	(void)parts;
	(void)sd;
	return 0;
}

static DWORD fake_control(HANDLE handle, DWORD code)
{
	(void)code;
	ck_assert(is_path(handle, "restart-"));
	fake.control_count++;
	return 0;
}

static int fake_browsers(void *arg, struct vec *ret)
{
	(void)arg;
	if (fake.find_err)
		return err_fail(fake.find_err, 0, "the list is short");
	for (size_t i = 0; i < fake.user_count; i++) {
		struct process *p = vec_push(ret);

		p->pid = 800 + (uint32_t)i;
		p->started = 1;
		p->name = mem_strdup("iexplore.exe");
		p->is_browser = true;
	}
	return 0;
}

static int fake_find(void *arg, const char *host_path, struct vec *ret,
		     bool *may_miss_ret)
{
	ck_assert(strstr(host_path, "lib.dll") != NULL);
	*may_miss_ret = fake.may_miss;
	return fake_browsers(arg, ret);
}

static int fake_close(void *arg, const struct process *p, unsigned wait_ms)
{
	(void)arg;
	(void)p;
	(void)wait_ms;
	fake.close_count++;
	return 0;
}

static int fake_remove_at_restart(void *arg, const char *host_path)
{
	(void)arg;
	if (fake.queue_err)
		return err_fail(fake.queue_err, 0, "the list is damaged");
	mem_free(fake.queued);
	fake.queued = mem_strdup(host_path);
	fake.queue_count++;
	return 0;
}

static const struct process_ops fake_programs = {
	.find = fake_find,
	.browsers = fake_browsers,
	.close = fake_close,
	.end = fake_close,
	.remove_at_restart = fake_remove_at_restart,
};

static struct win_ask fake_ask;

/* ---- the PC -------------------------------------------------------------- */

static wchar_t *wide(const char *host)
{
	wchar_t *ret = NULL;

	ck_assert_int_eq(wide_path(host, &ret), 0);
	return ret;
}

static DWORD attrs_of(const char *host)
{
	wchar_t *w = wide(host);
	const DWORD attrs = GetFileAttributesW(w);

	mem_free(w);
	return attrs == INVALID_FILE_ATTRIBUTES ? attrs
						: attrs & HIDDEN_READ_ONLY;
}

static void attrs_set(const char *host, DWORD attrs)
{
	wchar_t *w = wide(host);

	ck_assert(SetFileAttributesW(w, attrs));
	mem_free(w);
}

static void file_move(const char *from, const char *to)
{
	wchar_t *a = wide(from), *b = wide(to);

	ck_assert(MoveFileW(a, b));
	mem_free(a);
	mem_free(b);
}

static char *lib(void)
{
	return fixture_path(&pc, LIB_HOST);
}

static bool lib_is(const char *content)
{
	char *host = lib();
	void *data = NULL;
	size_t n = 0;
	bool same;

	if (host_read_file(host, 1024, &data, &n) != 0)
		same = content == NULL;
	else
		same = content != NULL && n == strlen(content) &&
		       memcmp(data, content, n) == 0;
	mem_free(data);
	mem_free(host);
	return same;
}

/* It is as it was: content, attributes, time. */
static void is_as_it_was(int64_t written)
{
	struct host_stat st;
	char *host = lib();

	ck_assert(lib_is(CONTENT));
	ck_assert_uint_eq(attrs_of(host), HIDDEN_READ_ONLY);
	ck_assert_int_eq(host_stat(host, false, &st), 0);
	ck_assert_int_eq(st.written, written);
	mem_free(host);
}

static int64_t written_of(void)
{
	struct host_stat st;
	char *host = lib();

	ck_assert_int_eq(host_stat(host, false, &st), 0);
	mem_free(host);
	return st.written;
}

static void make_plan(void)
{
	const struct vec v = VEC_INIT(struct step *, 1);

	memset(&plan, 0, sizeof(plan));
	memset(&step, 0, sizeof(step));
	plan.steps = v;
	plan.scan_id = 1;
	plan.target_id = fx_target.target_id;
	plan.computer = (char *)"TARO-PC";
	plan.started_at = (char *)"2010-10-25T00:00:00Z";
	step.seq = 1;
	step.phase = PHASE_FILE;
	step.action = ACT_QUARANTINE_FILE;
	step.kind = "file";
	step.target = (char *)LIB;
	step.subject = (char *)LIB;
	step.reason = (char *)"because";
	step.finding_id = 1;
	digest_sha256_hex(CONTENT, strlen(CONTENT), step.sha256);
	step.size = (int64_t)strlen(CONTENT);
	step.picked = true;
	*(struct step **)vec_push(&plan.steps) = &step;
}

static void on_event(void *arg, enum fix_event e, const struct step *s,
		     const char *text)
{
	(void)arg;
	if (e == FIX_NOTE)
		note_count++;
	if (s == NULL || e == FIX_PROGRAMS_ENDED)
		return;
	event = e;
	str_copy(told, text ? text : "", sizeof(told));
}

static void setup(void)
{
	char *host;

	fixture_init(&pc);
	fixture_windows7(&pc);
	fixture_machine_hives(&pc, "Windows/System32/config");
	fixture_folder(&pc, "ProgramData");
	fixture_file(&pc, LIB_HOST, CONTENT);
	host = lib();
	attrs_set(host, HIDDEN_READ_ONLY);
	mem_free(host);
	make_plan();
	target = fixture_open(&pc);
	ck_assert_int_eq(store_open(":memory:", &store), 0);
	ck_assert_int_eq(fx_record_scan(store), 1);
	memset(&fake, 0, sizeof(fake));
	note_count = 0;
	fake_ask = win_ask_system;
	fake_ask.open = fake_open;
	fake_ask.set = fake_set;
	fake_ask.set_security = fake_set_security;
	fake_ask.control = fake_control;
	win_ask = &fake_ask;
}

static void teardown(void)
{
	char *host = lib();

	win_ask = &win_ask_system;
	fixer_close(fixer);
	fixer = NULL;
	store_close(store);
	target_free(target);
	vec_release(&plan.steps);
	mem_free(fake.queued);
	if (attrs_of(host) != INVALID_FILE_ATTRIBUTES)
		attrs_set(host, FILE_ATTRIBUTE_NORMAL);
	mem_free(host);
	fixture_release(&pc);
}

/* ---- what is done -------------------------------------------------------- */

static void open_fixer(bool end_browsers)
{
	const struct fixer_options o = { .target = target,
					 .store = store,
					 .store_path = "s.db",
					 .processes = &fake_programs,
					 .end_browsers = end_browsers,
					 .event = on_event };

	memset(&result, 0, sizeof(result));
	told[0] = '\0';
	event = FIX_NOTE;
	ck_assert_msg(fixer_open(&o, true, &fixer) == 0, "%s",
		      err_last()->text);
}

static void close_fixer(void)
{
	fixer_close(fixer);
	fixer = NULL;
}

/* Ends as if it had been killed where `want` is ERR_NOMEM. */
static void fix(int want)
{
	int err;

	open_fixer(false);
	err = fixer_fix(fixer, &plan, &result);
	ck_assert_msg(err == want, "%s", err_last()->text);
	close_fixer();
}

static void resume(void)
{
	open_fixer(false);
	ck_assert_msg(fixer_resume(fixer, &result) == 0, "%s",
		      err_last()->text);
	close_fixer();
}

static void undo(size_t undone)
{
	const struct undo_options all = { 0 };

	open_fixer(false);
	ck_assert_msg(fixer_undo(fixer, &all, &result) == 0, "%s",
		      err_last()->text);
	close_fixer();
	ck_assert_uint_eq(result.failed, 0);
	ck_assert_uint_eq(result.undone, undone);
}

/* One word of the journal, "" for none; NULL: a change of it. */
static void journal(const char *sql, const char *want)
{
	char *path = fixture_path(&pc, VAULT "journal.db");

	fx_database(path, sql, want);
	mem_free(path);
}

/* State, and whether it was moved. */
static void step_is(const char *state, bool is_moved)
{
	journal("SELECT state FROM step", state);
	journal("SELECT moved_to IS NOT NULL FROM step", is_moved ? "1" : "0");
}

/* Where it waits; NULL: nothing does; caller frees. */
static char *waiting(void)
{
	static const char *const folders[] = { VAULT, VAULT "tmp" };
	char *found = NULL;

	for (size_t i = 0; i < 2 && !found; i++) {
		char *folder = fixture_path(&pc, folders[i]);
		struct host_dirent entry;
		struct host_dir *d = NULL;

		if (host_dir_open(folder, &d) == 0) {
			while (!found && host_dir_next(d, &entry) > 0)
				if (strncmp(entry.name, "restart-", 8) == 0)
					found = host_join(folder, entry.name);
			host_dir_close(d);
		}
		mem_free(folder);
	}
	return found;
}

static void nothing_waits(void)
{
	ck_assert_ptr_null(waiting());
}

/* It waits, without what bars its removal, and that very path is queued. */
static void one_waits(void)
{
	char *path = waiting();

	ck_assert_ptr_nonnull(path);
	ck_assert_uint_eq(attrs_of(path),
			  HIDDEN_READ_ONLY & ~FILE_ATTRIBUTE_READONLY);
	ck_assert_ptr_nonnull(fake.queued);
	ck_assert_str_eq(fake.queued, path);
	ck_assert_uint_gt(fake.control_count, 0);
	mem_free(path);
}

/* As the start of Windows does. */
static void restart(void)
{
	char *path = waiting();

	ck_assert_ptr_nonnull(path);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
}

/* ---- how it is found out ------------------------------------------------- */

static const struct {
	const char *what;
	uint32_t write_status, removal_status;
	size_t user_count;
	bool may_miss;
	int find_err;
	bool waits;
	size_t removals; /* tries */
	const char *who;
} ways[] = {
	{ "opening tells", WIN_STATUS_SHARING, 0, 1, false, 0, true, 0,
	  "iexplore.exe (800)" },
	{ "a program has it", WIN_STATUS_ACCESS_DENIED, 0, 2, false, 0, true, 0,
	  "iexplore.exe (800), iexplore.exe (801)" },
	{ "none has it", WIN_STATUS_ACCESS_DENIED, 0, 0, false, 0, false, 1,
	  "" },
	{ "none that can be asked has it", WIN_STATUS_ACCESS_DENIED, 0, 0, true,
	  0, false, 1, "" },
	{ "none has it, but it does not go", WIN_STATUS_ACCESS_DENIED,
	  WIN_STATUS_CANNOT_DELETE, 0, false, 0, true, 1, "" },
	{ "one that cannot be asked has it", WIN_STATUS_ACCESS_DENIED,
	  WIN_STATUS_CANNOT_DELETE, 0, true, 0, true, 1,
	  "perhaps a 64-bit program" },
	{ "none can be asked", WIN_STATUS_ACCESS_DENIED,
	  WIN_STATUS_CANNOT_DELETE, 0, false, ERR_IO, true, 1, "" },
	{ "the opening was wrong", 0, WIN_STATUS_CANNOT_DELETE, 1, false, 0,
	  true, 1, "iexplore.exe (800)" },
	{ "none can be asked, it is held", WIN_STATUS_SHARING, 0, 0, false,
	  ERR_IO, true, 0, "" },
};

START_TEST(goes_or_waits)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.write_status = ways[_i].write_status;
	fake.removal_status = ways[_i].removal_status;
	fake.waiting_status = WIN_STATUS_CANNOT_DELETE;
	fake.user_count = ways[_i].user_count;
	fake.may_miss = ways[_i].may_miss;
	fake.find_err = ways[_i].find_err;
	fix(0);
	ck_assert_msg(result.done == 1 && result.waits == ways[_i].waits,
		      "%s: %s", ways[_i].what, told);
	ck_assert_int_eq(event,
			 ways[_i].waits ? FIX_STEP_WAITS : FIX_STEP_DONE);
	ck_assert_msg(*ways[_i].who ? strstr(told, ways[_i].who) != NULL
				    : !*told,
		      "%s: %s", ways[_i].what, told);
	ck_assert_uint_eq(fake.removal_count, ways[_i].removals);
	ck_assert_uint_eq(fake.queue_count, ways[_i].waits);
	ck_assert(lib_is(NULL));
	step_is("verified", ways[_i].waits);
	if (ways[_i].waits)
		one_waits();
	else
		nothing_waits();
	undo(1);
	is_as_it_was(written);
}

END_TEST

/* Before the first change, where the opening did not tell, too. */
START_TEST(browsers_are_ended_first)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.write_status = WIN_STATUS_ACCESS_DENIED;
	fake.user_count = 1;
	open_fixer(true);
	ck_assert_int_eq(fixer_fix(fixer, &plan, &result), 0);
	close_fixer();
	ck_assert_uint_eq(fake.close_count, 1);
}

END_TEST

static void fix_that_waits(int want)
{
	fake.write_status = WIN_STATUS_ACCESS_DENIED;
	fake.user_count = 1;
	fake.waiting_status = WIN_STATUS_CANNOT_DELETE;
	fix(want);
}

/* Put there again in that moment: the one that was moved goes all the same. */
START_TEST(comes_back_at_once)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.write_status = WIN_STATUS_SHARING;
	fake.comes_back = true;
	fix(0);
	ck_assert_uint_eq(result.came_back, 1);
	ck_assert_uint_eq(result.waits, 1);
	ck_assert_uint_eq(result.failed, 0);
	step_is("came_back", true);
	one_waits();
	ck_assert(lib_is(CONTENT));
}

END_TEST

/* What lies where it is to wait is left alone, and the file where it is. */
START_TEST(place_to_wait_is_taken)
{
	char *host, *path;

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fix_that_waits(0);
	path = waiting();
	host = lib();
	ck_assert_int_eq(host_write_file(host, CONTENT, strlen(CONTENT)), 0);
	attrs_set(host, HIDDEN_READ_ONLY);
	journal("UPDATE step SET state = 'planned', moved_to = NULL", NULL);
	journal("UPDATE fix SET state = 'running'", NULL);
	resume();
	ck_assert_uint_eq(result.failed, 1);
	ck_assert_uint_eq(result.came_back + result.waits, 0);
	step_is("applied", false);
	ck_assert(lib_is(CONTENT));
	ck_assert_uint_eq(attrs_of(host), HIDDEN_READ_ONLY);
	mem_free(host);
	mem_free(path);
}

END_TEST

/* ---- undo before and after the restart ----------------------------------- */

/* Still loaded: it goes at the restart, and what is back stays. */
START_TEST(undo_before_the_restart)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fix_that_waits(0);
	one_waits();
	undo(1);
	is_as_it_was(written);
	one_waits();
	ck_assert_uint_eq(note_count, 0);
	step_is("undone", true);
	restart();
	is_as_it_was(written);
}

END_TEST

/* Nobody has it any more: it goes with the undo. */
START_TEST(undo_takes_away_what_waits)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fix_that_waits(0);
	fake.waiting_status = 0;
	undo(1);
	is_as_it_was(written);
	nothing_waits();
	ck_assert_uint_eq(fake.queue_count, 1);
}

END_TEST

/* The list took it neither then nor now: that is told, and undo is done. */
START_TEST(undo_with_a_list_that_is_damaged)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.queue_err = ERR_CORRUPT;
	fix_that_waits(0);
	ck_assert_uint_eq(result.waits, 0);
	ck_assert_int_eq(event, FIX_STEP_DONE);
	ck_assert_msg(strstr(told, "damaged") && strstr(told, "restart-"), "%s",
		      told);
	undo(1);
	is_as_it_was(written);
	ck_assert_uint_eq(note_count, 1);
}

END_TEST

/* Everything in the vault but the journal gets another content. */
static void spoil_items(void)
{
	char *vault = fixture_path(&pc, VAULT);
	struct host_dirent entry;
	struct host_dir *d = NULL;
	size_t count = 0;

	ck_assert_int_eq(host_dir_open(vault, &d), 0);
	while (host_dir_next(d, &entry) == 1) {
		char *path = host_join(vault, entry.name);

		if (entry.st.type == HOST_FILE &&
		    !ascii_istarts_with(entry.name, "journal")) {
			ck_assert_int_eq(host_write_file(path, "no", 2), 0);
			count++;
		}
		mem_free(path);
	}
	host_dir_close(d);
	mem_free(vault);
	ck_assert_uint_eq(count, 1);
}

/* What waits is the last copy then: a person is told where it is. */
START_TEST(undo_without_the_item)
{
	const struct undo_options all = { 0 };

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fix_that_waits(0);
	spoil_items();
	open_fixer(false);
	ck_assert_int_eq(fixer_undo(fixer, &all, &result), 0);
	close_fixer();
	ck_assert_uint_eq(result.failed, 1);
	ck_assert_uint_eq(note_count, 1);
	ck_assert_msg(strstr(told, "restart-") && strstr(told, "copy it"), "%s",
		      told);
	one_waits();
}

END_TEST

/* Its attribute stays: it is asked for all the same, and a person is told. */
START_TEST(attribute_that_stays_is_told)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.clear_status = WIN_STATUS_ACCESS_DENIED;
	fix_that_waits(0);
	ck_assert_uint_eq(result.waits, 0);
	ck_assert_uint_eq(fake.queue_count, 1);
	ck_assert_msg(strstr(told, "attributes") && strstr(told, "restart-"),
		      "%s", told);
}

END_TEST

/* ---- cut off ------------------------------------------------------------- */

/*
 * Killed within the fix, and what is to come of it: gone on with, or
 * taken back; with the file still in use, or free by now.
 */
enum cut {
	BEFORE_THE_MOVE,
	BEFORE_THE_ATTRIBUTE,
	BEFORE_THE_LIST,
	CUT_COUNT
};

static void cut_off(enum cut cut)
{
	char *host, *path;

	switch (cut) {
	case BEFORE_THE_MOVE:
		fix_that_waits(0);
		/* Back to where the journal had been written, no more. */
		host = lib();
		path = waiting();
		file_move(path, host);
		attrs_set(host, HIDDEN_READ_ONLY);
		mem_free(path);
		mem_free(host);
		journal("UPDATE step SET state = 'applied'", NULL);
		journal("UPDATE fix SET state = 'running'", NULL);
		break;
	case BEFORE_THE_ATTRIBUTE:
		fake.clear_status = WIN_STATUS_NO_MEMORY;
		fix_that_waits(ERR_NOMEM);
		fake.clear_status = 0;
		host = waiting();
		ck_assert_uint_eq(attrs_of(host), HIDDEN_READ_ONLY);
		mem_free(host);
		break;
	default:
		fake.queue_err = ERR_NOMEM;
		fix_that_waits(ERR_NOMEM);
		fake.queue_err = 0;
		break;
	}
	step_is("applied", true);
	mem_free(fake.queued);
	fake.queued = NULL;
	fake.queue_count = 0;
	fake.control_count = 0;
}

/* What no restart did must not look as if one had. */
static void no_restart_is_told(void)
{
	char seen[SINCE_SCAN_TEXT_NBYTES];
	struct since_scan c;

	ck_assert_int_eq(since_scan_read(target, NULL, NULL, &c), 0);
	since_scan_text(&c, seen);
	since_scan_release(&c);
	ck_assert_str_eq(strchr(seen, '/'), "/0");
}

START_TEST(gone_on_with_in_use)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off((enum cut)_i);
	resume();
	ck_assert_uint_eq(result.done, 1);
	ck_assert_uint_eq(result.waits, 1);
	ck_assert(lib_is(NULL));
	step_is("verified", true);
	one_waits();
	no_restart_is_told();
	undo(1);
	is_as_it_was(written);
}

END_TEST

/* Free by now: it goes at once. */
START_TEST(gone_on_with_free)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off((enum cut)_i);
	fake.user_count = 0;
	fake.waiting_status = 0;
	resume();
	ck_assert_uint_eq(result.done, 1);
	ck_assert_uint_eq(result.waits, 0);
	ck_assert_uint_eq(fake.queue_count, 0);
	ck_assert(lib_is(NULL));
	nothing_waits();
	step_is("verified", false);
	no_restart_is_told();
	undo(1);
	is_as_it_was(written);
}

END_TEST

/* The first removal of a fix that was cut off shows the use. */
START_TEST(gone_on_with_in_use_unseen)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off((enum cut)_i);
	fake.user_count = 0;
	fake.removal_status = WIN_STATUS_CANNOT_DELETE;
	resume();
	ck_assert_uint_eq(result.waits, 1);
	ck_assert(lib_is(NULL));
	one_waits();
}

END_TEST

START_TEST(taken_back)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off((enum cut)_i);
	/* By now the opening tells, which is no reason to call it another. */
	fake.write_status = WIN_STATUS_SHARING;
	undo(_i != BEFORE_THE_MOVE);
	is_as_it_was(written);
	step_is("undone", true);
	if (_i != BEFORE_THE_MOVE) {
		one_waits();
		/* Two of one object id there cannot be. */
		ck_assert_uint_eq(fake.controls_at_restore, 1);
	} else {
		nothing_waits();
	}
}

END_TEST

/* Where only the removal tells, too: noted before it is moved. */
START_TEST(use_that_was_unseen_is_noted)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.removal_status = WIN_STATUS_CANNOT_DELETE;
	fake.waiting_status = WIN_STATUS_CANNOT_DELETE;
	fake.clear_status = WIN_STATUS_NO_MEMORY;
	fix(ERR_NOMEM);
	fake.clear_status = 0;
	step_is("applied", true);
	resume();
	ck_assert_uint_eq(result.waits, 1);
	one_waits();
	undo(1);
	is_as_it_was(written);
}

END_TEST

/* A restart was there first: nothing is asked for again. */
START_TEST(gone_on_with_after_the_restart)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off(BEFORE_THE_LIST);
	restart();
	resume();
	ck_assert_uint_eq(result.done, 1);
	ck_assert_uint_eq(result.waits, 0);
	ck_assert_uint_eq(fake.queue_count, 0);
	step_is("verified", true);
}

END_TEST

/* Something new has its name: the one that was moved is seen to its end. */
START_TEST(gone_on_with_something_new_there)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off(BEFORE_THE_ATTRIBUTE);
	fixture_file(&pc, LIB_HOST, "new");
	resume();
	ck_assert_uint_eq(result.came_back, 1);
	ck_assert_uint_eq(result.failed + result.refused, 0);
	step_is("came_back", true);
	one_waits();
	ck_assert(lib_is("new"));
}

END_TEST

/*
 * What lies where it was moved to is not what was saved: no step is done with
 * it, neither this way nor the other goes by without a word, and it stays.
 */
START_TEST(what_waits_is_another)
{
	const int64_t written = written_of();
	char *path, *now;

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	cut_off(BEFORE_THE_LIST);
	path = waiting();
	ck_assert_int_eq(host_write_file(path, "another", 7), 0);
	fake.waiting_status = 0;
	resume();
	ck_assert_uint_eq(result.failed, 1);
	ck_assert_uint_eq(result.done + result.waits, 0);
	ck_assert_msg(strstr(told, "not what was saved") &&
			      strstr(told, "restart-"),
		      "%s", told);
	step_is("applied", true);
	ck_assert_uint_eq(fake.queue_count, 0);
	note_count = 0;
	undo(1);
	ck_assert_uint_eq(note_count, 1);
	is_as_it_was(written);
	now = waiting();
	ck_assert_pstr_eq(now, path);
	mem_free(now);
	mem_free(path);
}

END_TEST

/* ---- a removal that was cut off ------------------------------------------ */

/* Its attribute was taken for a removal that did not come about. */
START_TEST(attribute_comes_back)
{
	const int64_t written = written_of();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.removal_status = 0xC0000185u; /* I/O error */
	fake.half_a_removal = true;
	fix(0);
	ck_assert_uint_eq(result.failed, 1);
	step_is("applied", false);
	fake.half_a_removal = false;
	fake.removal_status = 0;
	undo(0);
	ck_assert_uint_eq(result.nothing, 1);
	is_as_it_was(written);
}

END_TEST

/* Gone on with it never looks again as if nothing had been changed. */
START_TEST(change_under_way_stays_one)
{
	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fake.removal_status = 0xC0000185u;
	fix(0);
	step_is("applied", false);
	fake.removal_status = 0;
	ck_assert_int_eq(sqlite3_exec(store_db(store),
				      "CREATE TRIGGER t BEFORE UPDATE ON step "
				      "WHEN NEW.state = 'saved' BEGIN SELECT "
				      "RAISE(FAIL, 'looks so'); END",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	note_count = 0;
	resume();
	ck_assert_uint_eq(result.done, 1);
	ck_assert_uint_eq(note_count, 0);
	step_is("verified", false);
}

END_TEST

/* Seen to be gone, one that is like it is another's, and stays as it is. */
START_TEST(anothers_file_keeps_its_attributes)
{
	char *host = lib();

	SKIP_IF_READ_ONLY_IS_LOST(pc.root);
	fix(0);
	fixture_file(&pc, LIB_HOST, CONTENT);
	undo(0);
	ck_assert_uint_eq(result.nothing, 1);
	ck_assert_uint_eq(attrs_of(host), 0);
	mem_free(host);
}

END_TEST

static Suite *waiting_win32_suite(void)
{
	Suite *s = suite_create("waiting_win32");
	TCase *tc = tcase_create("waiting_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, goes_or_waits, 0,
			    sizeof(ways) / sizeof(ways[0]));
	tcase_add_test(tc, browsers_are_ended_first);
	tcase_add_test(tc, comes_back_at_once);
	tcase_add_test(tc, place_to_wait_is_taken);
	tcase_add_test(tc, undo_before_the_restart);
	tcase_add_test(tc, undo_takes_away_what_waits);
	tcase_add_test(tc, undo_with_a_list_that_is_damaged);
	tcase_add_test(tc, undo_without_the_item);
	tcase_add_test(tc, attribute_that_stays_is_told);
	tcase_add_loop_test(tc, gone_on_with_in_use, 0, CUT_COUNT);
	tcase_add_loop_test(tc, gone_on_with_free, 0, CUT_COUNT);
	tcase_add_loop_test(tc, gone_on_with_in_use_unseen, 0, CUT_COUNT);
	tcase_add_loop_test(tc, taken_back, 0, CUT_COUNT);
	tcase_add_test(tc, use_that_was_unseen_is_noted);
	tcase_add_test(tc, gone_on_with_after_the_restart);
	tcase_add_test(tc, gone_on_with_something_new_there);
	tcase_add_test(tc, what_waits_is_another);
	tcase_add_test(tc, attribute_comes_back);
	tcase_add_test(tc, change_under_way_stays_one);
	tcase_add_test(tc, anothers_file_keeps_its_attributes);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(waiting_win32_suite)

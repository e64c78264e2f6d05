/*
 * The guard's answers, one refusal after the other: to a plan as a whole, to
 * keys and to files of a small offline Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "match_fixture.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/wtime.h"
#include "remediate/guard_internal.h"

#include <string.h>
#include <unistd.h>

#define A    "{AAAAAAAA-0000-1111-2222-333333333333}"
#define B    "{BBBBBBBB-0000-1111-2222-333333333333}"
#define OURS "{CCCCCCCC-0000-1111-2222-333333333333}"
#define HKLM "HKLM\\SOFTWARE\\"
#define BHO                                                                    \
	"Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper "        \
	"Objects\\"
#define SETTINGS "Microsoft\\Windows\\CurrentVersion\\Ext\\Settings\\"
#define KILLED	 "Microsoft\\Internet Explorer\\ActiveX Compatibility\\"
#define FILTER	 "Classes\\PROTOCOLS\\Filter\\text/html"
#define CLASSES	 "Classes\\CLSID\\"
#define TYPELIB	 "Classes\\TypeLib\\" A
#define LIB	 "C:\\Program Files\\Shared\\lib.dll"
#define CONTENT	 "MZ a program"
/* What a class shows of its server, and all of it (our UTF-8: C0 80). */
#define SHOWN  "C:\\shown.dll"
#define HIDDEN SHOWN "\xC0\x80hidden"

static struct fixture pc;
static struct target *target;
static struct pack *pack;
static struct guard *guard;
static struct vec volumes;
static char *vault;

static void dword(const char *key, const char *name, uint32_t value)
{
	fixture_dword(pc.software, key, name, value);
}

/* A text with something behind a NUL. */
static void make_hidden(const char *key, const char *name)
{
	static const char text[] = SHOWN "\0hidden";
	uint8_t units[2 * sizeof(text)] = { 0 };

	for (size_t i = 0; i < sizeof(text); i++)
		units[2 * i] = (uint8_t)text[i];
	hive_maker_value(hive_maker_path(pc.software, key), name, REG_TYPE_SZ,
			 units, sizeof(units));
}

static void make_keys(void)
{
	struct hive_maker_key *link;

	hive_maker_path(pc.software, BHO A);
	hive_maker_path(pc.software, BHO OURS);
	hive_maker_path(pc.software, KILLED A);
	fixture_text(pc.software, FILTER, "CLSID", A);
	fixture_text(pc.software, CLASSES A "\\InprocServer32", "", LIB);
	make_hidden(CLASSES B "\\InprocServer32", "");
	make_hidden(CLASSES OURS "\\InprocServer32", "InprocServer32");
	fixture_text(pc.software, "Classes\\Mine\\CLSID", "", A);
	fixture_text(pc.software, "Classes\\Other\\CLSID", "", B);
	fixture_text(pc.software, TYPELIB, "", "a library");
	dword(SETTINGS A, "Flags", 0x01);
	dword(SETTINGS B, "Flags", 0x10);
	dword(SETTINGS OURS, "Flags", 0x40);
	link = hive_maker_path(pc.software, "Classes\\Link");
	link->flags |= REGF_KEY_SYM_LINK;
	hive_maker_value(link, "SymbolicLinkValue", REG_TYPE_LINK, "\\\0R\0",
			 4);
}

static void begin(void)
{
	const struct guard_options o = { .target = target,
					 .pack = pack,
					 .vault_host = vault,
					 .volumes = &volumes };

	ck_assert_int_eq(guard_new(&o, &guard), 0);
}

static void setup(void)
{
	static const char rule[] =
		"rule r { meta: score = 50 strings: $a = \"abcd\" "
		"condition: $a }";
	char sum[65], list[512];
	const char *const files[] = { "rules/t.yar", rule, "allow.tsv",
				      list,	     NULL, NULL };

	digest_sha256_hex("ours", 4, sum);
	snprintf(list, sizeof(list),
		 "sha256\t%s\tit is ours\n"
		 "path\tC:\\Ours\\*\tit is ours\n"
		 "clsid\t" OURS "\tit is ours\n",
		 sum);
	ck_assert_msg(fixture_pack_files(files, &pack) == 0, "%s",
		      err_last()->text);
	volumes = (struct vec)VEC_INIT(struct guard_volume, 2);
	fixture_init(&pc);
	fixture_windows7(&pc);
	make_keys();
	fixture_machine_hives(&pc, "Windows/System32/config");
	fixture_file(&pc, "Program Files/Shared/lib.dll", CONTENT);
	target = fixture_open(&pc);
	vault = fixture_path(&pc, "ProgramData/keep");
	begin();
}

static void teardown(void)
{
	guard_free(guard);
	mem_free(vault);
	vec_release(&volumes);
	target_free(target);
	fixture_release(&pc);
	pack_free(pack);
}

/* ---- the plan as a whole ----------------------------------------- */

START_TEST(a_plan_of_unsigned_rules)
{
	struct plan p = { .pack_signed = true };
	struct guard_answer a;

	guard_plan(&p, &a);
	ck_assert_int_eq(a.reason, GUARD_OK);
	p.pack_signed = false;
	guard_plan(&p, &a);
	ck_assert_int_eq(a.reason, GUARD_PACK);
}

END_TEST

/* ---- keys -------------------------------------------------------- */

static const struct {
	const char *what, *kind, *path, *clsid, *server, *time, *sum;
	enum step_phase phase;
	enum guard_reason want;
} keys[] = {
	{ "an entry", "bho", BHO A, A, NULL, "own", NULL, PHASE_REGISTRATION,
	  GUARD_OK },
	{ "written since", "bho", BHO A, A, NULL, "2010-09-24T00:00:01Z", NULL,
	  PHASE_REGISTRATION, GUARD_CHANGED },
	{ "gone", "bho", BHO B, B, NULL, NULL, NULL, PHASE_REGISTRATION,
	  GUARD_GONE },
	{ "a listed class", "bho", BHO OURS, OURS, NULL, NULL, NULL,
	  PHASE_REGISTRATION, GUARD_ALLOWED },
	{ "a filter", "mime_filter", FILTER, A, NULL, NULL, NULL,
	  PHASE_REGISTRATION, GUARD_OK },
	{ "a filter of another class", "mime_filter", FILTER, B, NULL, NULL,
	  NULL, PHASE_REGISTRATION, GUARD_CHANGED },
	{ "a class", "clsid", CLASSES A, A, LIB, NULL, NULL, PHASE_SIDE,
	  GUARD_OK },
	{ "a class of another server", "clsid", CLASSES A, A, "C:\\other.dll",
	  NULL, NULL, PHASE_SIDE, GUARD_CHANGED },
	{ "a class that hides a part of its server", "clsid", CLASSES B, B,
	  HIDDEN, NULL, NULL, PHASE_SIDE, GUARD_OK },
	{ "one that hid nothing when it was scanned", "clsid", CLASSES B, B,
	  SHOWN, NULL, NULL, PHASE_SIDE, GUARD_CHANGED },
	{ "a class of an installer that hides a part", "clsid", CLASSES OURS, B,
	  HIDDEN, NULL, NULL, PHASE_SIDE, GUARD_OK },
	{ "a ProgID", "progid", "Classes\\Mine", A, NULL, NULL, NULL,
	  PHASE_SIDE, GUARD_OK },
	{ "somebody else's ProgID", "progid", "Classes\\Other", A, NULL, NULL,
	  NULL, PHASE_SIDE, GUARD_SHARED },
	{ "a type library", "typelib", TYPELIB, A, NULL, NULL, "own",
	  PHASE_SIDE, GUARD_OK },
	{ "one that holds something else", "typelib", TYPELIB, A, NULL, NULL,
	  "0000", PHASE_SIDE, GUARD_CHANGED },
	{ "switched off", "ext_settings", SETTINGS A, A, NULL, NULL, NULL,
	  PHASE_TRACE, GUARD_DISABLES },
	{ "switched off by the other flag", "ext_settings", SETTINGS B, B, NULL,
	  NULL, NULL, PHASE_TRACE, GUARD_DISABLES },
	{ "flags that switch nothing off", "ext_settings", SETTINGS OURS, A,
	  NULL, NULL, NULL, PHASE_TRACE, GUARD_OK },
	{ "a kill bit", "clsid", KILLED A, A, NULL, NULL, NULL, PHASE_SIDE,
	  GUARD_NEVER },
	{ "a link", "clsid", "Classes\\Link", A, NULL, NULL, NULL, PHASE_SIDE,
	  GUARD_REG_LINK },
};

/* Its digest, which the scan would have recorded. */
static void own_digest(const char *path, char hex[65])
{
	struct reg_root *root = NULL;
	struct reg_tree *tree = NULL;
	struct reg_key *key = NULL;
	const char *prefix = NULL;

	ck_assert_int_eq(target_machine_hive(target, TARGET_HIVE_SOFTWARE,
					     &root, &prefix),
			 0);
	ck_assert_int_eq(reg_open_key(root, path, &key), 0);
	ck_assert_int_eq(reg_tree_read(key, &tree), 0);
	ck_assert_int_eq(reg_tree_digest(tree, hex), 0);
	reg_tree_free(tree);
	reg_close_key(key);
}

START_TEST(keys_are_looked_at)
{
	char path[512], time[WTIME_TEXT_NBYTES];
	struct step s = { .phase = keys[_i].phase,
			  .action = ACT_REMOVE_KEY,
			  .target = path,
			  .kind = keys[_i].kind,
			  .clsid = (char *)keys[_i].clsid,
			  .server_raw = (char *)keys[_i].server };
	struct guarded_key k = { 0 };
	struct guard_answer a;

	snprintf(path, sizeof(path), HKLM "%s", keys[_i].path);
	if (keys[_i].time && strcmp(keys[_i].time, "own") == 0) {
		wtime_format(HIVE_MAKER_TIME, time);
		s.last_write = time;
	} else {
		s.last_write = (char *)keys[_i].time;
	}
	if (keys[_i].sum && strcmp(keys[_i].sum, "own") == 0)
		own_digest(keys[_i].path, s.sha256);
	else if (keys[_i].sum)
		str_copy(s.sha256, keys[_i].sum, sizeof(s.sha256));
	ck_assert_int_eq(guard_key(guard, &s, &a, &k), 0);
	ck_assert_msg(a.reason == keys[_i].want, "%s: %s (%s)", keys[_i].what,
		      guard_word(a.reason), a.detail);
	ck_assert_int_eq(k.tree != NULL, keys[_i].want == GUARD_OK);
	guarded_key_release(&k);
}

END_TEST

/* ---- files ------------------------------------------------------- */

static struct step file_step(const char *path, const char *content)
{
	struct step s = { .phase = PHASE_FILE,
			  .action = ACT_QUARANTINE_FILE,
			  .target = (char *)path,
			  .kind = "file",
			  .size = (int64_t)strlen(content) };

	digest_sha256_hex(content, strlen(content), s.sha256);
	return s;
}

static void expect(const struct step *s, enum guard_reason want)
{
	struct guarded_file f = { 0 };
	struct guard_answer a;

	ck_assert_int_eq(guard_file(guard, s, &a, &f), 0);
	ck_assert_msg(a.reason == want, "%s: %s (%s)", s->target,
		      guard_word(a.reason), a.detail);
	ck_assert_int_eq(f.subject != NULL, want == GUARD_OK);
	guarded_file_release(&f);
}

START_TEST(the_file_of_the_scan)
{
	struct step s = file_step(LIB, CONTENT);

	expect(&s, GUARD_OK);
	s.size++;
	expect(&s, GUARD_CHANGED);
	s.size = -1;
	expect(&s, GUARD_OK);
	s.sha256[63] ^= 1;
	expect(&s, GUARD_CHANGED);
	s = file_step("C:\\Program Files\\Shared\\none.dll", CONTENT);
	expect(&s, GUARD_GONE);
}

END_TEST

/* Why it cannot be opened, and the way out that fits. */
START_TEST(openings_that_fail)
{
	static const struct {
		int err;
		enum guard_reason want;
	} rows[] = {
		{ ERR_NOT_FOUND, GUARD_GONE },
		{ ERR_UNSUPPORTED, GUARD_LINK },
		{ ERR_LOCKED, GUARD_IN_USE },
		{ ERR_CHANGED, GUARD_CHANGED },
		{ ERR_ANTIVIRUS, GUARD_ANTIVIRUS },
		{ ERR_DENIED, GUARD_UNREADABLE },
		{ ERR_IO, GUARD_UNREADABLE },
	};
	struct guard_answer a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&a, 0, sizeof(a));
		err_fail(rows[i].err, 0, "why");
		guard_answer_opening(&a, rows[i].err);
		ck_assert_msg(a.reason == rows[i].want, "row %d: %s", (int)i,
			      guard_word(a.reason));
		ck_assert_str_eq(a.detail,
				 rows[i].want == GUARD_GONE ? "" : "why");
	}
}

END_TEST

static void hex(uint64_t value, char text[17])
{
	snprintf(text, 17, "%" PRIx64, value);
}

/* Another file of the same bytes; on another mount numbers say nothing. */
START_TEST(its_number)
{
	char *host = fixture_path(&pc, "Program Files/Shared/lib.dll");
	struct step s = file_step(LIB, CONTENT);
	char volume[17], file_id[17];
	struct host_stat st;

	ck_assert_int_eq(host_stat(host, false, &st), 0);
	hex(st.volume, volume);
	hex(st.file_id, file_id);
	s.volume = volume;
	s.file_id = file_id;
	expect(&s, GUARD_OK);
	hex(st.file_id + 1, file_id);
	expect(&s, GUARD_CHANGED);
	/* A scan that was told none: size and digest are all there is. */
	s.file_id = (char *)"ffffffffffffffff";
	expect(&s, GUARD_OK);
	s.file_id = (char *)"0";
	expect(&s, GUARD_OK);
	s.file_id = NULL;
	expect(&s, GUARD_OK);
	s.file_id = file_id;
	hex(st.volume + 1, volume);
	expect(&s, GUARD_OK);
	mem_free(host);
}

END_TEST

/* The container of an archive member has no digest: its time has to fit. */
START_TEST(a_container)
{
	char *host = fixture_path(&pc, "Program Files/Shared/lib.dll");
	struct step s = file_step(LIB, CONTENT);
	char written[WTIME_TEXT_NBYTES];
	struct host_stat st;

	ck_assert_int_eq(host_stat(host, false, &st), 0);
	wtime_format(st.written, written);
	s.sha256[0] = '\0';
	expect(&s, GUARD_CHANGED);
	s.written = written;
	expect(&s, GUARD_OK);
	s.written = (char *)"2010-09-24T00:00:00Z";
	expect(&s, GUARD_CHANGED);
	mem_free(host);
}

END_TEST

START_TEST(further_names)
{
	char *host = fixture_path(&pc, "Program Files/Shared/lib.dll");
	char *other = fixture_path(&pc, "other.dll");
	struct step s = file_step(LIB, CONTENT);

	ck_assert_int_eq(link(host, other), 0);
	expect(&s, GUARD_LINKS);
	ck_assert_int_eq(unlink(other), 0);
	expect(&s, GUARD_OK);
	mem_free(other);
	mem_free(host);
}

END_TEST

START_TEST(links_on_the_way)
{
	char *shared = fixture_path(&pc, "Program Files/Shared");
	char *away = fixture_path(&pc, "Program Files/away");
	struct step s = file_step(LIB, CONTENT);

	ck_assert_int_eq(rename(shared, away), 0);
	ck_assert_int_eq(symlink("away", shared), 0);
	expect(&s, GUARD_LINK);
	mem_free(away);
	mem_free(shared);
}

END_TEST

START_TEST(windows_own_folder)
{
	struct step s = file_step("C:\\Windows\\Temp\\a.dll", CONTENT);

	fixture_file(&pc, "Windows/Temp/a.dll", CONTENT);
	expect(&s, GUARD_SYSTEM);
	s.by_number = true;
	expect(&s, GUARD_OK);
	/* A folder whose name only begins so is none of Windows'. */
	fixture_file(&pc, "Windows.old/a.dll", CONTENT);
	s = file_step("C:\\Windows.old\\a.dll", CONTENT);
	expect(&s, GUARD_OK);
}

END_TEST

START_TEST(the_vault_itself)
{
	struct step s = file_step("C:\\ProgramData\\keep\\a.dll", CONTENT);

	fixture_file(&pc, "ProgramData/keep/a.dll", CONTENT);
	expect(&s, GUARD_IN_VAULT);
	fixture_file(&pc, "ProgramData/keep2/a.dll", CONTENT);
	s = file_step("C:\\ProgramData\\keep2\\a.dll", CONTENT);
	expect(&s, GUARD_OK);
}

END_TEST

START_TEST(what_the_lists_name)
{
	struct step s = file_step("C:\\b.dll", "ours");

	fixture_file(&pc, "b.dll", "ours");
	expect(&s, GUARD_ALLOWED);
	fixture_file(&pc, "Ours/a.dll", CONTENT);
	s = file_step("C:\\Ours\\a.dll", CONTENT);
	expect(&s, GUARD_ALLOWED);
	fixture_file(&pc, "Ours2/a.dll", CONTENT);
	s = file_step("C:\\Ours2\\a.dll", CONTENT);
	expect(&s, GUARD_OK);
}

END_TEST

/* What the target told when it was opened: hibernated, say. */
START_TEST(volumes_that_are_not_changed)
{
	struct step s = file_step(LIB, CONTENT);
	struct guard_volume *v = vec_push(&volumes);
	struct guard_answer a;

	v->wprefix = (char *)"D:";
	v->why = (char *)"hibernated";
	expect(&s, GUARD_OK);
	v->wprefix = (char *)"c:";
	expect(&s, GUARD_VOLUME);
	ck_assert(guard_volume_check(guard, "C:", pc.root, &a));
	ck_assert_int_eq(guard_volume_error(guard, "C:\\x", pc.root),
			 ERR_READ_ONLY);
}

END_TEST

static Suite *guard_look_suite(void)
{
	Suite *s = suite_create("guard_look");
	TCase *tc = tcase_create("guard_look");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_plan_of_unsigned_rules);
	tcase_add_loop_test(tc, keys_are_looked_at, 0,
			    sizeof(keys) / sizeof(keys[0]));
	tcase_add_test(tc, the_file_of_the_scan);
	tcase_add_test(tc, its_number);
	tcase_add_test(tc, openings_that_fail);
	tcase_add_test(tc, a_container);
	tcase_add_test(tc, further_names);
	tcase_add_test(tc, links_on_the_way);
	tcase_add_test(tc, windows_own_folder);
	tcase_add_test(tc, the_vault_itself);
	tcase_add_test(tc, what_the_lists_name);
	tcase_add_test(tc, volumes_that_are_not_changed);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(guard_look_suite)

/*
 * Unit tests of keys and values that cannot be read, as a running Windows may
 * have them: whatever hangs on them is a gap that matters, never absent.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"
#include "base/err.h"
#include "base/mem.h"
#include "collect/registration.h"
#include "registry/reg_backend.h"
#include "target/target_private.h"
#include <string.h>

#define SID	 "S-1-5-21-1-2-3-1001"
#define FELLOW	 "S-1-5-21-1-2-3-1002"
#define CURRENT	 "Microsoft\\Windows\\CurrentVersion\\"
#define NT	 "Microsoft\\Windows NT\\CurrentVersion\\"
#define BHO	 CURRENT "Explorer\\Browser Helper Objects\\"
#define POLICIES CURRENT "Policies\\Ext"
#define SET	 "ControlSet002"
#define SERVICES SET "\\Services"
#define MANAGER	 SET "\\Control\\Session Manager"
#define HKLM	 "HKLM\\SOFTWARE\\"
#define GUID	 "{35CD0000-0000-0000-0000-000000000000}"
#define OTHER	 "{35CD0000-0000-0000-0000-000000000001}"
#define CLASS	 "Classes\\CLSID\\" GUID
#define S32	 "C:\\Windows\\System32\\"

/* ---- a registry that refuses --------------------------------------------- */

enum which {
	SOFTWARE,
	SYSTEM,
	USER
};

/* What is asked of a key or, with a value's name, of that. */
enum question {
	OPEN,
	VALUE,
	INFO
};

struct refused {
	enum which hive;
	enum question question;
	const char *key, *value;
	int err;
};

static struct reg_ops ops;
static const struct reg_ops *true_ops;
static const struct refused *refused;
static const struct reg_root *refusing;

static int refuse(void)
{
	return refused->err == ERR_NOMEM ? err_nomem()
					 : err_fail(refused->err, 5, "refused");
}

static bool is_refused(const struct reg_root *root, enum question question,
		       const char *path, const char *value)
{
	return root == refusing && question == refused->question &&
	       !ascii_casecmp(path, refused->key) &&
	       (!value || !ascii_casecmp(value, refused->value));
}

/* On the way to what is opened, too. */
static bool is_closed(const struct reg_root *root, char *path)
{
	bool is = is_refused(root, OPEN, path, NULL);

	for (char *p = strchr(path, '\\'); p && !is; p = strchr(p + 1, '\\')) {
		*p = '\0';
		is = is_refused(root, OPEN, path, NULL);
		*p = '\\';
	}
	return is;
}

static int open_key(struct reg_root *root, struct reg_key *from,
		    const char *path, struct reg_key **ret)
{
	char *whole = reg_path_join(from ? from->path : "", path, strlen(path));
	const bool is = is_closed(root, whole);

	mem_free(whole);
	return is ? refuse() : true_ops->open_key(root, from, path, ret);
}

static int key_info(struct reg_key *key, struct reg_key_info *ret)
{
	return is_refused(key->root, INFO, key->path, NULL)
		       ? refuse()
		       : true_ops->key_info(key, ret);
}

static int get_value(struct reg_key *key, const char *name,
		     struct reg_value *ret)
{
	return is_refused(key->root, VALUE, key->path, name)
		       ? refuse()
		       : true_ops->get_value(key, name, ret);
}

static void begin_refusing(struct target *t, const struct refused *what)
{
	struct reg_root *root = NULL;
	const char *prefix;
	int err;

	if (what->hive == USER) {
		struct user *u = (struct user *)fixture_user(t, "HKU\\" SID);

		/* They were read with the target, for its folders. */
		variables_release(&u->variables);
		memset(&u->variables, 0, sizeof(u->variables));
		err = target_user_hive(t, &u->pub, &root, &prefix);
	} else {
		err = target_machine_hive(t,
					  what->hive == SYSTEM
						  ? TARGET_HIVE_SYSTEM
						  : TARGET_HIVE_SOFTWARE,
					  &root, &prefix);
	}
	ck_assert_int_eq(err, 0);
	refused = what;
	refusing = root;
	true_ops = root->ops;
	ops = *true_ops;
	ops.open_key = open_key;
	ops.key_info = key_info;
	ops.get_value = get_value;
	root->ops = &ops;
}

/* ---- the Windows --------------------------------------------------------- */

static void make_link(struct hive_maker_key *root, const char *path,
		      const char *to)
{
	struct hive_maker_key *key = hive_maker_path(root, path);

	key->flags |= REGF_KEY_SYM_LINK;
	hive_maker_text(key, "SymbolicLinkValue", REG_TYPE_LINK, to);
}

struct link {
	enum which hive;
	const char *key, *to;
};

static void make_with(struct fixture *f, const struct link *link)
{
	struct hive_maker_key *user = hive_maker_new("ROOT");

	fixture_init(f);
	fixture_windows7(f);
	fixture_profile(f, SID, "%SystemDrive%\\Users\\taro");
	fixture_file(f, "Windows/System32/svchost.exe", "MZ");
	fixture_file(f, "Windows/System32/run.dll", "MZ");
	fixture_file(f, "Windows/System32/known.dll", "MZ");
	fixture_file(f, "Program Files/Internet Explorer/known.dll", "MZ");
	fixture_text(f->system, SERVICES "\\Hosted", "ImagePath",
		     S32 "svchost.exe -k x");
	fixture_dword(f->system, SERVICES "\\Hosted", "Type", 0x20);
	fixture_dword(f->system, SERVICES "\\Hosted", "Start", 4);
	fixture_text(f->system, SERVICES "\\Hosted\\Parameters", "ServiceDll",
		     S32 "run.dll");
	fixture_text(f->system, MANAGER "\\KnownDLLs", "known", "known.dll");
	fixture_text(f->software, NT "Windows", "AppInit_DLLs", S32 "run.dll");
	fixture_text(f->software, BHO GUID, "", "");
	fixture_text(f->software, CLASS "\\InprocServer32", "", "known.dll");
	fixture_dword(f->software, POLICIES, "RestrictToList", 1);
	fixture_text(f->software, POLICIES "\\CLSID", GUID, "1");
	fixture_text(f->software, CURRENT "Run", "run", "%VAR%\\x.exe");
	fixture_text(user, "Environment", "VAR", "C:\\");
	if (link)
		make_link(link->hive == SYSTEM	   ? f->system
			  : link->hive == SOFTWARE ? f->software
						   : user,
			  link->key, link->to);
	fixture_hive(f, "Users/taro/NTUSER.DAT", user);
	fixture_user_hive(f, "Windows/System32/config/DEFAULT", NULL);
}

static void make(struct fixture *f)
{
	make_with(f, NULL);
}

struct seen {
	struct vec rows; /* struct registration * */
};

static int keep_row(void *arg, struct registration *r, bool *keep_ret)
{
	struct seen *s = arg;
	struct registration **slot = vec_push(&s->rows);

	ck_assert_ptr_nonnull(slot);
	*slot = r;
	*keep_ret = true;
	return 0;
}

/* Walks it with the registry that refuses; the target ends with it. */
static int walk(struct fixture *f, const struct refused *what, struct seen *s)
{
	struct target *t;
	int err;

	fixture_machine_hives(f, "Windows/System32/config");
	t = fixture_open(f);
	s->rows = (struct vec)VEC_INIT(struct registration *, 1000);
	if (what)
		begin_refusing(t, what);
	err = registrations_walk(
		t, &(struct registrations_options){ &f->sink, false, NULL },
		keep_row, s);
	target_free(t);
	return err;
}

static void seen_release(struct seen *s)
{
	for (size_t i = 0; i < s->rows.count; i++)
		registration_free(*(struct registration **)vec_at(&s->rows, i));
	vec_release(&s->rows);
}

static const struct registration *find(const struct seen *s, enum point point)
{
	for (size_t i = 0; i < s->rows.count; i++) {
		struct registration *r =
			*(struct registration **)vec_at(&s->rows, i);

		if (r->point == point)
			return r;
	}
	return NULL;
}

static size_t told(const struct fixture *f, enum gap_kind kind,
		   const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < f->gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f->gaps, i);

		n += g->kind == kind && g->matters && !strcmp(g->path, path);
	}
	return n;
}

static size_t that_matter(const struct fixture *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->gaps.count; i++)
		n += ((struct fixture_gap *)vec_at(&f->gaps, i))->matters;
	return n;
}

/* ---- tests --------------------------------------------------------------- */

static const struct {
	struct refused what;
	const char *gap; /* its path */
} rows[] = {
	{ { SYSTEM, OPEN, SERVICES "\\Hosted\\Parameters", NULL, ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, VALUE, SERVICES "\\Hosted\\Parameters", "ServiceDll",
	    ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, VALUE, SERVICES "\\Hosted", "ImagePath", ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, VALUE, SERVICES "\\Hosted", "ImagePath", ERR_NOMEM },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, VALUE, SERVICES "\\Hosted", "Type", ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, VALUE, SERVICES "\\Hosted", "Start", ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, INFO, SERVICES "\\Hosted", NULL, ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, OPEN, SERVICES "\\Hosted", NULL, ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES "\\Hosted" },
	{ { SYSTEM, OPEN, SERVICES, NULL, ERR_DENIED },
	  "HKLM\\SYSTEM\\" SERVICES },
	{ { SYSTEM, OPEN, SET, NULL, ERR_DENIED }, "HKLM\\SYSTEM" },
	{ { SOFTWARE, VALUE, NT "Windows", "LoadAppInit_DLLs", ERR_DENIED },
	  HKLM NT "Windows" },
	{ { SOFTWARE, OPEN, BHO GUID, NULL, ERR_DENIED }, HKLM BHO GUID },
	{ { SOFTWARE, OPEN, CLASS, NULL, ERR_DENIED }, HKLM CLASS },
	{ { SOFTWARE, OPEN, CLASS "\\InprocServer32", NULL, ERR_DENIED },
	  HKLM CLASS },
	{ { SOFTWARE, VALUE, CLASS "\\InprocServer32", "", ERR_DENIED },
	  HKLM CLASS },
	{ { SOFTWARE, VALUE, CLASS "\\InprocServer32", "", ERR_NOMEM },
	  HKLM CLASS },
	{ { SOFTWARE, OPEN, "Classes", NULL, ERR_DENIED }, "HKLM\\SOFTWARE" },
	{ { SOFTWARE, OPEN, POLICIES "\\CLSID", NULL, ERR_DENIED },
	  "HKLM\\SOFTWARE" },
	{ { USER, OPEN, "Environment", NULL, ERR_DENIED },
	  "HKU\\" SID "\\Environment" },
};

START_TEST(what_cannot_be_read_is_a_gap)
{
	const struct refused *what = &rows[_i].what;
	const enum gap_kind kind = gap_from_err(what->err);
	struct fixture f;
	struct seen s;
	int err;

	make(&f);
	err = walk(&f, what, &s);
	ck_assert(err == 0 || err == what->err);
	ck_assert_msg(told(&f, kind, rows[_i].gap) >= 1, "%s %s: no gap",
		      what->key, what->value ? what->value : "");
	seen_release(&s);
	fixture_release(&f);
}

END_TEST

/* Without any of it there is none. */
START_TEST(nothing_is_refused)
{
	struct fixture f;
	struct seen s;

	make(&f);
	ck_assert_int_eq(walk(&f, NULL, &s), 0);
	ck_assert_uint_eq(that_matter(&f), 0);
	ck_assert_pstr_eq(find(&s, POINT_SERVICE_DLL)->server_path,
			  S32 "run.dll");
	ck_assert_pstr_eq(find(&s, POINT_SERVICE_DLL)->why_not, "disabled");
	ck_assert_pstr_eq(find(&s, POINT_APPINIT_DLLS)->why_not, "disabled");
	/* a known DLL is that of the system folder */
	ck_assert_pstr_eq(find(&s, POINT_BHO)->server_path, S32 "known.dll");
	ck_assert(find(&s, POINT_BHO)->loads);
	seen_release(&s);
	fixture_release(&f);
}

END_TEST

/* What might switch it off, and nobody can read, does not. */
static const struct {
	struct refused what;
	enum point point;
	const char *path;
} loads[] = {
	{ { SYSTEM, VALUE, SERVICES "\\Hosted", "Start", ERR_DENIED },
	  POINT_SERVICE_DLL,
	  S32 "run.dll" },
	{ { SOFTWARE, VALUE, NT "Windows", "LoadAppInit_DLLs", ERR_DENIED },
	  POINT_APPINIT_DLLS,
	  S32 "run.dll" },
	{ { SOFTWARE, OPEN, POLICIES "\\CLSID", NULL, ERR_DENIED },
	  POINT_BHO,
	  S32 "known.dll" },
	{ { SOFTWARE, VALUE, POLICIES "\\CLSID", GUID, ERR_DENIED },
	  POINT_BHO,
	  S32 "known.dll" },
	/* nor is it known: it is looked for, and found in front */
	{ { SYSTEM, VALUE, MANAGER, "ExcludeFromKnownDlls", ERR_DENIED },
	  POINT_BHO,
	  "C:\\Program Files\\Internet Explorer\\known.dll" },
};

START_TEST(what_cannot_be_read_forbids_nothing)
{
	struct fixture f;
	struct seen s;
	const struct registration *r;

	make(&f);
	ck_assert_int_eq(walk(&f, &loads[_i].what, &s), 0);
	r = find(&s, loads[_i].point);
	ck_assert_ptr_nonnull(r);
	ck_assert_pstr_eq(r->why_not, NULL);
	ck_assert(r->loads);
	ck_assert_pstr_eq(r->server_path, loads[_i].path);
	seen_release(&s);
	fixture_release(&f);
}

END_TEST

/* ---- links, and long ways ------------------------------------------------ */

static const struct {
	struct link link;
	const char *gap; /* NULL: Windows' own, no word of it */
} links[] = {
	{ { SYSTEM, SERVICES "\\Linked\\Parameters", "\\Registry\\User\\x" },
	  "HKLM\\SYSTEM\\" SERVICES "\\Linked" },
	{ { SYSTEM, "ControlSet003", "\\Registry\\User\\x" },
	  "HKLM\\SYSTEM\\ControlSet003" },
	/* COM follows it */
	{ { SOFTWARE, CLASS "\\TreatAs", "\\Registry\\User\\x" }, HKLM CLASS },
	{ { SOFTWARE, "Classes\\Linked", "\\Registry\\User\\x" },
	  HKLM "Classes" },
	{ { SOFTWARE, "Wow6432Node\\Classes", "\\Registry\\User\\x" },
	  HKLM "Wow6432Node\\Classes" },
	{ { SOFTWARE, "Wow6432Node\\Classes",
	    "\\REGISTRY\\MACHINE\\SOFTWARE\\Classes\\Wow6432Node" },
	  NULL },
	/* nor of those to what both views share, which is read there */
	{ { SOFTWARE, "Classes\\Wow6432Node\\PROTOCOLS",
	    "\\REGISTRY\\MACHINE\\SOFTWARE\\Classes\\PROTOCOLS" },
	  NULL },
	{ { SOFTWARE, "Wow6432Node\\" CURRENT "Policies",
	    "\\REGISTRY\\MACHINE\\SOFTWARE\\" CURRENT "Policies" },
	  NULL },
	{ { SOFTWARE, "Classes\\Wow6432Node\\PROTOCOLS",
	    "\\REGISTRY\\MACHINE\\SOFTWARE\\x" },
	  HKLM "Classes\\Wow6432Node\\PROTOCOLS\\Filter" },
	{ { USER, "Software\\Classes", "\\REGISTRY\\USER\\" SID "_Classes" },
	  NULL },
	{ { USER, "Software\\Wow6432Node\\Classes",
	    "\\Registry\\User\\" SID "_Classes\\Wow6432Node" },
	  NULL },
	{ { USER, "Software\\Classes", "\\Registry\\User\\" SID "_Classes\\y" },
	  "HKU\\" SID "\\Software\\Classes" },
	{ { USER, "Software\\Classes", "\\Registry\\User\\" FELLOW "_Classes" },
	  "HKU\\" SID "\\Software\\Classes" },
};

START_TEST(what_lies_behind_a_link_is_a_gap)
{
	const struct link *link = &links[_i].link;
	const char *gap = links[_i].gap;
	struct fixture f;
	struct seen s;

	make_with(&f, link);
	fixture_text(f.software, BHO OTHER, "", "");
	fixture_text(f.software, "Classes\\PROTOCOLS\\Filter\\x/y", "CLSID",
		     "Linked");
	if (link->hive == SYSTEM && !strncmp(link->key, "Control", 7) &&
	    !strchr(link->key, '\\')) {
		hive_maker_path(f.system, "Select")->values->data[0] = 3;
	}
	ck_assert_int_eq(walk(&f, NULL, &s), 0);
	if (gap)
		ck_assert_msg(told(&f, GAP_REGISTRY_LINK, gap) >= 1, "%s",
			      link->key);
	else
		ck_assert_uint_eq(that_matter(&f), 0);
	seen_release(&s);
	fixture_release(&f);
}

END_TEST

/* A ProgID may be as deep as Windows lets a key be. */
START_TEST(a_deep_progid_is_followed_to_its_end)
{
	struct str progid = STR_INIT, key = STR_INIT;
	const struct registration *r;
	struct fixture f;
	struct seen s;

	make(&f);
	for (int i = 0; i < 40; i++)
		str_addf(&progid, "%sx", i ? "\\" : "");
	str_addf(&key, "Classes\\%s\\CLSID", str_text(&progid));
	fixture_text(f.software, str_text(&key), "", GUID);
	fixture_text(f.software, "Classes\\PROTOCOLS\\Filter\\x/y", "CLSID",
		     str_text(&progid));
	ck_assert_int_eq(walk(&f, NULL, &s), 0);
	r = find(&s, POINT_MIME_FILTER);
	ck_assert_ptr_nonnull(r);
	ck_assert_pstr_eq(r->clsid, GUID);
	ck_assert(r->loads);
	seen_release(&s);
	fixture_release(&f);
	str_release(&progid);
	str_release(&key);
}

END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static Suite *denied_suite(void)
{
	Suite *s = suite_create("denied");
	TCase *tc = tcase_create("denied");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_cannot_be_read_is_a_gap, 0, COUNT(rows));
	tcase_add_test(tc, nothing_is_refused);
	tcase_add_loop_test(tc, what_cannot_be_read_forbids_nothing, 0,
			    COUNT(loads));
	tcase_add_loop_test(tc, what_lies_behind_a_link_is_a_gap, 0,
			    COUNT(links));
	tcase_add_test(tc, a_deep_progid_is_followed_to_its_end);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(denied_suite)

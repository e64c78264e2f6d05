/*
 * What protects a file of the running Windows, with signatures made for the
 * test: see make_signed.sh, which this starts as a Linux program, so it needs
 * Wine; on Windows itself only the rest can be shown.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "wine_win32.h"
#include "catalog_make.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/wide_win32.h"
#include "remediate/guard.h"
#include "trust/protect.h"
#include "trust/trust_win32.h"

#include <stdlib.h>
#include <string.h>
#include <wincrypt.h>
#include <wintrust.h>
#include <mscat.h>

#define SIGNER	    "Mstmp Test Signer"
#define SCRIPT	    "tests/unit/make_signed.sh"
#define COMMAND_MAX 1024

static char *folder; /* made once; run.sh removes the whole prefix */
static char *unix_folder;
#define ONLY_SHA1 "this Wine searches the system's catalogs by SHA-1 only"

static char *missing; /* why there are no signed files */
static struct target *target;
static struct protect *protect;

static char *in_folder(const char *name)
{
	return host_join(folder, name);
}

static void write_text(const char *name, const char *text)
{
	char *path = in_folder(name);

	ck_assert_int_eq(host_write_file(path, text, strlen(text)), 0);
	mem_free(path);
}

/* Copies a harmless program. */
static void copy_program(void)
{
	char *to = in_folder("plain.exe");
	void *bytes = NULL;
	size_t nbytes = 0;

	ck_assert_int_eq(host_read_file(UNIT_DATA "/pe/yara/tiny", 1 << 20,
					&bytes, &nbytes),
			 0);
	ck_assert_int_eq(host_write_file(to, bytes, nbytes), 0);
	mem_free(bytes);
	mem_free(to);
}

/* Of plain.exe: Wine names programs by all their bytes, Windows does not. */
static void write_plain_catalog(void)
{
	char *program = in_folder("plain.exe"), *path = in_folder("plain.cat");
	struct authenticode_digest d;
	struct host_file *f = NULL;
	struct catalog_maker m;
	struct str s = STR_INIT;

	ck_assert_int_eq(host_open(program, 0, &f), 0);
	ck_assert_int_eq(authenticode_digest(f, &d), 0);
	host_close(f);
	catalog_maker_init(&m);
	catalog_maker_add(&m, CATALOG_TEXT, d.sha1, true);
	catalog_maker_finish(&m, &s);
	ck_assert_int_eq(host_write_file(path, str_text(&s), s.len), 0);
	str_release(&s);
	mem_free(program);
	mem_free(path);
}

/*
 * Wine starts programs of Linux, too, but gives no handle to wait for: the
 * script writes "done" however it ends.
 */
static const char *run_script(void)
{
	STARTUPINFOW start = { .cb = sizeof(start) };
	PROCESS_INFORMATION process;
	wchar_t command[COMMAND_MAX];
	char *done = in_folder("done");
	static char answer[64];
	void *bytes = NULL;
	size_t nbytes = 0;
	char text[COMMAND_MAX];
	wchar_t *wide;

	snprintf(text, sizeof(text), "Z:\\bin\\bash " SCRIPT " \"%s\"",
		 unix_folder);
	wide = wide_from_utf8(text);
	wcsncpy(command, wide, COMMAND_MAX - 1);
	command[COMMAND_MAX - 1] = L'\0';
	mem_free(wide);
	if (!CreateProcessW(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL,
			    &start, &process)) {
		mem_free(done);
		return "bash cannot be started from here";
	}
	while (host_read_file(done, sizeof(answer) - 1, &bytes, &nbytes) != 0)
		host_sleep_ms(50);
	memcpy(answer, bytes, nbytes);
	answer[nbytes] = '\0';
	answer[strcspn(answer, "\r\n")] = '\0';
	mem_free(bytes);
	mem_free(done);
	return strcmp(answer, "ok") == 0 ? NULL : answer;
}

/* Adds a root to the machine's or to the user's store. */
static void trust_root(const char *name, DWORD where)
{
	HCERTSTORE(WINAPI * open)
	(LPCSTR, DWORD, HCRYPTPROV_LEGACY, DWORD, const void *);
	BOOL(WINAPI * add)
	(HCERTSTORE, DWORD, const BYTE *, DWORD, DWORD, PCCERT_CONTEXT *);
	BOOL(WINAPI * close)(HCERTSTORE, DWORD);
	char *path = in_folder(name);
	HCERTSTORE store;
	void *bytes = NULL;
	size_t nbytes = 0;

	open = late_function("crypt32.dll", "CertOpenStore");
	add = late_function("crypt32.dll", "CertAddEncodedCertificateToStore");
	close = late_function("crypt32.dll", "CertCloseStore");
	ck_assert_int_eq(host_read_file(path, 65536, &bytes, &nbytes), 0);
	store = open(CERT_STORE_PROV_SYSTEM_W, 0, 0, where, L"Root");
	ck_assert_ptr_nonnull(store);
	ck_assert(add(store, X509_ASN_ENCODING, bytes, (DWORD)nbytes,
		      CERT_STORE_ADD_REPLACE_EXISTING, NULL));
	close(store, 0);
	mem_free(bytes);
	mem_free(path);
}

static void make_folder(void)
{
	char *(CDECL * unix_name)(const wchar_t *);
	char *temp = host_getenv("TEMP");
	const char *why = NULL;
	wchar_t *wide;
	uint32_t chance = 0;
	char name[32];

	ck_assert_int_eq(host_random(&chance, sizeof(chance)), 0);
	snprintf(name, sizeof(name), "signed-%08" PRIx32, chance);
	folder = host_join(temp, name);
	mem_free(temp);
	ck_assert_int_eq(host_mkdir(folder), 0);
	unix_name = late_function("kernel32.dll", "wine_get_unix_file_name");
	wide = wide_from_utf8(folder);
	unix_folder = unix_name != NULL ? unix_name(wide) : NULL;
	mem_free(wide);
	copy_program();
	if (unix_folder == NULL)
		why = "this is no Wine: signed files are made on Linux";
	else {
		write_plain_catalog();
		why = run_script();
	}
	if (why == NULL && !wine_searches_catalogs())
		why = ONLY_SHA1;
	missing = why != NULL ? mem_strdup(why) : NULL;
	if (missing == NULL)
		trust_root("root.der", CERT_SYSTEM_STORE_LOCAL_MACHINE);
}

static void setup(void)
{
	struct target_options o = { .kind = TARGET_LIVE };

	if (folder == NULL)
		make_folder();
	ck_assert_msg(target_open(&o, &target) == 0, "%s", err_last()->text);
	ck_assert_int_eq(protect_begin(target, &protect), 0);
}

static void teardown(void)
{
	protect_end(protect);
	target_free(target);
	protect = NULL;
	target = NULL;
}

static struct protect_result check(const char *name)
{
	char *path = in_folder(name);
	struct host_place *place = NULL;
	struct host_subject *subject = NULL;
	struct protect_result r;
	struct target_path p;

	memset(&r, 0x5a, sizeof(r));
	ck_assert_msg(target_resolve(target, path, 0, &p) == 0, "%s",
		      err_last()->text);
	ck_assert_msg(host_place_open(NULL, p.host, &place) == 0, "%s",
		      err_last()->text);
	ck_assert_msg(host_subject_open(place, 0, &subject) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(protect_check(protect, p.wpath, subject, &r), 0);
	host_subject_close(subject);
	host_place_close(place);
	target_path_release(&p);
	mem_free(path);
	return r;
}

static void is(struct protect_result r, enum protect_answer answer,
	       enum protect_why why, const char *publisher, const char *detail)
{
	ck_assert_msg(r.answer == answer && r.why == why &&
			      strcmp(r.publisher, publisher) == 0 &&
			      strstr(r.detail, detail) != NULL,
		      "%d by %s, publisher '%s': '%s'", (int)r.answer,
		      protect_why_name(r.why), r.publisher, r.detail);
}

START_TEST(live_unsigned)
{
	struct protect_result r;

	if (!wine_searches_catalogs())
		UNIT_SKIP(ONLY_SHA1);
	write_text("script.cmd", "@echo off\r\nrem This is a script that is "
				 "longer than the smallest signature.\r\n");
	write_text("empty.sig", "");
	write_text("short.sig", "MZ");
	is(check("script.cmd"), PROTECT_NO, PROTECT_BY_NOTHING, "", "");
	is(check("empty.sig"), PROTECT_NO, PROTECT_BY_NOTHING, "", "");
	is(check("short.sig"), PROTECT_NO, PROTECT_BY_NOTHING, "", "");
	copy_program();
	r = check("plain.exe");
	is(r, PROTECT_NO, PROTECT_BY_NOTHING, "", "");
	ck_assert_str_eq(r.detail, "");
}

END_TEST

static const struct {
	const char *name;
	enum protect_why why;
	const char *publisher;
	const char *detail;
} signatures[] = {
	{ "good.exe", PROTECT_BY_SIGNATURE, SIGNER, "" },
	{ "unknown.exe", PROTECT_BY_NOTHING, "", "(800B0109)" },
	{ "expired.exe", PROTECT_BY_NOTHING, "", "(800B0101)" },
	{ "tampered.exe", PROTECT_BY_NOTHING, "", "(80096010)" },
};

START_TEST(live_signed)
{
	if (missing != NULL)
		UNIT_SKIP(missing);
	is(check(signatures[_i].name), PROTECT_NO, signatures[_i].why,
	   signatures[_i].publisher, signatures[_i].detail);
}

END_TEST

/* Anybody may put a root into his own store. */
START_TEST(live_roots_of_users_do_not_count)
{
	if (missing != NULL)
		UNIT_SKIP(missing);
	trust_root("unknown.der", CERT_SYSTEM_STORE_CURRENT_USER);
	is(check("unknown.exe"), PROTECT_NO, PROTECT_BY_NOTHING, "",
	   "(800B0109)");
}

END_TEST

/* A pack of one harmless rule whose list names that publisher. */
static struct pack *open_pack(const char *publisher)
{
	char *path = in_folder("pack"), *rules = in_folder("pack/rules");
	struct pack *pack = NULL;
	char line[128];

	snprintf(line, sizeof(line), "publisher\t%s\tours\n", publisher);
	(void)host_mkdir(path);
	(void)host_mkdir(rules);
	write_text("pack/pack.txt", "name: test\ntitle: test\nversion: 1.0\n");
	write_text("pack/allow.tsv", line);
	write_text("pack/rules/a.yar",
		   "rule a { meta: score = 1 evidence = \"name\" gate = "
		   "\"any\" description = \"a\" condition: filename iequals "
		   "\"a\" }\n");
	ck_assert_msg(pack_open(path, NULL, &pack) == 0, "%s",
		      err_last()->text);
	mem_free(path);
	mem_free(rules);
	return pack;
}

/* What the guard says of that file. */
static struct guard_answer guarded(const char *name, const struct pack *pack)
{
	struct guard_options o = { .target = target, .pack = pack };
	struct step s = { .action = ACT_QUARANTINE_FILE, .kind = "file" };
	struct guarded_file file = { 0 };
	struct guard *guard = NULL;
	struct guard_answer a;
	char *path = in_folder(name);
	struct host_file *f = NULL;
	struct target_path p;

	ck_assert_msg(target_resolve(target, path, 0, &p) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_open(p.host, 0, &f), 0);
	ck_assert_int_eq(host_file_sha256(f, s.sha256), 0);
	host_close(f);
	s.target = p.wpath;
	s.size = -1;
	ck_assert_int_eq(guard_new(&o, &guard), 0);
	ck_assert_int_eq(guard_file(guard, &s, &a, &file), 0);
	guarded_file_release(&file);
	guard_free(guard);
	target_path_release(&p);
	mem_free(path);
	return a;
}

static void guard_says(struct guard_answer a, enum guard_reason reason,
		       const char *detail)
{
	ck_assert_msg(a.reason == reason && strcmp(a.detail, detail) == 0,
		      "%s: '%s'", guard_word(a.reason), a.detail);
}

/* Whom the lists trust stays, if Windows believes that it is he. */
START_TEST(live_publishers_of_lists)
{
	struct pack *pack;

	if (missing != NULL)
		UNIT_SKIP(missing);
	pack = open_pack("mstmp test SIGNER");
	guard_says(guarded("good.exe", pack), GUARD_PUBLISHER, SIGNER);
	guard_says(guarded("good.exe", NULL), GUARD_OK, "");
	guard_says(guarded("tampered.exe", pack), GUARD_OK, "");
	guard_says(guarded("unknown.exe", pack), GUARD_OK, "");
	pack_free(pack);
	pack = open_pack("Mstmp Test");
	guard_says(guarded("good.exe", pack), GUARD_OK, "");
	pack_free(pack);
}

END_TEST

/* Gives Windows a catalog; false: it takes none here. */
static bool add_catalog(const char *name)
{
	BOOL(WINAPI * open)(HANDLE *, const GUID *, DWORD);
	HANDLE(WINAPI * add)(HANDLE, wchar_t *, wchar_t *, DWORD);
	BOOL(WINAPI * close_catalog)(HANDLE, HANDLE, DWORD);
	BOOL(WINAPI * close)(HANDLE, DWORD);
	static const GUID drivers = { 0xf750e6c3,
				      0x38ee,
				      0x11d1,
				      { 0x85, 0xe5, 0x00, 0xc0, 0x4f, 0xc2,
					0x95, 0xee } };
	char *path = in_folder(name);
	wchar_t *wide = wide_from_utf8(path), *base = wide_from_utf8(name);
	HANDLE admin = NULL, catalog;

	open = late_function("wintrust.dll", "CryptCATAdminAcquireContext");
	add = late_function("wintrust.dll", "CryptCATAdminAddCatalog");
	close = late_function("wintrust.dll", "CryptCATAdminReleaseContext");
	close_catalog = late_function("wintrust.dll",
				      "CryptCATAdminReleaseCatalogContext");
	ck_assert(open(&admin, &drivers, 0));
	catalog = add(admin, wide, base, 0);
	if (catalog != NULL)
		close_catalog(admin, catalog, 0);
	close(admin, 0);
	mem_free(path);
	mem_free(wide);
	mem_free(base);
	return catalog != NULL;
}

/* Named, but by a catalog that nobody signed: to be left alone. */
START_TEST(live_catalogs)
{
	if (missing != NULL)
		UNIT_SKIP(missing);
	if (!add_catalog("plain.cat"))
		UNIT_SKIP("catalogs cannot be added here");
	is(check("plain.exe"), PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "",
	   "plain.cat");
	/* What no catalog names is as free as before, signed or not. */
	is(check("tampered.exe"), PROTECT_NO, PROTECT_BY_NOTHING, "",
	   "(80096010)");
	is(check("script.cmd"), PROTECT_NO, PROTECT_BY_NOTHING, "", "");
}

END_TEST

static const struct {
	const char *catalog;
	enum trust_state state;
	const char *publisher;
} members[] = {
	{ "good.cat", TRUST_VALID, SIGNER },
	{ "unknown.cat", TRUST_INVALID, "" },
	{ "expired.cat", TRUST_INVALID, "" },
};

/*
 * Wine 8 crashes on looking for a digest while a signed catalog is among the
 * system's, so the catalog's signature is asked for alone.  (It does not
 * look whether the catalog names the digest, either.)
 */
START_TEST(live_members_of_catalogs)
{
	struct trust_member member = { .digest_nbytes = 20 };
	char *catalog, *program = in_folder("plain.exe");
	wchar_t tag[41] = { 0 }, *wide, *wide_program;
	struct authenticode_digest d;
	struct host_file *f = NULL;
	struct trust trust;
	uint8_t digest[20];

	if (missing != NULL)
		UNIT_SKIP(missing);
	catalog = in_folder(members[_i].catalog);
	wide = wide_from_utf8(catalog);
	wide_program = wide_from_utf8(program);
	ck_assert_int_eq(host_open(program, 0, &f), 0);
	ck_assert_int_eq(authenticode_digest(f, &d), 0);
	for (size_t i = 0; i < 20; i++) {
		char two[3] = { d.sha1[2 * i], d.sha1[2 * i + 1], '\0' };

		digest[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	for (size_t i = 0; i < 40; i++)
		tag[i] = (wchar_t)ascii_upper(d.sha1[i]);
	member.catalog = wide;
	member.tag = tag;
	member.digest = digest;
	trust_check(f->handle, wide_program, &member, &trust);
	ck_assert_msg(trust.state == members[_i].state &&
			      strcmp(trust.publisher, members[_i].publisher) ==
				      0,
		      "%s: %d, '%s': %s", members[_i].catalog, (int)trust.state,
		      trust.publisher, trust.why);
	host_close(f);
	mem_free(wide);
	mem_free(wide_program);
	mem_free(catalog);
	mem_free(program);
}

END_TEST

static Suite *protect_live_suite(void)
{
	Suite *s = suite_create("protect_live");
	TCase *c = tcase_create("protect_live");

	tcase_set_timeout(c, 300);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, live_unsigned);
	tcase_add_loop_test(c, live_signed, 0,
			    (int)(sizeof(signatures) / sizeof(signatures[0])));
	tcase_add_test(c, live_roots_of_users_do_not_count);
	tcase_add_test(c, live_publishers_of_lists);
	tcase_add_loop_test(c, live_members_of_catalogs, 0,
			    (int)(sizeof(members) / sizeof(members[0])));
	tcase_add_test(c, live_catalogs);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(protect_live_suite)

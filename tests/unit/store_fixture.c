/*
 * A store with scans in it, see store_fixture.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "host/host.h"

#include <sqlite3.h>
#include <string.h>

char *fx_temp_path(const char *ending)
{
	static const char *const names[] = { "TMPDIR", "TEMP", "TMP" };
	char *dir = NULL;
	char *path;
	uint64_t number;
	char name[64];

	for (size_t i = 0; dir == NULL && i < 3; i++)
		dir = host_getenv(names[i]);
	if (dir == NULL)
		dir = mem_strdup(".");
	ck_assert_int_eq(host_random(&number, sizeof(number)), 0);
	snprintf(name, sizeof(name), "unit-%" PRIx64 "%s", number, ending);
	path = host_join(dir, name);
	ck_assert_ptr_nonnull(path);
	mem_free(dir);
	return path;
}

void fx_temp_remove(const char *path)
{
	struct str journal = STR_INIT;

	str_addf(&journal, "%s-journal", path);
	host_unlink(str_text(&journal));
	host_unlink(path);
	str_release(&journal);
}

const struct target_info fx_target = {
	.kind = TARGET_OFFLINE,
	.root = (char *)"/mnt/c",
	.target_id = (char *)"0123456789abcdef0123456789abcdef",
	.computer_name = (char *)"PC-01",
	.product_name = (char *)"Windows 7 Professional",
	.version = (char *)"6.1.7601",
	.service_pack = (char *)"Service Pack 1",
	.major = 6,
	.minor = 1,
	.build = 7601,
	.is_64bit = true,
	.system_drive = 'C',
};

const struct pack_info fx_pack = {
	.name = "mstmp",
	.title = "title",
	.title_ja = "title",
	.version = "2010.10.27",
	.description = "",
	.reference = "",
	.source = "built in",
	.is_signed = true,
	.signer = "0123456789ABCDEF",
	.trusted_comment = "",
};

void fx_scan_begin(struct scan_begin *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->target = &fx_target;
	ret->profile = "full";
	ret->pack = &fx_pack;
	ret->tool_version = "1.0.0";
	ret->started_at = FX_STARTED;
}

void fx_scan_end(struct scan_end *ret, const char *verdict, int exit_code)
{
	memset(ret, 0, sizeof(*ret));
	ret->finished_at = FX_STARTED + 90 * INT64_C(10000000);
	ret->verdict = verdict;
	ret->files_seen = 1200;
	ret->files_scanned = 1100;
	ret->bytes_scanned = UINT64_C(5000000000);
	ret->registrations_seen = 3;
	ret->exit_code = exit_code;
}

#define SHARED "C:\\Program Files\\Shared\\"
#define BHO_KEY                                                                \
	"HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\"                    \
	"CurrentVersion\\Explorer\\Browser Helper Objects\\"
#define CLSID_A "{11111111-2222-3333-4444-555555555555}"
#define CLSID_B "{AAAAAAAA-2222-3333-4444-555555555555}"

static void add(struct judge *j, struct artefact *a)
{
	ck_assert_int_eq(judge_add(j, a), 0);
}

static struct judge *ordinary_findings(void)
{
	struct judge *j = fx_judge();
	struct artefact *a = fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1);
	struct registration *r;

	fx_set_sha256(a, 'a');
	memset(a->digests.md5, 'b', 32);
	add(j, a);
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	add(j, fx_file("C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp",
		       FX_NAME_MSTMP, -1));
	r = fx_registration(POINT_BHO, 32, NULL, CLSID_A, CLSID_A,
			    SHARED "lib.dll", BHO_KEY CLSID_A);
	r->last_write = FX_STARTED - 1;
	add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
	r = fx_registration(POINT_BHO, 64, "太郎", CLSID_A, CLSID_A,
			    SHARED "lib.dll", "HKU\\S-1-5-21-1-2-3-1001\\x");
	r->loads = false;
	r->why_not = "user_hive";
	add(j, fx_registered(r, -1));
	r = fx_registration(POINT_TOOLBAR, 0, NULL, CLSID_B, CLSID_B, NULL,
			    "HKLM\\SOFTWARE\\Microsoft\\Internet Explorer\\"
			    "Toolbar");
	r->loads = false;
	r->why_not = "no_class";
	r->known = mem_strdup("a known toolbar");
	add(j, fx_registered(r, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	return j;
}

static int try_gap(struct store *s, int64_t id, enum gap_kind kind,
		   const char *path, const char *reason, long os_error,
		   uint64_t count)
{
	struct gap gap = { .kind = kind,
			   .path = path,
			   .reason = reason,
			   .os_error = os_error };

	return store_add_gap(s, id, &gap, gap_matters(kind, GAP_BY_KIND),
			     count);
}

int fx_try_record_scan(struct store *s, int64_t *scan_id_ret)
{
	static const char *const excludes[] = { "D:\\Backup\\**" };
	struct scan_begin begin;
	struct scan_end end;
	struct registration **regs;
	size_t reg_count;
	struct judge *j = ordinary_findings();
	int64_t id = 0;
	int err;

	regs = fx_registrations(&reg_count);
	fx_scan_begin(&begin);
	begin.excludes = excludes;
	begin.exclude_count = 1;
	err = store_scan_begin(s, &begin, &id);
	if (err == 0)
		err = try_gap(s, id, GAP_EXCLUDED, excludes[0],
			      STORE_EXCLUDE_REASON, 0, 1);
	if (err == 0)
		err = try_gap(s, id, GAP_ACCESS_DENIED,
			      "C:\\Users\\hanako\\NTUSER.DAT",
			      "access was denied", 5, 1);
	if (err == 0)
		err = try_gap(s, id, GAP_LINK, "C:\\Documents and Settings",
			      "a link, not followed", 0, 1);
	if (err == 0)
		err = try_gap(s, id, GAP_LINK, "C:\\ProgramData\\Desktop",
			      "a link, not followed", 0, 1);
	if (err == 0)
		err = store_add_findings(s, id, j, regs, reg_count);
	fx_scan_end(&end, "found", 3);
	if (err == 0)
		err = store_scan_end(s, id, &end);
	judge_free(j);
	fx_release();
	if (err == 0)
		*scan_id_ret = id;
	return err;
}

int64_t fx_record_scan(struct store *s)
{
	int64_t id = 0;

	ck_assert_int_eq(fx_try_record_scan(s, &id), 0);
	return id;
}

/* Formula, markup, lines, right-to-left mark, lone surrogate, NUL, byte. */
#define HOSTILE                                                                \
	"=cmd|'/C x'!A0<script>alert(1)</script>\"'&\r\n\t\x1b[31m"            \
	"\xE2\x80\xAE"                                                         \
	"\xED\xA0\x80"                                                         \
	"\xC0\x80"                                                             \
	"\x82"                                                                 \
	"\\u{41},;\x7f"

/* What the program writes itself, as somebody else could have written it. */
static void plant_texts(struct store *s)
{
	static const char sql[] =
		"UPDATE registration SET last_write = name;"
		"UPDATE scan SET started_at = target_root, finished_at = "
		"target_root, tool_version = target_root;"
		"INSERT INTO trace (scan_id, kind, time, user_name, what, url, "
		"path, family) SELECT scan_id, 'ie_history', target_root, "
		"target_root, target_root, target_root, target_root, "
		"target_root FROM scan;"
		"INSERT INTO fix (scan_id, target_id, started_at, state, "
		"tool_version) SELECT scan_id, target_id, target_root, "
		"'finished', target_root FROM scan;"
		"INSERT INTO step (fix_id, seq, action, target, state, error) "
		"SELECT fix_id, 1, 'remove_key', started_at, 'failed', "
		"started_at FROM fix";
	char *message = NULL;

	ck_assert_msg(sqlite3_exec(store_db(s), sql, NULL, NULL, &message) ==
			      SQLITE_OK,
		      "%s", message);
}

int64_t fx_record_hostile_scan(struct store *s)
{
	static const char *const excludes[] = { "@" HOSTILE };
	struct target_info target = fx_target;
	struct pack_info pack = fx_pack;
	struct scan_begin begin;
	struct scan_end end;
	struct judge *j = fx_judge();
	struct registration *r;
	struct registration **regs;
	size_t reg_count;
	int64_t id = 0;

	target.root = (char *)"-" HOSTILE;
	target.computer_name = (char *)"+" HOSTILE;
	target.product_name = (char *)HOSTILE;
	pack.version = HOSTILE;
	pack.is_signed = false;
	r = fx_registration(POINT_MIME_FILTER, 32, HOSTILE, HOSTILE, HOSTILE,
			    "C:\\" HOSTILE "\\" HOSTILE, "HKU\\" HOSTILE);
	r->publisher = mem_strdup("@" HOSTILE);
	r->file_version = mem_strdup("-1+2");
	r->known = mem_strdup(HOSTILE);
	add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
	add(j, fx_file("C:\\" HOSTILE "\\" HOSTILE, FX_NAME_MSTMP, -1));
	add(j, fx_file("=" HOSTILE, FX_NAME_BARE, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	regs = fx_registrations(&reg_count);
	fx_scan_begin(&begin);
	begin.target = &target;
	begin.pack = &pack;
	begin.excludes = excludes;
	begin.exclude_count = 1;
	ck_assert_int_eq(store_scan_begin(s, &begin, &id), 0);
	ck_assert_int_eq(try_gap(s, id, GAP_EXCLUDED, excludes[0],
				 STORE_EXCLUDE_REASON, 0, 1),
			 0);
	ck_assert_int_eq(try_gap(s, id, GAP_READ_ERROR, "C:\\" HOSTILE,
				 "=" HOSTILE, -3, 7),
			 0);
	ck_assert_int_eq(try_gap(s, id, GAP_LINK, HOSTILE, HOSTILE, 0, 1), 0);
	ck_assert_int_eq(store_add_findings(s, id, j, regs, reg_count), 0);
	fx_scan_end(&end, "found", 3);
	ck_assert_int_eq(store_scan_end(s, id, &end), 0);
	judge_free(j);
	fx_release();
	plant_texts(s);
	return id;
}

char *fx_query(struct store *s, const char *sql)
{
	sqlite3_stmt *q = NULL;
	char *text;
	int rc = sqlite3_prepare_v2(store_db(s), sql, -1, &q, NULL);

	ck_assert_msg(rc == SQLITE_OK, "%s: %s", sql,
		      sqlite3_errmsg(store_db(s)));
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW && sqlite3_column_text(q, 0) != NULL)
		text = mem_strdup((const char *)sqlite3_column_text(q, 0));
	else
		text = mem_strdup("");
	sqlite3_finalize(q);
	return text;
}

char *fx_render(struct store *s, int64_t scan_id, enum report_format format,
		enum report_what what, const char *lang, bool to_file)
{
	struct report_options o = { .scan_id = scan_id,
				    .format = format,
				    .what = what,
				    .lang = lang,
				    .columns = 80,
				    .to_file = to_file };
	struct str out = STR_INIT;
	int err = report_render(s, &o, &out);

	ck_assert_msg(err == 0, "%s", err_last()->text);
	/* Whatever went in, valid UTF-8 without NUL comes out. */
	ck_assert_uint_eq(strlen(str_text(&out)), out.len);
	for (const char *p = str_text(&out); *p != '\0';) {
		uint32_t cp;

		p += utf_decode(p, &cp);
		ck_assert_msg((cp & UTF_BAD) == 0 && cp != 0 &&
				      (cp < 0xD800 || cp > 0xDFFF),
			      "invalid UTF-8: %x", (unsigned)cp);
	}
	return str_detach(&out);
}

size_t fx_count(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part)) != NULL) {
		count++;
		text += strlen(part);
	}
	return count;
}

void fx_database(const char *path, const char *sql, const char *want)
{
	sqlite3_stmt *q = NULL;
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	if (want) {
		ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
		ck_assert_str_eq((const char *)sqlite3_column_text(q, 0), want);
	} else {
		ck_assert_int_eq(sqlite3_step(q), SQLITE_DONE);
		ck_assert_int_gt(sqlite3_changes(db), 0);
	}
	sqlite3_finalize(q);
	sqlite3_close(db);
}

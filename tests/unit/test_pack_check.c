/*
 * The strict checks of a pack: each mistake is told with its file and line,
 * and nothing that can match is called one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/registration.h"
#include "match/rule_source.h"
#include "match_fixture.h"
#include "pack_check.h"
#include "target/location_table.h"
#include "unit.h"
#include "words/words.h"
#include <string.h>

#define META                                                                   \
	"meta: description = \"d\" family = \"f\" role = \"r\" "               \
	"score = 50 evidence = \"registration\" gate = \"any\" "               \
	"reference = \"x\"\n"
#define HEAD  "$head = \"mstmpsweep registration 1\\npoint: "
#define ABOUT "object == \"registration\" and "

/* A rule `a` of which line 3 begins with `strings` and 4 with `condition`. */
#define RULE(strings, condition)                                               \
	"rule a {\n" META strings "\ncondition: " condition "\n}\n"
#define NAMED(condition) RULE("", condition)

static const char good_info[] =
	"name: p\ntitle: t\ntitle_ja: j\nversion: 2026.01.02\n"
	"description: d\nreference: r\n";
static const char good_rules[] = NAMED("filename == \"x\"");
static const char good_texts[] =
	"rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n";

struct files {
	const char *info, *rules, *texts, *places, *known, *allow;
};

/* The problems, one a line. */
static char *problems_of(const struct files *f)
{
	const char *pairs[] = { "pack.txt",    f->info ? f->info : good_info,
				"rules/t.yar", f->rules ? f->rules : good_rules,
				"texts.tsv",   f->texts ? f->texts : good_texts,
				"places.tsv",  f->places ? f->places : "",
				"known.tsv",   f->known ? f->known : "",
				"allow.tsv",   f->allow ? f->allow : "",
				NULL };
	struct vec problems = VEC_INIT(struct pack_problem, 1000);
	struct str s = STR_INIT;
	struct pack *p = NULL;

	ck_assert_msg(fixture_pack_files(pairs, &p) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(pack_check(p, true, NULL, NULL, &problems), 0);
	str_add(&s, "");
	for (size_t i = 0; i < problems.count; i++) {
		struct pack_problem *x = vec_at(&problems, i);

		str_addf(&s, "%s\n", x->text);
		mem_free(x->text);
	}
	vec_release(&problems);
	pack_free(p);
	ck_assert_int_eq(s.err, 0);
	return s.buf ? str_detach(&s) : mem_strdup("");
}

/* ---- what is refused --------------------------------------------- */

static const struct {
	struct files files;
	const char *says; /* how the one problem begins */
	const char *also; /* what else stands in it */
} refused[] = {
	/* conditions */
	{ { .rules = NAMED("location == \"commonfiles\"") },
	  "rules/t.yar:4: rule a: the variable location can never be "
	  "\"commonfiles\"",
	  "\"common_files\"" },
	{ { .rules = "global " NAMED("filename == \"x\"") },
	  "rules/t.yar:1: rule a: it is global",
	  "no other rule of its file" },
	{ { .rules = NAMED("filename == \"x\" and\n\"BHO\" == point") },
	  "rules/t.yar:5: rule a: the variable point can never be \"BHO\"",
	  "\"bho\"" },
	{ { .rules = NAMED("object == \"files\"") },
	  "rules/t.yar:4: rule a: the variable object can never be \"files\"",
	  "\"member\"" },
	{ { .rules = NAMED("view != \"16\"") },
	  "rules/t.yar:4: rule a: the variable view can never be \"16\"",
	  "\"shared\"" },
	{ { .rules = NAMED("filetype == \"exe\"") },
	  "rules/t.yar:4: rule a: the variable filetype can never be \"exe\"",
	  "\"EXE\"" },
	{ { .rules = NAMED("filetype iequals \"dll\"") },
	  "rules/t.yar:4: rule a: the variable filetype can never be \"dll\"",
	  "\"EXE\"" },
	{ { .rules = NAMED("point startswith \"tool_\"") },
	  "rules/t.yar:4: rule a: the variable point can never be \"tool_\"",
	  "\"toolbar\"" },
	{ { .rules = NAMED("location endswith \"cookies\"") },
	  "rules/t.yar:4: rule a: the variable location can never be "
	  "\"cookies\"",
	  "\"browser_cache\"" },
	{ { .rules = NAMED("location contains \"Cache\"") },
	  "rules/t.yar:4: rule a: the variable location can never be "
	  "\"Cache\"",
	  "\"browser_cache\"" },
	{ { .rules = NAMED("extension == \"dll\"") },
	  "rules/t.yar:4: rule a: the variable extension can never be \"dll\"",
	  "dot" },
	{ { .rules = NAMED("extension == \".DLL\"") },
	  "rules/t.yar:4: rule a: the variable extension can never be "
	  "\".DLL\"",
	  "lower case" },
	{ { .rules = NAMED("extension iequals \".tar.gz\"") },
	  "rules/t.yar:4: rule a: the variable extension can never be "
	  "\".tar.gz\"",
	  "one dot" },
	{ { .rules = NAMED("filepath iendswith \"\\\\Shared\\\\\"") },
	  "rules/t.yar:4: rule a: the variable filepath can never be "
	  "\"\\Shared\\\"",
	  "backslash" },
	{ { .rules = NAMED("filename iequals \"Shared\\\\lib.dll\"") },
	  "rules/t.yar:4: rule a: the variable filename can never be "
	  "\"Shared\\lib.dll\"",
	  "filepath" },
	{ { .rules = NAMED("place == \"%Programfiles%\\\\Shared\"") },
	  "rules/t.yar:4: rule a: the variable place can never be "
	  "\"%Programfiles%\\Shared\"",
	  "%ProgramFiles%" },
	{ { .rules = NAMED("place istartswith \"%TEMP%\"") },
	  "rules/t.yar:4: rule a: the variable place can never be \"%TEMP%\"",
	  "%ProgramFiles%" },
	{ { .rules = NAMED("place iequals \"%PUBLIC%\\\\\"") },
	  "rules/t.yar:4: rule a: the variable place can never be "
	  "\"%PUBLIC%\\\"",
	  "backslash" },
	{ { .rules = NAMED("object == \"file\" and point == \"bho\"") },
	  "rules/t.yar:1: rule a: the condition is true of nothing",
	  "point" },
	{ { .rules = NAMED("location == \"temp\" and location == \"root\"") },
	  "rules/t.yar:1: rule a: the condition is true of nothing",
	  "point" },
	{ { .rules = "// rule a\nprivate rule b { condition: view == \"x\" }\n"
		     "/* rule a */" NAMED("b") },
	  "rules/t.yar:2: rule b: the variable view can never be \"x\"",
	  "" },

	/* strings about registrations */
	{ { .rules = RULE("strings: " HEAD "BHO\\n\"", ABOUT "$head at 0") },
	  "rules/t.yar:3: rule a: string $head: \"point: BHO\" stands in no",
	  "point is bho" },
	{ { .rules = RULE("strings:\n" HEAD "bho\\nview: 33\\n\"",
			  ABOUT "$head") },
	  "rules/t.yar:4: rule a: string $head: \"view: 33\" stands in no",
	  "view is 64, 32, shared" },
	{ { .rules = RULE("strings: $a = \"\\nlocation: commonfiles\\n\"",
			  ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"location: commonfiles\"",
	  "common_files" },
	{ { .rules = RULE("strings: $a = \"\\nexists: true\\n\"", ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"exists: true\"",
	  "exists is yes, no, unknown" },
	{ { .rules = RULE("strings: $a = \"loads: y\\n\"", ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"loads: y\"",
	  "loads is yes, no" },
	{ { .rules =
		    RULE("strings: $a = /\\ndisabled: maybe\\n/", ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"disabled: maybe\"",
	  "disabled is yes, no" },
	{ { .rules = RULE("strings: $a = \"\\nplace: %TEMP%\\\\x\"",
			  ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"place: %TEMP%\\x\"",
	  "a place begins with %ProgramFiles%" },
	{ { .rules = RULE("strings: $a = \"\\nplace: %appdata%\\\\x\"",
			  ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"place: %appdata%\\x\"",
	  "in this spelling unless without case" },
	{ { .rules = RULE("strings: $a = \"\\nExists: yes\\n\"", ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"Exists: yes\"",
	  "no line begins so" },
	{ { .rules = RULE("strings: $a = \"\\nfile: x.dll\\n\"", ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"file: x.dll\"",
	  "no line begins so" },
	{ { .rules = RULE("strings: $a = \"\\nview: 32\\nkey: HKLM\"",
			  ABOUT "$a") },
	  "rules/t.yar:3: rule a: string $a: \"key: HKLM\"",
	  "not at this place" },
	{ { .rules = RULE("strings: $a = \"mstmpsweep registration 1\\n"
			  "view: 32\"",
			  "$a") },
	  "rules/t.yar:3: rule a: string $a: \"view: 32\"",
	  "not at this place" },
	{ { .rules = RULE("strings: $a = \"mstmpsweep registration 2\\n\"",
			  "$a") },
	  "rules/t.yar:3: rule a: string $a: \"mstmpsweep registration 2\"",
	  "" },

	/* lists */
	{ { .places = "# a\ntree\t%TEMP%\\x\t\ntree\t%PROFILE%\\x\t\n" },
	  "places.tsv:3: unknown variable '%PROFILE%'",
	  "%TEMP%" },
	{ { .places = "tree\t%TEMP\\x\t\n" },
	  "places.tsv:1: '%TEMP\\x': a '%' without its second",
	  "" },
	{ { .places = "tree\tTemp\\x\t\n" },
	  "places.tsv:1: 'Temp\\x': a place begins with a variable",
	  "" },
	{ { .places = "file\t%TEMP%\\*.dll\t\n" },
	  "places.tsv:1: '%TEMP%\\*.dll': no path of Windows",
	  "no wildcards" },
	{ { .known = "BHO\t*\tx.dll\tours\n" },
	  "known.tsv:1: 'BHO', '*', 'x.dll': unknown point",
	  "" },
	{ { .known = "\nbho\t{1}\tx.dll\tours\n" },
	  "known.tsv:2: 'bho', '{1}', 'x.dll': the class is written",
	  "" },
	{ { .known = "winlogon_notify\t{0C0FFEE0-4B41-4E42-414E-000000000001}\t"
		     "x.dll\tours\n" },
	  "known.tsv:1: 'winlogon_notify', '{0C0FFEE0-4B41-4E42-414E-"
	  "000000000001}', 'x.dll': entries of this point name no class",
	  "" },
	{ { .known = "bho\t*\tC:\\x.dll\tours\n" },
	  "known.tsv:1: 'bho', '*', 'C:\\x.dll': the file is named without",
	  "" },
	{ { .known = "bho\t*\tx.dll\n" },
	  "known.tsv:1: 'bho', '*', 'x.dll': what it is must be said",
	  "" },
	{ { .allow = "clsid\t{0}\twhy\n" },
	  "allow.tsv:1: '{0}': the class",
	  "" },
	{ { .allow = "# a\npath\t%TEMP%\\x\twhy\n" },
	  "allow.tsv:2: '%TEMP%\\x': a path of allow.tsv has no variables",
	  "" },
	{ { .allow = "path\tTools\\x\twhy\n" },
	  "allow.tsv:1: 'Tools\\x': a path begins with a drive",
	  "" },
	{ { .allow = "path\tC:/Tools/x\twhy\n" },
	  "allow.tsv:1: 'C:/Tools/x': no path of Windows has a slash",
	  "" },

	/* Shift_JIS, as an editor of a Japanese Windows may save it. */
	{ { .texts = "rule.a\ten\t\x83\x8b\nfamily.f\ten\tja\n"
		     "role.r\ten\tja\n" },
	  "texts.tsv:1: this is no UTF-8",
	  "" },
	{ { .rules = "\n// \x83\x8b\n" NAMED("filename == \"x\"") },
	  "rules/t.yar:2: this is no UTF-8",
	  "" },
	{ { .places = "tree\t%TEMP%\\x\t\n\ntree\t%TEMP%\\\xE3\x81\t\n" },
	  "places.tsv:3: this is no UTF-8",
	  "" },

	/* pack.txt */
	{ { .info = "name: p\n# c\ntitel: t\ntitle: t\ntitle_ja: j\n"
		    "version: 2026.01.02\ndescription: d\nreference: r\n" },
	  "pack.txt:3: unknown key 'titel'",
	  "" },
	{ { .info = "name: p\ntitle: t\ntitle_ja: j\nversion: 1.0\n"
		    "description: d\nreference: r\n" },
	  "pack.txt:4: version '1.0' is not YYYY.MM.DD",
	  "" },
	{ { .info = "name: p\ntitle: t\nversion: 2026.01.02\n"
		    "description: d\nreference: r\n" },
	  "pack.txt:1: title_ja is missing",
	  "" },
	{ { .info = "title: t\ntitle_ja: j\nversion: 2026.01.02\n"
		    "description: d\nreference: r\n" },
	  "pack.txt:1: name is missing",
	  "" },

	/* texts */
	{ { .texts = "rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n"
		     "rule.b\ten\tja\n" },
	  "texts.tsv:4: rule.b: there is no such rule",
	  "" },
	{ { .texts = "family.f\ten\tja\nrole.r\ten\tja\nfamily.g\ten\tja\n"
		     "rule.a\ten\tja\n" },
	  "texts.tsv:3: family.g: no rule has this family",
	  "" },
	{ { .texts = "rule.a\ten\tja\nrole.\ten\tja\nfamily.f\ten\tja\n"
		     "role.r\ten\tja\n" },
	  "texts.tsv:2: role.: no rule has this role",
	  "" },
	{ { .texts = "rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n"
		     "advice.role.x\ten\tja\n" },
	  "texts.tsv:4: advice.role.x: no rule has this role",
	  "" },
	{ { .texts = "rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n"
		     "advice.bad\ten\tja\n" },
	  "texts.tsv:4: advice.bad: advice is about",
	  "suspicious" },
	{ { .texts = "rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n"
		     "rules.a\ten\tja\n" },
	  "texts.tsv:4: rules.a: a key begins with",
	  "" },
	{ { .texts = "rule.a\ten\nfamily.f\ten\tja\nrole.r\ten\tja\n" },
	  "texts.tsv:1: rule.a: the Japanese text is missing",
	  "" },
	{ { .texts = "rule.a\t\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n" },
	  "texts.tsv:1: rule.a: the English text is missing",
	  "" },
	{ { .texts = "rule.a\ten\tja\tx\nfamily.f\ten\tja\nrole.r\ten\tja\n" },
	  "texts.tsv:1: rule.a: there is a column too many",
	  "" },
	{ { .texts = "family.f\ten\tja\nrole.r\ten\tja\n" },
	  "rules/t.yar:1: rule a: texts.tsv has no text rule.a",
	  "" },
	{ { .texts = "rule.a\ten\tja\nrole.r\ten\tja\n" },
	  "rules/t.yar:1: rule a: texts.tsv has no text family.f",
	  "" },
	{ { .texts = "rule.a\ten\tja\nfamily.f\ten\tja\n" },
	  "rules/t.yar:1: rule a: texts.tsv has no text role.r",
	  "" },

	/* metadata */
	{ { .rules = "\nrule a { meta: description = \"d\" family = \"f\" "
		     "role = \"r\" score = 50 evidence = \"name\" "
		     "gate = \"any\" reference = \"x\" unless = \"a\" "
		     "condition: filename == \"x\" }" },
	  "rules/t.yar:2: rule a: unless 'a': there is no such rule",
	  "" },
	{ { .rules = "\nrule a { meta: description = \"d\" family = \"f\" "
		     "role = \"r\" score = 50 evidence = \"name\" "
		     "gate = \"any\" reference = \"x\" "
		     "companion = \"Shared\\\\lib.dll\" "
		     "condition: filename == \"x\" }" },
	  "rules/t.yar:2: rule a: companion 'Shared\\lib.dll' is a file's name",
	  "" },
	{ { .rules = "\nrule a { meta: description = \"d\" family = \"f\" "
		     "role = \"r\" score = 50 evidence = \"guess\" "
		     "gate = \"any\" reference = \"x\" "
		     "condition: filename == \"x\" }" },
	  "rules/t.yar:2: rule a: metadata evidence is missing",
	  "registration" },
};

/* Whether three words of ASCII letters stand in a row, outside of quotes. */
static bool is_english(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned run = 0;

	while (*text && run < 3) {
		size_t n = strspn(text, letters);
		const char *quote = *text == '"' || *text == '\''
					    ? strchr(text + 1, *text)
					    : NULL;

		if (n && strchr(" \n", text[n]))
			run++;
		else if (*text != ' ')
			run = 0;
		text = quote ? quote + 1 : text + n + (text[n] != '\0');
	}
	return run == 3;
}

START_TEST(mistakes_are_told_in_japanese)
{
	char *got = problems_of(&refused[_i].files);
	struct str ja = STR_INIT;

	ck_assert(is_english("x: a key begins so") && !is_english("鍵 a b"));
	got[strcspn(got, "\n")] = '\0';
	ck_assert_int_eq(words_translate(&ja, "ja", got), 0);
	ck_assert_msg(!is_english(str_text(&ja)), "row %d: %s", _i,
		      str_text(&ja));
	str_release(&ja);
	mem_free(got);
}

END_TEST

START_TEST(mistakes_are_refused)
{
	char *got = problems_of(&refused[_i].files);
	const char *end = strchr(got, '\n');

	ck_assert_msg(ascii_starts_with(got, refused[_i].says),
		      "row %d: %s: %s", _i, refused[_i].says, got);
	ck_assert_msg(strstr(got, refused[_i].also) != NULL, "row %d: %s", _i,
		      got);
	/* Nothing else is wrong with it. */
	ck_assert_msg(end && !end[1], "row %d: %s", _i, got);
	mem_free(got);
}

END_TEST

START_TEST(no_texts_are_refused)
{
	char *got = problems_of(&(struct files){ .texts = "# none\n" });

	ck_assert_str_eq(got, "texts.tsv:1: it is empty: nobody is told what "
			      "the rules mean\n"
			      "rules/t.yar:1: rule a: texts.tsv has no text "
			      "rule.a\n"
			      "rules/t.yar:1: rule a: texts.tsv has no text "
			      "family.f\n"
			      "rules/t.yar:1: rule a: texts.tsv has no text "
			      "role.r\n");
	mem_free(got);
}

END_TEST

START_TEST(a_key_stands_there_once)
{
	char *got = problems_of(
		&(struct files){ .texts = "rule.a\ten\tja\nfamily.f\ten\tja\n"
					  "role.r\ten\tja\nrole.r\ten\tja\n" });

	ck_assert_ptr_nonnull(strstr(got, ": role.r: the key stands there "
					  "twice\n"));
	mem_free(got);
}

END_TEST

/* ---- what is not refused ----------------------------------------- */

static const struct files fine[] = {
	{ .rules = good_rules },
	{ .rules = NAMED("location == \"\" or location == \"recycle_bin\"") },
	{ .rules = NAMED("point == \"\" or view == \"\"") },
	{ .rules = NAMED("filetype == \"\" or filetype startswith \"E\"") },
	{ .rules = NAMED("location contains \"cache\"") },
	{ .rules = NAMED("location icontains \"Cache\"") },
	{ .rules = NAMED("location matches /commonfiles/") },
	{ .rules = NAMED("extension == \"\" or extension iequals \".DLL\"") },
	{ .rules = NAMED("extension endswith \"ll\" or "
			 "extension contains \"x\"") },
	{ .rules = NAMED("filepath contains \"\\\\Shared\\\\\" or "
			 "filepath == \"C:\"") },
	{ .rules = NAMED("filename contains \"\\\\u{202E}\"") },
	{ .rules = NAMED("owner == \"BHO\"") },
	{ .rules = NAMED("place iequals \"%programfiles%\\\\Shared\" or "
			 "place startswith \"%ProgramFiles\"") },
	{ .rules = NAMED("place == \"%PUBLIC%\" or place == \"D:\\\\Apps\" or "
			 "place endswith \"%x\" or place == \"\"") },
	{ .rules = NAMED("object == \"member\" or object == \"trace\"") },
	/* A text of a file that looks like a line. */
	{ .rules = RULE("strings: $a = \"\\nexists: true\\nfile: x\\n\"",
			"$a") },
	{ .rules = RULE("strings: $a = \"\\npoint: BHO\\n\"",
			"$a and object == \"file\"") },
	/* Parts of lines. */
	{ .rules = RULE("strings: " HEAD "\"", ABOUT "$head") },
	{ .rules = RULE("strings: " HEAD "ex\"", ABOUT "$head") },
	{ .rules = RULE("strings: " HEAD "bho\\nview: \"", ABOUT "$head") },
	{ .rules = RULE("strings: " HEAD "bho\\nvi\"", ABOUT "$head") },
	{ .rules = RULE("strings: $a = \"mstmpsweep regis\"", ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"\\nKNOWN: \\n\" nocase", ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"\\nExists: YES\\n\" nocase",
			ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"\\nplace: %appdata%\\\\x\" nocase "
			"$b = \"\\nplace: D:\\\\x\" $c = \"\\nplace: \\n\" "
			"$d = \"place: %App\"",
			ABOUT "all of them") },
	{ .rules = RULE("strings: $a = \"\\nname: exists: true\\n\"",
			ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"Microsoft Improved\"", ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"\\nname: \" $b = /\\nview: 33\\n.*/",
			ABOUT "$a and $b") },
	{ .rules = RULE("strings: $a = \"location: unknown\\n\"", ABOUT "$a") },
	{ .rules = RULE("strings: $a = \"\\nexists: true\\n\" wide",
			ABOUT "$a") },
	{ .rules = RULE("strings: $a = { 0A 65 78 69 73 74 73 3A }",
			ABOUT "$a") },
	/* Lists. */
	{ .places = "tree\t%temp%\\x\t\nfile\tC:\\x.bak\t\n"
		    "folder\t%PROGRAMFILES(X86)%\\a\\%SystemDrive%\t\n" },
	{ .allow = "path\tC:\\x\twhy\npath\t?:\\x\\**\twhy\n"
		   "path\t**\\x.dll\twhy\npublisher\tA / B 100%\twhy\n" },
	{ .known = "*\t*\t*\tall\nprotocol_handler\t"
		   "{0C0FFEE0-4b41-4E42-414E-000000000001}\tx.dll\tours\n"
		   "shell_delay_load\t"
		   "{0C0FFEE0-4b41-4E42-414E-000000000001}\tx.dll\tours\n"
		   "scheduled_task\t"
		   "{0C0FFEE0-4b41-4E42-414E-000000000001}\tx.dll\tours\n"
		   "service\t*\tx.exe\tours\n" },
	{ .info = "\xEF\xBB\xBFname: p\r\n\r\n# c: d\r\ntitle: t\r\n"
		  "title_ja: j\r\nmin_tool: 0.1\r\nversion: 2026.01.02.3\r\n"
		  "description: d\r\nreference: r\r\n" },
	{ .texts = "rule.a\ten\tja\nfamily.f\ten\tja\nrole.r\ten\tja\n"
		   "advice.malicious\ten\tja\nadvice.note\ten\tja\n"
		   "advice.incomplete\ten\tja\nadvice.role.r\ten\tja\n" },
};

START_TEST(nothing_else_is_refused)
{
	char *got = problems_of(&fine[_i]);

	ck_assert_msg(!*got, "row %d: %s", _i, got);
	mem_free(got);
}

END_TEST

/* ---- the table of values ----------------------------------------- */

static bool is_value(const char *field, const char *value)
{
	for (size_t i = 0; pack_line_value(field, i); i++)
		if (strcmp(pack_line_value(field, i), value) == 0)
			return true;
	return false;
}

/* What registrations say is what the checks take for possible. */
START_TEST(values_are_those_of_registrations)
{
	struct registration r = { .point = (enum point)(_i % POINT_COUNT),
				  .view = _i % 3 == 0	? 64
					  : _i % 3 == 1 ? 32
							: 0,
				  .exists = (enum file_exists)(_i % 3),
				  .version_resource =
					  (enum file_exists)(_i % 3),
				  .loads = _i % 2,
				  .disabled = _i % 2 };
	struct str s = STR_INIT;
	char *line;
	unsigned closed = 0;

	ck_assert_int_eq(registration_text(&r, &s), 0);
	for (line = strtok(s.buf, "\n"); line; line = strtok(NULL, "\n")) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		if (!pack_line_value(line, 0))
			continue;
		closed++;
		ck_assert_msg(is_value(line, colon + 2), "%s: %s", line,
			      colon + 2);
	}
	ck_assert_uint_eq(closed, 7);
	str_release(&s);
}

END_TEST

START_TEST(every_location_is_a_value)
{
	for (int l = 0; l <= LOCATION_RECYCLE_BIN; l++)
		ck_assert(
			is_value("location", location_name((enum location)l)));
	ck_assert_ptr_null(pack_line_value("label", 0));
	ck_assert_ptr_null(pack_line_value("owner", 0));
}

END_TEST

/* ---- lines ------------------------------------------------------- */

START_TEST(lines_are_found)
{
	static const char text[] =
		"/* rule a { */\n"
		"// $x = \"condition: w\"\n"
		"rule\n"
		" a {\n"
		" meta: d = \"rule a $x = w\" e = \"w\"\n"
		" strings:\n"
		"  $xy = /a\\/\"[\"]\"/ $h = { 41 /* $x = */ 42 }\n"
		"  $x = \"rule b\"\n"
		" condition: 4 / 2 == 2 and $x and // w\n"
		"  filename == \"q\\\"\\\\\\x57\\n\" and\n"
		"  filename == \"w\"\n"
		"}\n"
		"rule ab { strings: $x = \"1\" condition: $x and \"w\" == "
		"filename }\n";

	ck_assert_uint_eq(rule_source_line(text, "a"), 3);
	ck_assert_uint_eq(rule_source_line(text, "ab"), 13);
	ck_assert_uint_eq(rule_source_line(text, "b"), 0);
	ck_assert_uint_eq(rule_source_string_line(text, "a", "$x"), 8);
	ck_assert_uint_eq(rule_source_string_line(text, "a", "$xy"), 7);
	ck_assert_uint_eq(rule_source_string_line(text, "ab", "$x"), 13);
	ck_assert_uint_eq(rule_source_string_line(text, "ab", "$xy"), 0);
	ck_assert_uint_eq(rule_source_word_line(text, "a", "w", 1), 11);
	ck_assert_uint_eq(rule_source_word_line(text, "a", "q\"\\W\n", 5), 10);
	ck_assert_uint_eq(rule_source_word_line(text, "ab", "w", 1), 13);
	ck_assert_uint_eq(rule_source_word_line(text, "a", "rule b", 6), 0);
}

END_TEST

/* It ends on any text, and stays inside it. */
START_TEST(half_a_text_ends)
{
	static const char text[] = "rule a { strings: $x = /a\\/b/ $y = \"\\x4"
				   "\" /* c */ condition: \"\\\\\" == x // e\n";

	for (size_t n = 0; n < sizeof(text); n++) {
		char *part = mem_strndup(text, n);

		ck_assert_ptr_nonnull(part);
		ck_assert_uint_eq(rule_source_line(part, "none"), 0);
		ck_assert_uint_eq(rule_source_string_line(part, "a", "$z"), 0);
		ck_assert_uint_le(rule_source_word_line(part, "a", "\\", 1), 1);
		mem_free(part);
	}
}

END_TEST

static Suite *pack_check_suite(void)
{
	Suite *s = suite_create("pack_check");
	TCase *tc = tcase_create("strict");

	tcase_add_loop_test(tc, mistakes_are_refused, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_loop_test(tc, mistakes_are_told_in_japanese, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tc, no_texts_are_refused);
	tcase_add_test(tc, a_key_stands_there_once);
	tcase_add_loop_test(tc, nothing_else_is_refused, 0,
			    (int)(sizeof(fine) / sizeof(fine[0])));
	tcase_add_loop_test(tc, values_are_those_of_registrations, 0,
			    2 * POINT_COUNT);
	tcase_add_test(tc, every_location_is_a_value);
	tcase_add_test(tc, lines_are_found);
	tcase_add_test(tc, half_a_text_ends);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(pack_check_suite)

/*
 * The scanner against libyara alone, and what it promises beside: memory,
 * reads, errors, threads.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match_fixture.h"
#include "unit.h"
#include <string.h>

static const struct match_vars plain_vars = {
	.filename = "Some.DLL",
	.filepath = "C:\\Temp",
	.place = "%T%\\x",
	.owner = "S-1-5-18",
	.object = "file",
	.location = "temp",
};

static int scan_with(struct pack *p, unsigned flags,
		     struct match_source *source, const struct match_vars *vars,
		     struct match_list *ret, struct scanner_stats *stats_ret)
{
	struct scanner *s = NULL;
	int err;

	ck_assert_int_eq(scanner_new(p, flags, &s), 0);
	err = scanner_scan(s, source, vars, ret);
	if (stats_ret)
		*stats_ret = *scanner_stats(s);
	scanner_free(s);
	return err;
}

static int scan(struct pack *p, unsigned flags, struct match_source *source,
		struct match_list *ret, struct scanner_stats *stats_ret)
{
	return scan_with(p, flags, source, &plain_vars, ret, stats_ret);
}

static void check_equal(const struct match_list *a, const struct match_list *b,
			const char *what)
{
	if (a->count != b->count)
		ck_abort_msg("%d matches, without filter %d: %s", (int)a->count,
			     (int)b->count, what);
	for (size_t i = 0; i < a->count; i++) {
		const struct rule_match *x = &a->items[i];
		const struct rule_match *y = &b->items[i];

		ck_assert_msg(x->rule == y->rule, "%s", what);
		ck_assert_msg(strcmp(x->string_id, y->string_id) == 0 &&
				      x->offset == y->offset &&
				      x->length == y->length,
			      "%s %s at %d, %d bytes; without filter %s at %d, "
			      "%d bytes: %s",
			      x->rule->name, x->string_id, (int)x->offset,
			      (int)x->length, y->string_id, (int)y->offset,
			      (int)y->length, what);
		if (i)
			ck_assert_uint_lt(a->items[i - 1].rule->index,
					  x->rule->index);
	}
}

/* ---- one thing at a time ----------------------------------------- */

static const struct {
	const char *rules;
	const char *data;
	size_t nbytes;
	const char *string_id; /* NULL: no match */
	uint64_t offset;
	uint32_t length;
} simple[] = {
	{ "rule a { strings: $a = \"mark\" condition: $a }", "a mark here", 11,
	  "$a", 2, 4 },
	{ "rule a { strings: $a = \"mark\" condition: $a }", "a mar here", 10,
	  NULL, 0, 0 },
	{ "rule a { strings: $a = \"mark\" $b = \"here\" condition: any of "
	  "them "
	  "}",
	  "a here", 6, "$b", 2, 4 },
	{ "rule a { condition: filename == \"Some.DLL\" and extension == "
	  "\".dll\" and filepath == \"C:\\\\Temp\" and filetype == \"EXE\" and "
	  "owner == \"S-1-5-18\" and object == \"file\" and point == \"\" and "
	  "view == \"\" and location == \"temp\" and "
	  "place == \"%T%\\\\x\" }",
	  "MZ", 2, "", 0, 0 },
	{ "rule a { condition: filesize == 0 }", "", 0, "", 0, 0 },
	{ "rule a { strings: $a = { 4D 5A } condition: $a at 0 }", "xMZ", 3,
	  NULL, 0, 0 },
	{ "rule a { strings: $a = /x[0-9]+y/ condition: $a }", "__x123y__", 9,
	  "$a", 2, 5 },
	{ "private rule p { strings: $a = \"mark\" condition: $a } "
	  "rule a { condition: p }",
	  "mark", 4, "", 0, 0 },
	{ "import \"pe\" rule a { condition: pe.is_pe }", "MZ", 2, NULL, 0, 0 },
	{ "rule a { condition: entrypoint == 0 }", "MZ", 2, NULL, 0, 0 },
};

START_TEST(test_simple)
{
	struct match_list list = { NULL, 0 };
	struct fixture_bytes b;
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack(simple[_i].rules, &p), 0);
	fixture_bytes_init(&b, simple[_i].data, simple[_i].nbytes);
	ck_assert_int_eq(scan(p, 0, &b.source, &list, NULL), 0);
	ck_assert_uint_eq(list.count, simple[_i].string_id ? 1 : 0);
	if (list.count) {
		ck_assert_str_eq(list.items[0].rule->name, "a");
		ck_assert_str_eq(list.items[0].string_id, simple[_i].string_id);
		ck_assert_uint_eq(list.items[0].offset, simple[_i].offset);
		ck_assert_uint_eq(list.items[0].length, simple[_i].length);
	}
	match_list_release(&list);
	pack_free(p);
}

END_TEST

/* libyara keeps the entry point of the file before; the next file must not
 * see it. */
START_TEST(test_entrypoint_forgotten)
{
	static const char rules[] = "rule a { condition: entrypoint > 0 }";
	uint8_t elf[64] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };
	struct match_list list = { NULL, 0 };
	struct scanner *s = NULL;
	struct fixture_bytes b;
	struct pack *p = NULL;

	elf[16] = 2; /* executable, no segments: entry point unknown */
	ck_assert_int_eq(fixture_pack(rules, &p), 0);
	ck_assert_int_eq(scanner_new(p, 0, &s), 0);
	for (int i = 0; i < 2; i++) {
		fixture_bytes_init(&b, i ? (const void *)"none" : elf,
				   i ? 4 : sizeof(elf));
		ck_assert_int_eq(scanner_scan(s, &b.source, &plain_vars, &list),
				 0);
		if (i)
			ck_assert_uint_eq(list.count, 0);
		match_list_release(&list);
	}
	scanner_free(s);
	pack_free(p);
}

END_TEST

/* ---- what is read ------------------------------------------------ */

#define BIG ((size_t)5 << 20)

static const struct {
	const char *rules;
	const char *head;
	uint64_t max_read; /* in units of the file's size, times ten */
	uint64_t conditions;
} reads[] = {
	/* names alone: the head only, and libyara is not asked */
	{ "rule a { condition: filename == \"x\" }", "MZ", 0, 0 },
	{ "rule a { condition: filename matches /^x/ }", "MZ", 0, 1 },
	/* the head answers */
	{ "rule a { condition: uint16(0) == 0x5A4D and filesize < 10 }", "MZ",
	  0, 0 },
	{ "rule a { condition: uint16(0) == 0x5A4D and filename contains "
	  "\"x\" }",
	  "MZ", 0, 1 },
	/* a gate that does not fit: nothing */
	{ "rule a { meta: gate = \"zip\" strings: $a = \"abcdefgh\" condition: "
	  "uint16(0) == 0x4B50 and $a }",
	  "MZ", 0, 0 },
	/* module pe does not want what is no PE file */
	{ "import \"pe\" rule a { condition: pe.number_of_sections > 1 }", "xx",
	  0, 1 },
	/* text looked for: once through */
	{ "rule a { strings: $a = \"abcdefgh\" condition: $a }", "MZ", 10, 0 },
	/* far away: whole */
	{ "rule a { condition: uint32(3000000) == 7 }", "MZ", 10, 1 },
	/* module pe and a PE file: whole */
	{ "import \"pe\" rule a { condition: pe.number_of_sections > 1 }", "MZ",
	  10, 1 },
	{ "import \"hash\" rule a { condition: filesize < 3 and "
	  "hash.md5(0, 9) == \"\" }",
	  "MZ", 0, 0 },
};

/*
 * Where the strings that were found cannot make a rule true libyara is left
 * out, and the bytes are not read again.
 */
static const struct {
	const char *condition;
	const char *data;
	bool passes; /* to libyara */
	size_t matches;
} partly[] = {
	{ "all of them", "first", false, 0 },
	{ "all of them", "first second third", true, 1 },
	{ "2 of them", "third", false, 0 },
	{ "2 of them", "third, first", true, 1 },
	{ "$a and ($b or $c)", "second third", false, 0 },
	{ "$a and ($b or $c)", "first third", true, 1 },
	{ "$a and not $b and #c == 0", "first", true, 1 },
	{ "$a and not $b and #c == 0", "first second", true, 0 },
	{ "#a > 0 and any of ($b, $c)", "first", false, 0 },
	{ "uint16(0) == 0x5A4D and any of them", "first", false, 0 },
	{ "uint16(0) == 0x5A4D and any of them", "MZfirst", true, 1 },
	{ "filesize > 9 and any of them", "first", false, 0 },
	{ "none of ($a, $b) and $c", "first third", true, 0 },
	{ "none of ($a, $b) and $c", "third", true, 1 },
};

START_TEST(test_partly)
{
	struct match_list list = { NULL, 0 };
	struct scanner_stats stats;
	struct fixture_bytes b;
	struct str rules = STR_INIT;
	struct pack *p = NULL;

	str_addf(&rules,
		 "rule r { strings: $a = \"first\" $b = \"second\" $c = "
		 "\"third\" condition: (%s) and (true or any of them) }",
		 partly[_i].condition);
	ck_assert_int_eq(fixture_pack(str_text(&rules), &p), 0);
	fixture_bytes_init(&b, partly[_i].data, strlen(partly[_i].data));
	ck_assert_int_eq(scan(p, 0, &b.source, &list, &stats), 0);
	ck_assert_uint_eq(stats.passed, partly[_i].passes);
	ck_assert_uint_eq(list.count, partly[_i].matches);
	match_list_release(&list);
	pack_free(p);
	str_release(&rules);
}

END_TEST

START_TEST(test_reads)
{
	uint8_t *data = mem_zalloc(BIG);
	struct match_list list = { NULL, 0 };
	struct scanner_stats stats;
	struct fixture_bytes b;
	struct pack *p = NULL;

	memcpy(data, reads[_i].head, 2);
	ck_assert_int_eq(fixture_pack(reads[_i].rules, &p), 0);
	fixture_bytes_init(&b, data, BIG);
	ck_assert_int_eq(scan(p, 0, &b.source, &list, &stats), 0);
	ck_assert_uint_le(b.read_nbytes,
			  4096 + reads[_i].max_read * (BIG / 10));
	ck_assert_uint_eq(stats.conditions, reads[_i].conditions);
	ck_assert_uint_eq(stats.passed, 0);
	ck_assert_uint_eq(list.count, 0);
	pack_free(p);
	mem_free(data);
}

END_TEST

START_TEST(test_changed)
{
	static const char rules[] = "rule n { condition: filename != \"\" } "
				    "rule a { strings: $a = \"abcdefgh\" "
				    "condition: $a }";
	uint8_t *data = mem_zalloc(BIG);
	struct match_list list = { NULL, 0 };
	struct fixture_bytes b;
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack(rules, &p), 0);
	fixture_bytes_init(&b, data, BIG);
	b.fail_at = BIG / 2;
	ck_assert_int_eq(scan(p, 0, &b.source, &list, NULL), ERR_CHANGED);
	ck_assert_uint_eq(list.count, 0);
	b.fail_at = 0;
	ck_assert_int_eq(scan(p, 0, &b.source, &list, NULL), ERR_CHANGED);
	match_list_release(&list);
	pack_free(p);
	mem_free(data);
}

END_TEST

static int read_zeros(void *arg, uint64_t offset, void *buf, size_t nbytes,
		      size_t *nread_ret)
{
	(void)offset;
	memset(buf, 0, nbytes);
	if (arg)
		memcpy(buf, arg, 8);
	*nread_ret = nbytes;
	return 0;
}

/* Above the bound: an error only if a rule could match, and what other rules
 * found is kept. */
START_TEST(test_too_large)
{
	static const char *const files[] = {
		"rules/a.yar",
		"rule a { strings: $a = \"abcdefgh\" condition: $a at 0 }",
		"rules/b.yar",
		"rule b { condition: filename == \"Some.DLL\" }",
		NULL,
		NULL
	};
	struct match_source source = { .nbytes = ((uint64_t)1 << 30) + 1,
				       .read = read_zeros };
	struct match_list list = { NULL, 0 };
	char mark[] = "abcdefgh";
	struct pack *p = NULL;

	if (sizeof(void *) == 4)
		source.nbytes = ((uint64_t)256 << 20) + 1;
	ck_assert_int_eq(fixture_pack_files(files, &p), 0);
	ck_assert_int_eq(scan(p, 0, &source, &list, NULL), 0);
	ck_assert_uint_eq(list.count, 1);
	match_list_release(&list);
	source.arg = mark;
	ck_assert_int_eq(scan(p, 0, &source, &list, NULL), ERR_TOO_LARGE);
	ck_assert_uint_eq(list.count, 1);
	ck_assert_str_eq(list.items[0].rule->name, "b");
	match_list_release(&list);
	pack_free(p);
}

END_TEST

/* ---- random rules, random files ---------------------------------- */

/* Few letters, so that texts meet. */
static void add_text(struct str *out, uint64_t *seed, uint32_t min,
		     uint32_t max)
{
	uint32_t n = min + fixture_random(seed, max - min + 1);

	for (uint32_t i = 0; i < n; i++)
		str_addch(out, "abAB0_"[fixture_random(seed, 6)]);
}

static void add_hex(struct str *out, uint64_t *seed)
{
	uint32_t n = 2 + fixture_random(seed, 8);

	str_add(out, "{ ");
	for (uint32_t i = 0; i < n; i++) {
		char c = "abAB0_"[fixture_random(seed, 6)];
		uint32_t kind = fixture_random(seed, 12);

		if (i && i + 1 < n && kind == 0)
			str_add(out, "?? ");
		else if (i && i + 1 < n && kind == 1)
			str_add(out, "[1-4] ");
		else if (i && i + 1 < n && kind == 2)
			str_add(out, "[-] ");
		else if (i && i + 1 < n && kind == 3)
			str_addf(out, "( %02X | %02X 61 ) ", c, c ^ 1);
		else if (i && i + 1 < n && kind == 4)
			str_addf(out, "?%X ", c & 15);
		else if (i && i + 1 < n && kind == 5)
			str_addf(out, "~%02X ", c);
		else if (i && i + 1 < n && kind == 6)
			str_add(out, "[300-600] ");
		else
			str_addf(out, "%02X ", c);
	}
	str_addf(out, "%02X }", 'a');
}

static void add_regex(struct str *out, uint64_t *seed)
{
	static const char *const middles[] = { "[0-9]+", ".{1,3}", "(ab|B0)",
					       "a*",	 "_?",	   "[^a]",
					       "\\b",	 "\\w{2}", "B+" };

	str_add(out, "/");
	if (fixture_random(seed, 10) == 0)
		str_add(out, "^");
	add_text(out, seed, 1, 4);
	str_add(out, middles[fixture_random(seed, 9)]);
	add_text(out, seed, 1, 4);
	if (fixture_random(seed, 10) == 0)
		str_add(out, "$");
	str_add(out, "/");
	if (fixture_random(seed, 3) == 0)
		str_add(out, "i");
	if (fixture_random(seed, 4) == 0)
		str_add(out, "s");
	if (fixture_random(seed, 4) == 0)
		str_add(out, fixture_random(seed, 2) ? " wide" : " ascii wide");
	if (fixture_random(seed, 5) == 0)
		str_add(out, " fullword");
}

static void add_string(struct str *out, uint64_t *seed)
{
	static const char *const modifiers[] = {
		"",
		"",
		" nocase",
		" wide",
		" xor",
		" fullword",
		" ascii wide",
		" nocase wide ascii",
		" private",
		" base64",
		" xor(1-3) wide",
		" base64wide",
		" fullword wide",
	};
	uint32_t kind = fixture_random(seed, 4);

	if (kind == 0) {
		add_hex(out, seed);
	} else if (kind == 1) {
		add_regex(out, seed);
	} else {
		const char *m = modifiers[fixture_random(seed, 13)];

		str_add(out, "\"");
		add_text(out, seed, strstr(m, "base64") ? 3 : 1, 9);
		str_add(out, "\"");
		str_add(out, m);
	}
}

static void add_condition(struct str *out, uint64_t *seed, uint32_t strings,
			  int rule)
{
	uint32_t a = fixture_random(seed, strings);
	uint32_t b = fixture_random(seed, strings);

	switch (fixture_random(seed, 20)) {
	case 0:
		str_addf(out, "$s%u or $s%u", a, b);
		break;
	case 1:
		str_add(out, "none of them");
		break;
	case 2:
		str_addf(out, "not $s%u", a);
		break;
	case 3:
		str_addf(out, "#s%u > 1", a);
		break;
	case 4:
		str_addf(out, "@s%u[1] < 40", a);
		break;
	case 5:
		str_addf(out, "!s%u[1] > 3", a);
		break;
	case 6:
		str_addf(out, "$s%u at %u", a, fixture_random(seed, 4));
		break;
	case 7:
		str_addf(out, "$s%u in (0..100)", a);
		break;
	case 8:
		str_addf(out, "for any i in (1..#s%u) : (@s%u[i] > 300)", a, a);
		break;
	case 9:
		str_addf(out, "filesize < 300 and $s%u", a);
		break;
	case 10:
		str_addf(out, "uint8(%u) == 0x61 or $s%u",
			 fixture_random(seed, 9000), a);
		break;
	case 11:
		str_add(out, "all of them");
		break;
	case 12:
		if (rule) {
			str_addf(out, "r%u or $s%u",
				 fixture_random(seed, (uint32_t)rule), a);
			break;
		}
		str_addf(out, "$s%u", a);
		break;
	case 13:
		str_addf(out, "#s%u == #s%u", a, b);
		break;
	case 14:
		str_addf(out, "%u of them", 1 + b);
		break;
	case 15:
		str_addf(out, "$s%u and not $s%u", a, b);
		break;
	case 16:
		str_addf(out, "#s%u of them or all of ($s%u*)", a, b);
		break;
	case 17:
		str_addf(out, "none of ($s%u) and any of them", a);
		break;
	default:
		str_add(out, "any of them");
		break;
	}
	/* Every string must be named. */
	str_add(out, " or (filesize == 1 and all of them)");
}

/* What a condition can be decided by before any byte is looked for. */
static void add_fact(struct str *out, uint64_t *seed, int rule)
{
	static const char *const facts[] = {
		"object == \"file\"",
		"object == \"registration\"",
		"object != \"file\"",
		"location == \"temp\"",
		"location iequals \"TEMP\"",
		"location != \"\"",
		"point == \"bho\"",
		"view == \"\"",
		"filename == \"Some.DLL\"",
		"filename iequals \"some.dll\"",
		"filename matches /^s.*l$/i",
		"filename contains \".D\"",
		"filename == filepath",
		"place == \"%T%\\\\x\"",
		"place != filepath",
		"\".dll\" == extension",
		"extension endswith \"l\"",
		"filetype == \"\"",
		"filesize < 100",
		"filesize == 0",
		"100 <= filesize",
		"filesize != 3",
		"uint8(0) == 0x61",
		"uint16(0) == 0x6161",
		"uint16be(1) < 0x6262",
		"uint32(0) >= 0x30303030",
		"uint8(filesize - 1) == 0x61",
		"uint32(4000) == 0x61616161",
		"uint8(999999) == 0",
		"uint8(999999) != 0",
		"int8(0) < 0",
		"defined uint8(50)",
		"defined uint8(999999)",
		"1 == 1",
		"true",
		"false",
		"filesize \\ 2 == 3",
		"math.mean(0, 4) > 100.0",
		"for any i in (0..3) : (uint8(i) == 0x61)",
		"for all i in (0..1) : (uint8(i) == 0x61 or uint8(i) == 0x62)",
	};
	const uint32_t count = sizeof(facts) / sizeof(facts[0]);
	uint32_t k = fixture_random(seed, count + 2);

	if (k < count)
		str_add(out, facts[k]);
	else if (rule)
		str_addf(out, "r%u", fixture_random(seed, (uint32_t)rule));
	else
		str_add(out, "filesize > 2");
}

static void add_expression(struct str *out, uint64_t *seed, uint32_t strings,
			   int rule, int depth)
{
	uint32_t k = fixture_random(seed, depth ? 10 : 4);

	if (k < 2) {
		add_fact(out, seed, rule);
	} else if (k < 4) {
		static const char *const forms[] = {
			"$s%u",	     "#s%u > 0",	"#s%u == 0",
			"$s%u at 3", "$s%u in (0..20)", "@s%u < 50",
			"!s%u > 2",
		};
		uint32_t form = fixture_random(seed, 7);
		const char *at = strchr(forms[form], '%');

		str_addn(out, forms[form], (size_t)(at - forms[form]));
		str_addf(out, "%u", fixture_random(seed, strings));
		str_add(out, at + 2);
	} else if (k == 4) {
		str_add(out, "not (");
		add_expression(out, seed, strings, rule, depth - 1);
		str_add(out, ")");
	} else if (k == 9) {
		static const char *const sets[] = {
			"all of them",	 "none of them", "2 of them",
			"any of ($s0*)", "50% of them",	 "filesize of them"
		};

		str_add(out, sets[fixture_random(seed, 6)]);
	} else {
		str_add(out, "(");
		add_expression(out, seed, strings, rule, depth - 1);
		str_add(out, k < 7 ? ") and (" : ") or (");
		add_expression(out, seed, strings, rule, depth - 1);
		str_add(out, ")");
	}
}

static void make_rules(struct str *out, uint64_t *seed)
{
	uint32_t rules = 1 + fixture_random(seed, 3);
	bool expressions = fixture_random(seed, 2);

	if (expressions)
		str_add(out, "import \"math\"\n");
	for (uint32_t r = 0; r < rules; r++) {
		uint32_t strings = 1 + fixture_random(seed, 3);
		uint32_t kind = fixture_random(seed, 12);

		str_addf(out, "%srule r%u { strings:",
			 kind == 0   ? "global "
			 : kind == 1 ? "private "
				     : "",
			 r);
		for (uint32_t i = 0; i < strings; i++) {
			str_addf(out, " $s%u = ", i);
			add_string(out, seed);
		}
		str_add(out, " condition: ");
		if (expressions) {
			add_expression(out, seed, strings, (int)r, 4);
			str_add(out, " or (filesize == 1 and all of them)");
		} else {
			add_condition(out, seed, strings, (int)r);
		}
		str_add(out, " }\n");
	}
}

static size_t make_data(uint8_t *data, size_t max, uint64_t *seed)
{
	static const char letters[] = "abAB0_ \0\n";
	size_t n = fixture_random(seed, 3)
			   ? fixture_random(seed, 600)
			   : fixture_random(seed, (uint32_t)max);
	uint32_t wide = fixture_random(seed, 4) == 0;
	uint8_t key =
		fixture_random(seed, 5) ? 0 : (uint8_t)fixture_random(seed, 4);

	for (size_t i = 0; i < n; i++) {
		data[i] = (uint8_t)letters[fixture_random(seed, 9)] ^ key;
		if (wide && i % 2)
			data[i] = key;
	}
	return n;
}

static void random_vars(struct match_vars *v, uint64_t *seed)
{
	static const char *const objects[] = { "file", "registration", "member",
					       "other" };
	static const char *const locations[] = { "temp", "", "system",
						 "elsewhere", NULL };

	*v = plain_vars;
	v->object = objects[fixture_random(seed, 4)];
	v->location = locations[fixture_random(seed, 5)];
	if (fixture_random(seed, 3) == 0)
		v->filename = fixture_random(seed, 2) ? "some.dll" : NULL;
	if (fixture_random(seed, 3) == 0)
		v->filepath = v->filename;
	if (fixture_random(seed, 3) == 0)
		v->place = v->filepath;
	if (fixture_random(seed, 3) == 0)
		v->point = "bho";
}

static uint64_t matched; /* by random rules */

static void check_random(uint64_t seed)
{
	size_t max = 5000;
	uint8_t *data = mem_alloc(max);
	struct str rules = STR_INIT;
	struct pack *p = NULL;
	uint64_t s = seed * 7919;

	make_rules(&rules, &s);
	/* Some combinations libyara does not take. */
	if (fixture_pack(str_text(&rules), &p))
		goto out;
	for (int i = 0; i < 6; i++) {
		struct match_list with = { NULL, 0 };
		struct match_list without = { NULL, 0 };
		struct match_vars vars;
		struct fixture_bytes b;

		fixture_bytes_init(&b, data, make_data(data, max, &s));
		if (i % 2)
			b.source.data = data;
		random_vars(&vars, &s);
		ck_assert_int_eq(scan_with(p, 0, &b.source, &vars, &with, NULL),
				 0);
		ck_assert_int_eq(scan_with(p, SCANNER_NO_FILTER, &b.source,
					   &vars, &without, NULL),
				 0);
		matched += without.count;
		check_equal(&with, &without, str_text(&rules));
		match_list_release(&with);
		match_list_release(&without);
	}
out:
	pack_free(p);
	str_release(&rules);
	mem_free(data);
}

START_TEST(test_random)
{
	const uint64_t count = unit_is_full() ? 20000 : 300;

	for (uint64_t seed = 1; seed <= count; seed++)
		check_random(seed);
	/* Rules that never match would be equal, too. */
	ck_assert_uint_gt(matched, count);
}

END_TEST

/* ---- threads ----------------------------------------------------- */

struct worker {
	struct pack *pack;
	int bad;
};

static void work(void *arg)
{
	struct worker *w = arg;
	struct scanner *s = NULL;
	uint64_t seed = 11;

	if (scanner_new(w->pack, 0, &s)) {
		w->bad++;
		return;
	}
	for (int i = 0; i < 200; i++) {
		uint8_t data[3000];
		struct match_list list = { NULL, 0 };
		struct fixture_bytes b;
		bool mark = fixture_random(&seed, 2);

		memset(data, 'x', sizeof(data));
		if (mark)
			memcpy(data + fixture_random(&seed, 2900), "mark-of-it",
			       10);
		fixture_bytes_init(&b, data, sizeof(data));
		if (scanner_scan(s, &b.source, &plain_vars, &list) ||
		    list.count != (mark ? 2u : 1u))
			w->bad++;
		match_list_release(&list);
	}
	scanner_free(s);
}

START_TEST(test_threads)
{
	static const char *const files[] = {
		"rules/a.yar",
		"rule a { strings: $a = \"mark-of-it\" "
		"condition: $a }",
		"rules/b.yar",
		"rule b { condition: filesize == 3000 }",
		NULL,
		NULL
	};
	struct host_thread *threads[4];
	struct worker workers[4];
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack_files(files, &p), 0);
	for (int i = 0; i < 4; i++) {
		workers[i].pack = p;
		workers[i].bad = 0;
		ck_assert_int_eq(
			host_thread_start(work, &workers[i], &threads[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		host_thread_join(threads[i]);
		ck_assert_int_eq(workers[i].bad, 0);
	}
	pack_free(p);
}

END_TEST

/* ---- memory ------------------------------------------------------ */

/* Opening and one scan, with the n-th allocation failing. */
static int open_and_scan(size_t *count_ret)
{
	static const char *const files[] = {
		"rules/a.yar",
		"rule a { strings: $a = \"abcd\" $b = /x[0-9]y/ $c = \"qq\" "
		"xor "
		"condition: any of them }",
		"rules/b.yar",
		"rule b { meta: gate = \"pe\" condition: uint16(0) == 0x5A4D "
		"and uint8(filesize - 1) == 0x61 }",
		"texts.tsv",
		"a\tb\tc\n",
		"places.tsv",
		"tree\tx\ty\n",
		NULL,
		NULL
	};
	struct match_list list = { NULL, 0 };
	struct scanner *s = NULL;
	struct pack *p = NULL;
	struct fixture_bytes b;
	int err;

	err = fixture_pack_files(files, &p);
	if (!err)
		err = scanner_new(p, 0, &s);
	if (!err) {
		fixture_bytes_init(&b, "MZ abcd a", 9);
		err = scanner_scan(s, &b.source, &plain_vars, &list);
	}
	if (!err)
		*count_ret = list.count;
	match_list_release(&list);
	scanner_free(s);
	pack_free(p);
	return err;
}

START_TEST(test_no_memory)
{
	int64_t before = mem_count();
	size_t count = 0;
	int64_t n;

	ck_assert_int_eq(open_and_scan(&count), 0);
	ck_assert_uint_eq(count, 2);
	n = mem_count() - before;
	ck_assert_int_gt(n, 20);
	for (int64_t i = 1; i <= n; i++) {
		int err;

		count = 2;
		mem_fail_after(i);
		err = open_and_scan(&count);
		mem_fail_after(0);
		/* Where a list of places cannot grow libyara scans instead. */
		if (err != ERR_NOMEM && !(err == 0 && count == 2))
			ck_abort_msg("allocation %d: error %d, %d matches",
				     (int)i, err, (int)count);
	}
}

END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static Suite *scanner_suite(void)
{
	Suite *s = suite_create("scanner");
	TCase *t = tcase_create("scanner");

	tcase_set_timeout(t, 1200);
	tcase_add_loop_test(t, test_simple, 0, COUNT(simple));
	tcase_add_test(t, test_entrypoint_forgotten);
	tcase_add_loop_test(t, test_partly, 0, COUNT(partly));
	tcase_add_loop_test(t, test_reads, 0, COUNT(reads));
	tcase_add_test(t, test_changed);
	tcase_add_test(t, test_too_large);
	tcase_add_test(t, test_random);
	tcase_add_test(t, test_threads);
	tcase_add_test(t, test_no_memory);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(scanner_suite)

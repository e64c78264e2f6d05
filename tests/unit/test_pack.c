/*
 * Packs: rules and their metadata, gates, lists, the container, signatures.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match_fixture.h"
#include "unit.h"
#include "scratch.h"
#include <sodium.h>
#include <string.h>

/* ---- rules ------------------------------------------------------- */

START_TEST(test_metadata)
{
	static const char rules[] =
		"rule full { meta: description = \"what\" family = \"f\" "
		"role = \"r\" score = 42 evidence = \"name\" gate = \"pe\" "
		"reference = \"ref\" companion = \"lib.dll\" "
		"condition: uint16(0) == 0x5A4D }\n"
		"private rule hidden { condition: true }\n"
		"rule foreign { condition: hidden }\n"
		"rule odd { meta: score = 500 evidence = \"guess\" "
		"condition: hidden }\n";
	struct pack *p = NULL;
	const struct rule_info *r;

	ck_assert_int_eq(fixture_pack(rules, &p), 0);
	ck_assert_uint_eq(pack_rule_count(p), 4);
	r = pack_rule(p, 0);
	ck_assert_str_eq(r->name, "full");
	ck_assert_str_eq(r->file, "rules/t.yar");
	ck_assert_str_eq(r->description, "what");
	ck_assert_str_eq(r->family, "f");
	ck_assert_str_eq(r->role, "r");
	ck_assert_str_eq(r->reference, "ref");
	ck_assert_str_eq(r->companion, "lib.dll");
	ck_assert_int_eq(r->score, 42);
	ck_assert_int_eq(r->evidence, EV_NAME);
	ck_assert_uint_eq(r->gates, 1u << FILETYPE_PE);
	ck_assert(r->has_metadata);
	ck_assert(!r->is_private);
	ck_assert(pack_rule(p, 1)->is_private);
	for (size_t i = 2; i < 4; i++) {
		r = pack_rule(p, i);
		ck_assert_int_eq(r->score, 70);
		ck_assert_int_eq(r->evidence, EV_CONTENT);
		ck_assert_uint_eq(r->gates, 0);
		ck_assert(!r->has_metadata);
		ck_assert_uint_eq(r->index, i);
	}
	pack_free(p);
	pack_free(NULL);
}

END_TEST

static const struct {
	const char *rules;
	int err;
	const char *says;
} refused[] = {
	{ "rule a { condition: true }\n\nrule b { condition: tru }\n",
	  ERR_INVALID, "rules/t.yar:3: rule b: " },
	{ "rule a {", ERR_INVALID, "rules/t.yar:1: " },
	{ "rule a { condition: true }\nrule a { condition: true }", ERR_INVALID,
	  "rules/t.yar:2: " },
	{ "import \"cuckoo\"\nrule a { condition: true }", ERR_INVALID,
	  "rules/t.yar:1: unknown module \"cuckoo\"" },
	{ "include \"/etc/hostname\"\nrule a { condition: true }", ERR_INVALID,
	  "rules/t.yar:1: " },
	{ "rule a { strings: $a = /(/ condition: $a }", ERR_INVALID,
	  "rules/t.yar:1: rule a: " },
	{ "\n\nrule a { meta: gate = \"exe\" condition: true }", ERR_INVALID,
	  "rules/t.yar:3: rule a: unknown gate \"exe\"" },
	{ "// rule a\n/* rule a { } */\nrule a { meta: gate = \"pe\" "
	  "condition: true }",
	  ERR_INVALID, "rules/t.yar:3: rule a: the condition does not begin" },
};

START_TEST(test_refused)
{
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack(refused[_i].rules, &p), refused[_i].err);
	ck_assert_ptr_eq(p, NULL);
	if (!strstr(err_last()->text, refused[_i].says))
		ck_abort_msg("said: %s", err_last()->text);
}

END_TEST

/* Notepad's mark of UTF-8 and ends of lines; a line keeps its number. */
START_TEST(test_saved_on_windows)
{
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack("\xEF\xBB\xBFrule a {\r\n\tcondition: "
				      "true\r\n}\r\n",
				      &p),
			 0);
	ck_assert_uint_eq(pack_rule_count(p), 1);
	ck_assert_str_eq(pack_rule(p, 0)->name, "a");
	pack_free(p);
	p = NULL;
	ck_assert_int_eq(fixture_pack("\xEF\xBB\xBF\r\nrule a {\r\n"
				      "condition: tru }\r\n",
				      &p),
			 ERR_INVALID);
	ck_assert_ptr_nonnull(
		strstr(err_last()->text, "rules/t.yar:3: rule a: "));
	/* Only there, and whole. */
	ck_assert_int_eq(fixture_pack("rule a { condition: true }\n"
				      "\xEF\xBB\xBF",
				      &p),
			 ERR_INVALID);
	ck_assert_int_eq(fixture_pack("\xEF\xBBrule a { condition: true }", &p),
			 ERR_INVALID);
}

END_TEST

/* ---- gates ------------------------------------------------------- */

static const struct {
	bool good;
	const char *gate;
	const char *condition;
} gates[] = {
	{ true, "pe", "uint16(0) == 0x5A4D" },
	{ true, "pe", "uint16(0) == 0x5A4D and $a" },
	{ true, "pe", "0x5A4D == uint16(0) and $a" },
	{ true, "pe", "uint16be(0) == 0x4D5A and $a and filesize > 3" },
	{ true, "pe", "uint16(0) == 0x5A4D and ($a or filesize > 3)" },
	{ true, "pe", "(uint16(0) == 0x5A4D and $a) and filesize > 3" },
	{ true, "pe",
	  "uint16(0) == 0x5A4D and for any i in (1..#a) : (@a[i] > 4)" },
	{ true, "pe", "uint16(0) == 0x5A4D and not $a" },
	{ true, "pe", "uint32(0) == 0x00905A4D and $a" },
	{ true, "zip", "uint32(0) == 0x04034B50 and $a" },
	{ true, "zip", "uint16(0) == 0x4B50 and $a" },
	{ true, "zip", "uint32be(0) == 0x504B0304 and $a" },
	{ true, "jpeg", "uint16(0) == 0xD8FF and $a" },
	{ true, "class", "uint32be(0) == 0xCAFEBABE and $a" },
	{ true, "class", "uint32(0) == 0xBEBAFECA and $a" },
	{ true, "swf", "uint16(0) == 0x5746 and $a" },
	{ true, "pe,zip",
	  "(uint16(0) == 0x5A4D or uint16(0) == 0x4B50) and $a" },
	{ true, "pe, zip", "uint16(0) == 0x4B50 and $a" },
	{ true, "pe,zip",
	  "(uint16(0) == 0x5A4D and $a) or "
	  "(uint16(0) == 0x4B50 and filesize > 3)" },
	{ true, "any", "$a" },
	{ false, "pe", "$a" },
	{ false, "pe", "true" },
	{ false, "pe", "$a and uint16(0) == 0x5A4D" },
	{ false, "pe", "uint16(0) == 0x5A4D or $a" },
	{ false, "pe", "(uint16(0) == 0x5A4D and $a) or filesize > 3" },
	{ false, "pe", "uint16(0) != 0x5A4D and $a" },
	{ false, "pe", "not (uint16(0) == 0x5A4D and $a)" },
	{ false, "pe", "uint16(2) == 0x5A4D and $a" },
	{ false, "pe", "uint16(0) == 0x4D5A and $a" },
	{ false, "pe", "uint16be(0) == 0x5A4D and $a" },
	{ false, "pe", "int16(0) == 0x5A4D and $a" },
	{ false, "pe", "uint8(0) == 0x4D and $a" },
	{ false, "pe", "uint16(0) >= 0x5A4D and $a" },
	{ false, "pe", "uint16(filesize - 8) == 0x5A4D and $a" },
	{ false, "pe", "uint32(0) == 0x5A4D0000 and $a" },
	{ false, "pe", "uint16(0) & 0x5A4D == 0x5A4D and $a" },
	{ false, "pe", "uint16(0) == 0x4B50 and $a" },
	{ false, "pe", "for any of them : (uint16(0) == 0x5A4D)" },
	{ false, "zip", "(uint16(0) == 0x5A4D or uint16(0) == 0x4B50) and $a" },
	{ false, "pe", "$a at 0 and uint16(0) == 0x5A4D" },
	{ false, "pe", "filesize > 3 and uint16(0) == 0x5A4D" },
	{ false, "pe", "defined uint16(0) and $a" },
};

START_TEST(test_gates)
{
	struct pack *p = NULL;
	struct str rules = STR_INIT;
	int ret;

	str_addf(&rules,
		 "rule before { condition: false }\n"
		 "rule g { meta: gate = \"%s\" strings: $a = \"abcd\" "
		 "condition: (%s) and (#a >= 0) }\n",
		 gates[_i].gate, gates[_i].condition);
	ret = fixture_pack(str_text(&rules), &p);
	if (gates[_i].good != (ret == 0))
		ck_abort_msg("%s: %s: %s", gates[_i].gate, gates[_i].condition,
			     ret ? err_last()->text : "was accepted");
	if (ret)
		ck_assert_ptr_ne(
			strstr(err_last()->text, "rules/t.yar:2: rule g: "),
			NULL);
	str_release(&rules);
	pack_free(p);
}

END_TEST

/* ---- lists ------------------------------------------------------- */

static const char some_rule[] = "rule a { condition: false }";

START_TEST(test_lists)
{
	const char *const files[] = {
		"rules/a.yar",
		some_rule,
		"pack.txt",
		"# c\r\nname: try\r\ntitle: A: B\nversion: 2026.01.02\nx: y\n",
		"places.tsv",
		"# kind\ntree\t%TEMP%\twhy\nfile\t%SystemRoot%\\x\n",
		"known.tsv",
		"bho\t{1}\t*\twhat it is\n",
		"allow.tsv",
		"clsid\t{2}\twhy\npath\t%TEMP%\\x\n",
		"texts.tsv",
		"b\tBee\t\xE8\x9C\x82\na\tEn only\n\nz\t\t\xE6\x97\xA5\n",
		NULL,
		NULL
	};
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack_files(files, &p), 0);
	ck_assert_str_eq(pack_info(p)->name, "try");
	ck_assert_str_eq(pack_info(p)->title, "A: B");
	ck_assert_str_eq(pack_info(p)->version, "2026.01.02");
	ck_assert(!pack_info(p)->is_signed);
	ck_assert_uint_eq(pack_place_count(p), 2);
	ck_assert_int_eq(pack_place(p, 0)->kind, PLACE_TREE);
	ck_assert_str_eq(pack_place(p, 0)->why, "why");
	ck_assert_int_eq(pack_place(p, 1)->kind, PLACE_FILE);
	ck_assert_str_eq(pack_place(p, 1)->pattern, "%SystemRoot%\\x");
	ck_assert_str_eq(pack_place(p, 1)->why, "");
	ck_assert_uint_eq(pack_known_count(p), 1);
	ck_assert_str_eq(pack_known(p, 0)->what, "what it is");
	ck_assert_uint_eq(pack_allow_count(p), 2);
	ck_assert_int_eq(pack_allow(p, 1)->kind, ALLOW_PATH);
	ck_assert_str_eq(pack_text(p, "b", "ja"), "\xE8\x9C\x82");
	ck_assert_str_eq(pack_text(p, "b", "en"), "Bee");
	ck_assert_str_eq(pack_text(p, "a", "ja"), "En only");
	ck_assert_ptr_eq(pack_text(p, "c", "en"), NULL);
	pack_free(p);
}

END_TEST

static const struct {
	const char *file;
	const char *text;
	int err;
	const char *says;
} bad_lists[] = {
	{ "places.tsv", "# c\nroot\tx\n", ERR_INVALID, "places.tsv:2: " },
	{ "places.tsv", "tree\n", ERR_INVALID, "places.tsv:1: " },
	{ "places.tsv", "tree\t\twhy\n", ERR_INVALID, "places.tsv:1: " },
	{ "known.tsv", "bho\t{1}\n", ERR_INVALID, "known.tsv:1: " },
	{ "allow.tsv", "\nsha256\tabc\tx\n", ERR_INVALID, "allow.tsv:2: " },
	{ "allow.tsv", "md5\tabc\tx\n", ERR_INVALID, "allow.tsv:1: " },
	{ "texts.tsv", "\ten\tja\n", ERR_INVALID, "texts.tsv:1: " },
	{ "pack.txt", "name try\n", ERR_INVALID, "pack.txt:1: " },
	{ "restore.tsv", "# c\ntext/html\t6.1\t6.1\n", ERR_INVALID,
	  "restore.tsv:2: columns" },
	{ "restore.tsv", "text/html\t6.2\t6.1\t{1}\n", ERR_INVALID,
	  "restore.tsv:1: a name" },
	{ "restore.tsv", "text/html\t6.1\t6.2\t{1}\n", ERR_INVALID,
	  "restore.tsv:1: the class" },
	{ "pack.txt", "name: x\nmin_tool: 999.1\n", ERR_UNSUPPORTED,
	  "pack.txt:2: the pack needs mstmpsweep 999.1" },
};

START_TEST(test_bad_lists)
{
	const char *const files[] = {
		"rules/a.yar",	    some_rule, bad_lists[_i].file,
		bad_lists[_i].text, NULL,      NULL
	};
	struct pack *p = NULL;

	ck_assert_int_eq(fixture_pack_files(files, &p), bad_lists[_i].err);
	if (!strstr(err_last()->text, bad_lists[_i].says))
		ck_abort_msg("said: %s", err_last()->text);
}

END_TEST

/* As a file saved as UTF-16 has them; in every kind of file. */
START_TEST(a_nul_is_told_with_its_line)
{
	static const char *const names[] = { "pack.txt",    "places.tsv",
					     "known.tsv",   "allow.tsv",
					     "restore.tsv", "texts.tsv",
					     "rules/a.yar" };
	static const char text[] = "# c\n\n\0";
	static const char rules[] = "// c\n\n\0";
	const char *name = names[_i];
	const bool is_rules = strcmp(name, "rules/a.yar") == 0;
	struct pack_files f;
	struct pack *p = NULL;
	char says[40];

	snprintf(says, sizeof(says), "%s:3: a NUL byte", name);
	pack_files_init(&f);
	ck_assert_int_eq(
		pack_files_add(&f, name, is_rules ? rules : text,
			       is_rules ? sizeof(rules) - 1 : sizeof(text) - 1),
		0);
	ck_assert_int_eq(pack_from_files(&f, "test", &p), ERR_INVALID);
	if (!strstr(err_last()->text, says))
		ck_abort_msg("said: %s", err_last()->text);
	pack_files_release(&f);
}

END_TEST

/* ---- the container ----------------------------------------------- */

static const char *const container_files[] = {
	"rules/a.yar",
	"rule a { strings: $a = \"a-very-telling-mark\" "
	"condition: $a }",
	"rules/b.yar",
	"rule b { condition: false }",
	"pack.txt",
	"name: boxed\nversion: 2026.01.01\n",
	NULL,
	NULL
};

static void encode(uint8_t **data_ret, size_t *nbytes_ret)
{
	struct pack_files f;

	pack_files_init(&f);
	for (size_t i = 0; container_files[i]; i += 2)
		ck_assert_int_eq(pack_files_add(&f, container_files[i],
						container_files[i + 1],
						strlen(container_files[i + 1])),
				 0);
	pack_files_sort(&f);
	ck_assert_int_eq(pack_files_encode(&f, data_ret, nbytes_ret), 0);
	pack_files_release(&f);
}

static bool contains(const uint8_t *data, size_t nbytes, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= nbytes; i++) {
		if (memcmp(data + i, text, n) == 0)
			return true;
	}
	return false;
}

START_TEST(test_container)
{
	struct pack_files f;
	const struct pack_member *m;
	uint8_t *a = NULL;
	uint8_t *b = NULL;
	size_t a_nbytes = 0;
	size_t b_nbytes = 0;
	size_t end = 0;

	encode(&a, &a_nbytes);
	encode(&b, &b_nbytes);
	ck_assert_uint_eq(a_nbytes, b_nbytes);
	ck_assert_int_eq(memcmp(a, b, a_nbytes), 0);
	ck_assert(!contains(a, a_nbytes, "telling"));
	ck_assert(!contains(a, a_nbytes, "rule"));
	ck_assert(!contains(a, a_nbytes, "yar"));
	pack_files_init(&f);
	ck_assert_int_eq(pack_files_decode(&f, a, a_nbytes, &end), 0);
	ck_assert_uint_eq(end, a_nbytes);
	ck_assert_uint_eq(f.members.count, 3);
	m = pack_files_get(&f, "rules/a.yar");
	ck_assert_ptr_ne(m, NULL);
	ck_assert_str_eq((const char *)m->data, container_files[1]);
	pack_files_release(&f);
	mem_free(a);
	mem_free(b);
}

END_TEST

/* Damage is refused, never read past, and costs no memory. */
START_TEST(test_container_damaged)
{
	struct pack_files f;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	size_t end = 0;

	encode(&data, &nbytes);
	for (size_t n = 0; n < nbytes; n++) {
		uint8_t *cut = mem_dup(data, n);

		pack_files_init(&f);
		ck_assert_int_ne(pack_files_decode(&f, cut, n, &end), 0);
		pack_files_release(&f);
		mem_free(cut);
	}
	for (size_t i = 0; i < nbytes * 8; i++) {
		/* The two reserved bytes are not looked at. */
		if (i / 8 == 6 || i / 8 == 7)
			continue;
		data[i / 8] ^= (uint8_t)(1u << (i % 8));
		pack_files_init(&f);
		if (pack_files_decode(&f, data, nbytes, &end) == 0)
			ck_abort_msg("bit %d may change", (int)i);
		pack_files_release(&f);
		data[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	mem_free(data);
}

END_TEST

/* 64 MiB in a header are none that the file holds. */
START_TEST(test_container_claims)
{
	struct pack_files f;
	uint8_t *data = NULL;
	size_t nbytes = 0, end = 0;

	encode(&data, &nbytes);
	bytes_put_le32(data + 8, 64 << 20);
	pack_files_init(&f);
	mem_largest();
	ck_assert_int_eq(pack_files_decode(&f, data, nbytes, &end),
			 ERR_CORRUPT);
	ck_assert_uint_lt(mem_largest(), 1 << 20);
	pack_files_release(&f);
	mem_free(data);
}

END_TEST

START_TEST(test_names)
{
	ck_assert(pack_files_is_name("pack.txt"));
	ck_assert(pack_files_is_name("rules/a.yar"));
	ck_assert(pack_files_is_name("rules/a.yara"));
	ck_assert(pack_files_is_name("rules/A.YAR"));
	ck_assert(pack_files_is_name("rules/sub/b-2/a.Yara"));
	ck_assert(!pack_files_is_name("rules/sub/../a.yar"));
	ck_assert(!pack_files_is_name("rules/sub//a.yar"));
	ck_assert(!pack_files_is_name("rules//a.yar"));
	ck_assert(!pack_files_is_name("rules/sub/.yar"));
	ck_assert(!pack_files_is_name("rules/.sub/a.yar"));
	ck_assert(!pack_files_is_name("rules/a.yar/"));
	ck_assert(!pack_files_is_name("rules/a.yarn"));
	ck_assert(!pack_files_is_name("rules/../a.yar"));
	ck_assert(!pack_files_is_name("rules/.yar"));
	ck_assert(!pack_files_is_name("rules/.a.yar"));
	ck_assert(!pack_files_is_name("rules/a\\b.yar"));
	ck_assert(!pack_files_is_name("/rules/a.yar"));
	ck_assert(!pack_files_is_name("other.txt"));
	ck_assert(!pack_files_is_name(""));
}

END_TEST

START_TEST(test_builtin)
{
	struct pack *p = NULL;

	ck_assert_int_eq(pack_open_builtin(&p), 0);
	ck_assert_str_eq(pack_info(p)->name, "mstmp");
	ck_assert_str_eq(pack_info(p)->source, "built in");
	ck_assert(pack_info(p)->is_signed);
	ck_assert_uint_gt(pack_rule_count(p), 10);
	for (size_t i = 0; i < pack_rule_count(p); i++)
		ck_assert(pack_rule(p, i)->has_metadata ||
			  pack_rule(p, i)->is_private);
	pack_free(p);
}

END_TEST

/* ---- files and signatures ---------------------------------------- */

static void setup(void)
{
	scratch_make("mstmp-pack");
	ck_assert_int_ge(sodium_init(), 0);
}

static void put_file(const char *name, const void *data, size_t nbytes)
{
	char *path = host_join(scratch, name);

	ck_assert_int_eq(host_write_file(path, data, nbytes), 0);
	mem_free(path);
}

static void teardown(void)
{
	static const char *const names[] = { "p.pack", "p.pack.minisig",
					     "x.yar", "x.txt" };

	for (size_t i = 0; i < 4; i++) {
		char *path = host_join(scratch, names[i]);

		host_unlink(path);
		mem_free(path);
	}
	scratch_release();
}

static int open_scratch(const char *name, const char *const *keys,
			struct pack **ret)
{
	char *path = host_join(scratch, name);
	int err = pack_open(path, keys, ret);

	mem_free(path);
	return err;
}

struct signer {
	uint8_t public_key[32];
	uint8_t secret_key[64];
	char line[64]; /* as in a .pub file */
};

static void signer_init(struct signer *s, uint8_t fill)
{
	uint8_t seed[32];
	uint8_t raw[42] = { 'E', 'd' };

	memset(seed, fill, sizeof(seed));
	memset(raw + 2, fill, 8);
	crypto_sign_seed_keypair(s->public_key, s->secret_key, seed);
	memcpy(raw + 10, s->public_key, 32);
	sodium_bin2base64(s->line, sizeof(s->line), raw, sizeof(raw),
			  sodium_base64_VARIANT_ORIGINAL);
}

/* What minisign -S writes. */
static void sign(const struct signer *s, uint8_t fill, const uint8_t *data,
		 size_t nbytes, struct str *out)
{
	static const char comment[] = "pack boxed 2026.01.01";
	uint8_t hash[64];
	uint8_t raw[74] = { 'E', 'D' };
	uint8_t global[64 + sizeof(comment)];
	char line[128];

	memset(raw + 2, fill, 8);
	crypto_generichash(hash, sizeof(hash), data, nbytes, NULL, 0);
	crypto_sign_detached(raw + 10, NULL, hash, sizeof(hash), s->secret_key);
	sodium_bin2base64(line, sizeof(line), raw, sizeof(raw),
			  sodium_base64_VARIANT_ORIGINAL);
	str_addf(out, "untrusted comment: x\n%s\ntrusted comment: %s\n", line,
		 comment);
	memcpy(global, raw + 10, 64);
	memcpy(global + 64, comment, sizeof(comment) - 1);
	crypto_sign_detached(raw, NULL, global, 64 + sizeof(comment) - 1,
			     s->secret_key);
	sodium_bin2base64(line, sizeof(line), raw, 64,
			  sodium_base64_VARIANT_ORIGINAL);
	str_addf(out, "%s\n", line);
}

START_TEST(test_signed)
{
	const char *keys[] = { NULL, NULL };
	struct str text = STR_INIT;
	struct str whole = STR_INIT;
	struct signer good;
	struct signer other;
	struct pack *p = NULL;
	uint8_t *data = NULL;
	size_t nbytes = 0;

	signer_init(&good, 7);
	signer_init(&other, 9);
	encode(&data, &nbytes);
	sign(&good, 7, data, nbytes, &text);

	/* unsigned */
	put_file("p.pack", data, nbytes);
	ck_assert_int_eq(open_scratch("p.pack", NULL, &p), 0);
	ck_assert(!pack_info(p)->is_signed);
	ck_assert_str_eq(pack_info(p)->signer, "");
	pack_free(p);

	/* beside it */
	put_file("p.pack.minisig", text.buf, text.len);
	keys[0] = good.line;
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), 0);
	ck_assert(pack_info(p)->is_signed);
	ck_assert_str_eq(pack_info(p)->signer, "0707070707070707");
	ck_assert_str_eq(pack_info(p)->trusted_comment,
			 "pack boxed 2026.01.01");
	pack_free(p);

	/* a key that nobody gave */
	keys[0] = other.line;
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), 0);
	ck_assert(!pack_info(p)->is_signed);
	pack_free(p);
	p = NULL;

	/* a signature of somebody else under that key's name */
	str_clear(&text);
	sign(&other, 7, data, nbytes, &text);
	put_file("p.pack.minisig", text.buf, text.len);
	keys[0] = good.line;
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), ERR_CORRUPT);
	put_file("p.pack.minisig", "junk", 4);
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), ERR_CORRUPT);
	ck_assert_ptr_eq(p, NULL);

	/* at its end; then a byte of the content changed */
	str_clear(&text);
	sign(&good, 7, data, nbytes, &text);
	str_addn(&whole, data, nbytes);
	str_addn(&whole, text.buf, text.len);
	put_file("p.pack", whole.buf, whole.len);
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), 0);
	ck_assert(pack_info(p)->is_signed);
	pack_free(p);
	whole.buf[6] ^= 1;
	put_file("p.pack", whole.buf, whole.len);
	ck_assert_int_eq(open_scratch("p.pack", keys, &p), ERR_CORRUPT);

	str_release(&text);
	str_release(&whole);
	mem_free(data);
}

END_TEST

START_TEST(test_open_files)
{
	static const char rules[] = "rule a { condition: fals }";
	struct pack *p = NULL;

	put_file("x.yar", some_rule, strlen(some_rule));
	ck_assert_int_eq(open_scratch("x.yar", NULL, &p), 0);
	ck_assert_str_eq(pack_rule(p, 0)->file, "rules/x.yar");
	pack_free(p);
	/* the folder itself, with .yar files and no pack.txt */
	ck_assert_int_eq(pack_open(scratch, NULL, &p), 0);
	ck_assert_uint_eq(pack_rule_count(p), 1);
	pack_free(p);
	p = NULL;
	put_file("x.yar", rules, strlen(rules));
	ck_assert_int_eq(open_scratch("x.yar", NULL, &p), ERR_INVALID);
	ck_assert_ptr_ne(strstr(err_last()->text, "rules/x.yar:1: "), NULL);
	put_file("x.txt", "hello", 5);
	ck_assert_int_eq(open_scratch("x.txt", NULL, &p), ERR_INVALID);
	ck_assert_int_eq(open_scratch("none", NULL, &p), ERR_NOT_FOUND);
	ck_assert_ptr_eq(p, NULL);
}

END_TEST

/* Version, version, what the first is to the second. */
static const struct {
	const char *a, *b;
	int want;
} versions[] = {
	{ "2026.01.02", "2026.01.02", 0 },
	{ "2026.01.02", "2026.01.03", -1 },
	{ "2026.2.1", "2026.10.1", -1 },
	{ "2026.02.01", "2026.2.1", 0 },
	{ "2026.12.31", "2027.01.01", -1 },
	{ "2026.01.02", "2026.01.02.1", -1 },
	{ "2026.01.02.0", "2026.01.02", 0 },
	{ "2026.01.02.9", "2026.01.02.10", -1 },
	{ "", "2026.01.02", -1 },
	{ "", "", 0 },
	{ "none", "0.0.1", -1 },
	{ "v2", "v1", 1 },
	{ "99999999999999999999999", "99999999999999999999998", 1 },
	{ "2026..3", "2026.3", 0 },
};

START_TEST(test_versions)
{
	int got = pack_version_compare(versions[_i].a, versions[_i].b);
	int back = pack_version_compare(versions[_i].b, versions[_i].a);

	ck_assert_msg(got == versions[_i].want && back == -versions[_i].want,
		      "\"%s\" and \"%s\": %d, %d", versions[_i].a,
		      versions[_i].b, got, back);
}

END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static Suite *pack_suite(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("pack");
	TCase *f = tcase_create("files");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_metadata);
	tcase_add_loop_test(t, test_refused, 0, COUNT(refused));
	tcase_add_test(t, test_saved_on_windows);
	tcase_add_loop_test(t, test_versions, 0, COUNT(versions));
	tcase_add_loop_test(t, test_gates, 0, COUNT(gates));
	tcase_add_test(t, test_lists);
	tcase_add_loop_test(t, test_bad_lists, 0, COUNT(bad_lists));
	tcase_add_loop_test(t, a_nul_is_told_with_its_line, 0, 7);
	tcase_add_test(t, test_container);
	tcase_add_test(t, test_container_damaged);
	tcase_add_test(t, test_container_claims);
	tcase_add_test(t, test_names);
	tcase_add_test(t, test_builtin);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(f, setup, teardown);
	tcase_add_test(f, test_signed);
	tcase_add_test(f, test_open_files);
	suite_add_tcase(s, f);
	return s;
}

UNIT_SUITE(pack_suite)

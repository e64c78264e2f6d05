/*
 * Compiling a rule file with libyara and reading the rules' metadata.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "match/group.h"
#include "match/pack_files.h"
#include "match/rule_source.h"
#include "words/match.h"
#include "words/pack.h"
#include <string.h>

#define FOREIGN_SCORE 70 /* CONTRACT.md section 7 */

const char *const group_var_names[GROUP_VAR_COUNT] = {
	"filename", "filepath", "extension", "filetype", "owner",
	"object",   "point",	"view",	     "location", "place",
};

static const char *const evidence_names[EV_COUNT] = {
	[EV_CONTENT] = "content",
	[EV_NAME] = "name",
	[EV_REGISTRATION] = "registration",
	[EV_TRACE] = "trace",
};

const char *evidence_name(enum evidence e)
{
	if ((int)e < 0 || e >= EV_COUNT)
		return "";
	return evidence_names[e];
}

/*
 * yr_initialize() counts its callers but not atomically, so a spin lock
 * stands around it; it is held for microseconds when a pack opens or goes.
 */
static int yara_lock;

static void lock_yara(void)
{
	while (__atomic_exchange_n(&yara_lock, 1, __ATOMIC_ACQUIRE))
		host_sleep_ms(1);
}

static void unlock_yara(void)
{
	__atomic_store_n(&yara_lock, 0, __ATOMIC_RELEASE);
}

int group_yara_start(void)
{
	int yret;

	lock_yara();
	yret = yr_initialize();
	if (yret == ERROR_SUCCESS) {
		/*
		 * Conditions never look at the copies of matched bytes; without
		 * them a scan does not allocate half a megabyte.
		 */
		yr_set_configuration_uint32(YR_CONFIG_MAX_MATCH_DATA, 0);
	}
	unlock_yara();
	if (yret != ERROR_SUCCESS)
		return err_fail(yret == ERROR_INSUFFICIENT_MEMORY ? ERR_NOMEM
								  : ERR_IO,
				0, W_MATCH_NO_LIBYARA, yret);
	return 0;
}

void group_yara_stop(void)
{
	lock_yara();
	yr_finalize();
	unlock_yara();
}

struct compile_state {
	const char *file;
	unsigned line_count;
	char message[512];
	bool entrypoint;
};

static unsigned count_lines(const char *text, size_t nbytes)
{
	unsigned count = 0;

	for (size_t i = 0; i < nbytes; i++)
		count += i == 0 || text[i - 1] == '\n';
	return count;
}

/*
 * libyara warns of every use of the old keyword `entrypoint`.  Its value is
 * found while bytes are scanned, so such a group must be scanned.
 */
static void on_message(int level, const char *file_name, int line,
		       const YR_RULE *rule, const char *message, void *user)
{
	struct compile_state *state = user;

	(void)file_name;
	if (level == YARA_ERROR_LEVEL_WARNING) {
		if (strstr(message, "entrypoint"))
			state->entrypoint = true;
		return;
	}
	if (state->message[0])
		return; /* the first error is the cause */
	if (line == 0)	/* libyara's word for the end of the file */
		line = (int)state->line_count;
	if (rule && rule->identifier)
		snprintf(state->message, sizeof(state->message),
			 W_PACK_RULE_PROBLEM, state->file, (unsigned)line,
			 rule->identifier, message);
	else
		snprintf(state->message, sizeof(state->message), "%s:%d: %s",
			 state->file, line, message);
}

static int yara_fail(const struct compile_state *state, int yret)
{
	if (yret == ERROR_INSUFFICIENT_MEMORY)
		return err_nomem();
	if (state->message[0])
		return err_fail(ERR_INVALID, 0, "%s", state->message);
	return err_fail(ERR_INVALID, 0, W_MATCH_YARA_REFUSED, state->file,
			yret);
}

/* A stream in memory: written to its end, then read from the start. */
struct memory_stream {
	struct str bytes;
	size_t at;
};

static size_t stream_write(const void *data, size_t size, size_t count,
			   void *user)
{
	struct memory_stream *m = user;

	/*
	 * Never a failure: libyara turns the rules' pointers into offsets
	 * before it writes and only turns them back after the last write
	 * (arena.c).  Whether all is there is asked of the string later.
	 */
	if (size && count > SIZE_MAX / size)
		m->bytes.err = ERR_TOO_LARGE;
	str_addn(&m->bytes, data, size * count);
	return count;
}

static size_t stream_read(void *data, size_t size, size_t count, void *user)
{
	struct memory_stream *m = user;
	size_t left = m->bytes.len - m->at;

	if (!size || count > left / size)
		return 0;
	memcpy(data, m->bytes.buf + m->at, size * count);
	m->at += size * count;
	return count;
}

/*
 * What the compiler hands out lies in twelve buffers of a megabyte and more,
 * however small the rules.  Written out and read in again they take what they
 * need.  Failing that they stay as they are.
 */
static void compact(YR_RULES **rules)
{
	struct memory_stream m = { STR_INIT, 0 };
	YR_STREAM stream = { .user_data = &m,
			     .read = stream_read,
			     .write = stream_write };
	YR_RULES *small = NULL;

	if (yr_rules_save_stream(*rules, &stream) == ERROR_SUCCESS &&
	    !m.bytes.err &&
	    yr_rules_load_stream(&stream, &small) == ERROR_SUCCESS) {
		yr_rules_destroy(*rules);
		*rules = small;
	}
	str_release(&m.bytes);
}

/* The compiler keeps each name once, for the table and for all conditions. */
static void find_var_names(struct group *g)
{
	const YR_EXTERNAL_VARIABLE *v = g->rules->ext_vars_table;

	for (; v && !EXTERNAL_VARIABLE_IS_NULL(v); v++)
		for (size_t i = 0; i < GROUP_VAR_COUNT; i++)
			if (strcmp(v->identifier, group_var_names[i]) == 0)
				g->var_names[i] = v->identifier;
}

static int compile(struct group *g, const char *text, size_t nbytes)
{
	struct compile_state state = { .file = g->file,
				       .line_count =
					       count_lines(text, nbytes) };
	YR_COMPILER *compiler = NULL;
	int yret;
	int ret = 0;

	yret = yr_compiler_create(&compiler);
	if (yret != ERROR_SUCCESS)
		return yara_fail(&state, yret);
	yr_compiler_set_callback(compiler, on_message, &state);
	/* No include: a pack is complete, and never reads the host's files. */
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		yret = yr_compiler_define_string_variable(
			compiler, group_var_names[i], "");
		if (yret != ERROR_SUCCESS) {
			ret = yara_fail(&state, yret);
			goto out;
		}
	}
	ret = pack_files_check_text(g->file, text, nbytes);
	if (ret)
		goto out;
	if (yr_compiler_add_bytes(compiler, text, nbytes, g->file)) {
		ret = yara_fail(&state, compiler->last_error);
		goto out;
	}
	yret = yr_compiler_get_rules(compiler, &g->rules);
	if (yret != ERROR_SUCCESS)
		ret = yara_fail(&state, yret);
	g->uses_entrypoint = state.entrypoint;
out:
	yr_compiler_destroy(compiler);
	if (!ret) {
		compact(&g->rules);
		find_var_names(g);
	}
	return ret;
}

/* The modules of CONTRACT.md section 11; others may be in a libyara build. */
static int check_imports(struct group *g)
{
	static const char *const known[] = { "pe",     "hash", "math",
					     "string", "time", "console" };
	const char *names[GROUP_MAX_IMPORTS];
	size_t count = gate_imports(g->rules, names, GROUP_MAX_IMPORTS);

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < 6 && strcmp(names[i], known[k]) != 0)
			k++;
		if (k == 6)
			return err_fail(ERR_INVALID, 0, W_MATCH_MODULE_UNKNOWN,
					g->file, names[i]);
	}
	gate_drop_imports(g->rules);
	count = gate_imports(g->rules, names, GROUP_MAX_IMPORTS);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], "pe") == 0)
			g->imports_pe = true;
		else if (strcmp(names[i], "hash") == 0 ||
			 strcmp(names[i], "math") == 0)
			g->imports_reader = true;
	}
	return 0;
}

/*
 * Metadata `gate`: words of filetype.h separated by commas or spaces, or
 * "any".
 */
static int parse_gate(const char *text, uint32_t *gates_ret)
{
	uint32_t gates = 0;
	bool any = false;

	while (*text) {
		char word[16];
		size_t n = strcspn(text, ", ");
		enum filetype type;

		if (n >= sizeof(word))
			return ERR_INVALID;
		memcpy(word, text, n);
		word[n] = '\0';
		text += n;
		text += strspn(text, ", ");
		if (!n)
			continue;
		if (strcmp(word, "any") == 0) {
			any = true;
			continue;
		}
		type = filetype_from_gate(word);
		if (type == FILETYPE_COUNT)
			return ERR_INVALID;
		gates |= UINT32_C(1) << type;
	}
	*gates_ret = any ? 0 : gates;
	return 0;
}

static int parse_evidence(const char *text)
{
	for (int e = 0; e < EV_COUNT; e++) {
		if (strcmp(evidence_names[e], text) == 0)
			return e;
	}
	return -1;
}

static int read_metadata(const struct group *g, const char *source,
			 YR_RULE *rule, struct rule_info *info)
{
	enum {
		HAS_DESCRIPTION = 1,
		HAS_FAMILY = 2,
		HAS_ROLE = 4,
		HAS_SCORE = 8,
		HAS_EVIDENCE = 16,
		HAS_GATE = 32,
		HAS_REFERENCE = 64,
		HAS_ALL = 127
	};

	/* In the order of the bits. */
	static const char *const names[] = { "description", "family",	"role",
					     "score",	    "evidence", "gate",
					     "reference" };
	unsigned has = 0;
	YR_META *meta;

	info->name = rule->identifier;
	info->file = g->file;
	info->description = info->family = info->role = "";
	info->reference = info->companion = info->fact = info->unless = "";
	info->score = FOREIGN_SCORE;
	info->evidence = EV_CONTENT;
	info->is_private = RULE_IS_PRIVATE(rule) != 0;
	info->is_global = RULE_IS_GLOBAL(rule) != 0;
	yr_rule_metas_foreach(rule, meta)
	{
		const char *id = meta->identifier;

		if (strcmp(id, "score") == 0 &&
		    meta->type == META_TYPE_INTEGER && meta->integer >= 1 &&
		    meta->integer <= 100) {
			info->score = (int)meta->integer;
			has |= HAS_SCORE;
		}
		if (meta->type != META_TYPE_STRING)
			continue;
		if (strcmp(id, "description") == 0) {
			info->description = meta->string;
			has |= HAS_DESCRIPTION;
		} else if (strcmp(id, "family") == 0) {
			info->family = meta->string;
			has |= HAS_FAMILY;
		} else if (strcmp(id, "role") == 0) {
			info->role = meta->string;
			has |= HAS_ROLE;
		} else if (strcmp(id, "reference") == 0) {
			info->reference = meta->string;
			has |= HAS_REFERENCE;
		} else if (strcmp(id, "companion") == 0) {
			info->companion = meta->string;
		} else if (strcmp(id, "fact") == 0) {
			info->fact = meta->string;
		} else if (strcmp(id, "unless") == 0) {
			info->unless = meta->string;
		} else if (strcmp(id, "evidence") == 0) {
			int e = parse_evidence(meta->string);

			if (e >= 0) {
				info->evidence = (enum evidence)e;
				has |= HAS_EVIDENCE;
			}
		} else if (strcmp(id, "gate") == 0) {
			if (parse_gate(meta->string, &info->gates))
				return err_fail(
					ERR_INVALID, 0, W_MATCH_GATE_UNKNOWN,
					g->file,
					rule_source_line(source, info->name),
					info->name, meta->string);
			has |= HAS_GATE;
		}
	}
	info->has_metadata = (has & HAS_ALL) == HAS_ALL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!info->lacks && !(has & 1u << i))
			info->lacks = names[i];
	}
	return 0;
}

static int add_rules(struct group *g, const char *source, struct vec *infos)
{
	uint32_t gates = 0;
	bool all_gated = true;
	size_t bad = 0;
	YR_RULE *rule;
	int ret;

	g->first_rule = infos->count;
	yr_rules_foreach(g->rules, rule)
	{
		struct rule_info *info = vec_push(infos);

		if (!info)
			return err_last()->err;
		info->index = infos->count - 1;
		ret = read_metadata(g, source, rule, info);
		if (ret)
			return ret;
		all_gated = all_gated && info->gates;
		gates |= info->gates;
		if (yr_bitmask_is_set(g->rules->no_required_strings,
				      g->rule_count))
			g->has_conditions = true;
		g->rule_count++;
	}
	g->gates = all_gated && g->rule_count ? gates : 0;
	if (!g->rule_count)
		return 0;
	g->codes = mem_array(g->rule_count, sizeof(*g->codes));
	if (!g->codes)
		return err_nomem();
	ret = gate_prove(g, vec_at(infos, g->first_rule), &bad);
	if (!ret)
		ret = gate_codes(g->rules, g->codes, g->rule_count);
	if (ret == ERR_INVALID) {
		const struct rule_info *info =
			vec_at(infos, g->first_rule + bad);

		return err_fail(ERR_INVALID, 0, W_MATCH_GATE_NOT_KEPT, g->file,
				rule_source_line(source, info->name),
				info->name);
	}
	return ret;
}

int group_compile(struct group *g, const char *file, const char *text,
		  size_t nbytes, struct vec *infos)
{
	int ret;

	/* As editors of Windows begin a file of UTF-8; libyara refuses it. */
	if (nbytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		nbytes -= 3;
	}
	memset(g, 0, sizeof(*g));
	g->file = mem_strdup(file);
	if (!g->file)
		return err_nomem();
	ret = compile(g, text, nbytes);
	if (!ret)
		ret = check_imports(g);
	if (!ret)
		ret = add_rules(g, text, infos);
	if (ret)
		group_release(g);
	return ret;
}

void group_release(struct group *g)
{
	if (g->rules)
		yr_rules_destroy(g->rules);
	mem_free(g->codes);
	mem_free(g->file);
	g->codes = NULL;
	g->rules = NULL;
	g->file = NULL;
}

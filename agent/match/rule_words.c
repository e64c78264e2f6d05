/*
 * Comparisons of external variables, found in the compiled conditions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libyara compiles `variable == "text"` as
 *         OBJ_LOAD   name of the variable   9 bytes
 *         OBJ_VALUE                         1
 *         PUSH       the text               9
 *         STR_EQ                            1
 * and `"text" == variable` with the PUSH first.  As in gate.c, every byte of
 * the code is taken for the load, so that no instruction's length need be
 * known: the eight bytes of a name's address stand nowhere by chance.
 * Read with libyara 4.5.8's exec.c and grammar.y; the same in 4.5.2.
 */
#include "match/rule_words.h"
#include "base/bytes.h"
#include "match/code.h"
#include <yara/exec.h>

#define LOAD_NBYTES 10 /* OBJ_LOAD, u64 name, OBJ_VALUE */
#define PUSH_NBYTES 9  /* PUSH, u64 text */

/* Behind INIT_RULE and its operands (gate.c); its jump leads past the rule. */
#define PROLOGUE_NBYTES 9

static const uint8_t *code_end(const uint8_t *code)
{
	const uint8_t *init = code - PROLOGUE_NBYTES;

	return init + (int32_t)bytes_le32(init + 1);
}

static size_t variable_at(const struct group *g, const uint8_t *ip)
{
	const void *name = code_pointer(ip + 1);
	size_t i = 0;

	if (ip[0] != OP_OBJ_LOAD || ip[LOAD_NBYTES - 1] != OP_OBJ_VALUE)
		return GROUP_VAR_COUNT;
	while (i < GROUP_VAR_COUNT &&
	       (!g->var_names[i] || g->var_names[i] != name))
		i++;
	return i;
}

/* The text pushed at ip; NULL: that is no push of a text. */
static const SIZED_STRING *text_at(const struct group *g, const uint8_t *ip)
{
	const YR_ARENA_BUFFER *pool = &g->rules->arena->buffers[YR_SZ_POOL];
	uintptr_t first = (uintptr_t)pool->data;
	uintptr_t text = (uintptr_t)code_pointer(ip + 1);

	if (ip[0] != OP_PUSH || text < first || text - first >= pool->used)
		return NULL;
	return (const SIZED_STRING *)text;
}

static bool read_relation(uint8_t op, struct rule_word *w)
{
	static const struct {
		uint8_t op;
		enum word_relation relation;
		bool no_case;
	} rows[] = {
		{ OP_STR_EQ, WORD_EQUALS, false },
		{ OP_STR_NEQ, WORD_EQUALS, false },
		{ OP_IEQUALS, WORD_EQUALS, true },
		{ OP_STARTSWITH, WORD_STARTS, false },
		{ OP_ISTARTSWITH, WORD_STARTS, true },
		{ OP_ENDSWITH, WORD_ENDS, false },
		{ OP_IENDSWITH, WORD_ENDS, true },
		{ OP_CONTAINS, WORD_CONTAINS, false },
		{ OP_ICONTAINS, WORD_CONTAINS, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].op != op)
			continue;
		w->relation = rows[i].relation;
		w->no_case = rows[i].no_case;
		return true;
	}
	return false;
}

/* The comparison whose variable is loaded at ip. */
static bool read_word(const struct group *g, const uint8_t *code,
		      const uint8_t *ip, const uint8_t *end,
		      struct rule_word *w)
{
	const uint8_t *behind = ip + LOAD_NBYTES;
	const SIZED_STRING *text = NULL;

	w->var = variable_at(g, ip);
	if (w->var == GROUP_VAR_COUNT)
		return false;
	if (end - behind > PUSH_NBYTES && read_relation(behind[PUSH_NBYTES], w))
		text = text_at(g, behind);
	/* Only == and != may stand behind the text they compare. */
	if (!text && ip - code >= PUSH_NBYTES && behind < end &&
	    read_relation(*behind, w) && w->relation == WORD_EQUALS)
		text = text_at(g, ip - PUSH_NBYTES);
	if (!text)
		return false;
	w->text = text->c_string;
	w->nbytes = text->length;
	return true;
}

int rule_words(const struct group *g, size_t rule, rule_word_fn fn, void *arg)
{
	const uint8_t *code = g->codes[rule];
	const uint8_t *end = code_end(code);
	int ret = 0;

	for (const uint8_t *ip = code; end - ip > LOAD_NBYTES && !ret; ip++) {
		struct rule_word w;

		if (read_word(g, code, ip, end, &w))
			ret = fn(arg, &w);
	}
	return ret;
}

/*
 * The compiled conditions followed with some values unknown.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A value is false, known, or unknown; false includes libyara's "undefined",
 * which AND and OR take as false and MATCH_RULE as no match.  `A and B` is
 * compiled as
 *         code of A
 *         JFALSE  L      (jumps if the top of the stack is false, keeps it)
 *         code of B
 *         AND
 *     L:
 * and `A or B` likewise with JTRUE and OR.  Where A is unknown, `and` goes on
 * with B, since B may settle it, and `or` takes the whole as unknown.  What is
 * not understood inside B makes `A op B` unknown and goes on at L; at the
 * start of a rule it ends the attempt, and libyara decides.  Only an answer
 * "false" counts, so whatever is left out here costs time and nothing else.
 * Read with libyara 4.5.8's exec.c and grammar.y; the same in 4.5.2.
 */
#include "match/condition.h"
#include "base/bytes.h"
#include "base/str.h"
#include <string.h>
#include <yara/exec.h>

#define MAX_STACK 64
#define MAX_STEPS 2000

enum kind {
	IS_UNKNOWN,
	IS_FALSE,     /* or undefined */
	IS_UNDEFINED, /* what PUSH_U pushes: "all", or the end of a set */
	IS_RAW,	      /* a number, or what PUSH refers to */
	IS_TEXT	      /* the value of a variable */
};

struct value {
	enum kind kind;
	uint64_t raw;
	const char *text;
};

struct machine {
	const struct group *group;
	const struct condition_facts *facts;
	const uint8_t *ip;
	struct value stack[MAX_STACK];
	unsigned depth;

	/* The ends of the `and` and `or` whose right side is being read. */
	struct {
		const uint8_t *end;
		unsigned depth;
	} open[MAX_STACK];

	unsigned open_count;
};

static bool push(struct machine *m, enum kind kind, uint64_t raw)
{
	struct value *v = &m->stack[m->depth];

	if (m->depth == MAX_STACK)
		return false;
	m->depth++;
	v->kind = kind;
	v->raw = raw;
	v->text = NULL;
	return true;
}

/* Takes `count` values away and leaves one. */
static bool replace(struct machine *m, unsigned count, enum kind kind,
		    uint64_t raw)
{
	if (m->depth < count)
		return false;
	m->depth -= count;
	return push(m, kind, raw);
}

static bool is_false(const struct value *v)
{
	return v->kind == IS_FALSE || v->kind == IS_UNDEFINED ||
	       (v->kind == IS_RAW && !v->raw);
}

static bool is_true(const struct value *v)
{
	return v->kind == IS_RAW && v->raw;
}

static const struct value *top(const struct machine *m, unsigned below)
{
	return &m->stack[m->depth - 1 - below];
}

static bool load_object(struct machine *m)
{
	uint64_t raw = bytes_le64(m->ip + 1);
	const char *name = (const char *)(uintptr_t)raw;

	if (!push(m, IS_UNKNOWN, 0))
		return false;
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		if (!m->facts->vars[i] || strcmp(group_var_names[i], name) != 0)
			continue;
		m->stack[m->depth - 1].kind = IS_TEXT;
		m->stack[m->depth - 1].text = m->facts->vars[i];
	}
	return true;
}

/* A variable beside a text of the rule; NULL if the two are something else. */
static const SIZED_STRING *texts_of(const struct machine *m,
				    const char **variable_ret)
{
	const struct value *b = top(m, 0);
	const struct value *a = top(m, 1);

	if (a->kind == IS_RAW && b->kind == IS_TEXT) {
		const struct value *swap = a;

		a = b;
		b = swap;
	}
	if (a->kind != IS_TEXT || b->kind != IS_RAW)
		return NULL;
	*variable_ret = a->text;
	return (const SIZED_STRING *)(uintptr_t)b->raw;
}

static bool compare_texts(struct machine *m, uint8_t op)
{
	const SIZED_STRING *text;
	const char *variable = NULL;
	bool same;

	if (m->depth < 2)
		return false;
	text = texts_of(m, &variable);
	if (!text)
		return replace(m, 2, IS_UNKNOWN, 0);
	same = strlen(variable) == text->length &&
	       (op == OP_IEQUALS
			? ascii_ncasecmp(variable, text->c_string,
					 text->length) == 0
			: memcmp(variable, text->c_string, text->length) == 0);
	return replace(m, 2, IS_RAW, op == OP_STR_NEQ ? !same : same);
}

static bool compare_numbers(struct machine *m, uint8_t op)
{
	int64_t a;
	int64_t b;
	bool is;

	if (m->depth < 2)
		return false;
	if (top(m, 0)->kind != IS_RAW || top(m, 1)->kind != IS_RAW)
		return replace(m, 2, IS_UNKNOWN, 0);
	a = (int64_t)top(m, 1)->raw;
	b = (int64_t)top(m, 0)->raw;
	is = op == OP_INT_EQ	? a == b
	     : op == OP_INT_NEQ ? a != b
	     : op == OP_INT_LT	? a < b
	     : op == OP_INT_GT	? a > b
	     : op == OP_INT_LE	? a <= b
				: a >= b;
	return replace(m, 2, IS_RAW, is);
}

/* uintXX(offset): of the first bytes only. */
static bool read_number(struct machine *m, uint8_t op)
{
	const struct condition_facts *f = m->facts;
	bool is_big = op >= OP_UINT8BE;
	size_t n = op == OP_UINT8 || op == OP_UINT8BE	  ? 1
		   : op == OP_UINT16 || op == OP_UINT16BE ? 2
							  : 4;
	uint64_t value = 0;
	uint64_t at;

	if (!m->depth)
		return false;
	at = top(m, 0)->raw;
	/* On 32-bit hosts libyara cuts the offset. */
	if (top(m, 0)->kind != IS_RAW || !f->head || (size_t)at != at)
		return replace(m, 1, IS_UNKNOWN, 0);
	if (f->nbytes < n || at > f->nbytes - n)
		return replace(m, 1, IS_FALSE, 0);
	if (f->head_nbytes < n || at > f->head_nbytes - n)
		return replace(m, 1, IS_UNKNOWN, 0);
	for (size_t i = 0; i < n; i++) {
		size_t shift = 8 * (is_big ? n - 1 - i : i);

		value |= (uint64_t)f->head[at + i] << shift;
	}
	return replace(m, 1, IS_RAW, value);
}

static bool join(struct machine *m, uint8_t op)
{
	const struct value *a;
	const struct value *b;

	if (m->depth < 2)
		return false;
	a = top(m, 1);
	b = top(m, 0);
	if (op == OP_AND && (is_false(a) || is_false(b)))
		return replace(m, 2, IS_FALSE, 0);
	if (op == OP_OR && is_false(a) && is_false(b))
		return replace(m, 2, IS_FALSE, 0);
	if (op == OP_AND ? is_true(a) && is_true(b) : is_true(a) || is_true(b))
		return replace(m, 2, IS_RAW, 1);
	return replace(m, 2, IS_UNKNOWN, 0);
}

static bool negate(struct machine *m)
{
	if (!m->depth)
		return false;
	if (is_true(top(m, 0)))
		return replace(m, 1, IS_FALSE, 0);
	/* `not undefined` is undefined, and IS_FALSE may be that. */
	if (top(m, 0)->kind == IS_RAW)
		return replace(m, 1, IS_RAW, 1);
	return replace(m, 1, IS_UNKNOWN, 0);
}

static bool branch(struct machine *m, uint8_t op)
{
	const uint8_t *end = m->ip + (int32_t)bytes_le32(m->ip + 1);
	bool skips;

	if (!m->depth || end <= m->ip ||
	    end[-1] != (op == OP_JFALSE ? OP_AND : OP_OR))
		return false;
	skips = op == OP_JFALSE ? is_false(top(m, 0)) : !is_false(top(m, 0));
	if (skips) {
		m->ip = end;
		return true;
	}
	if (m->open_count == MAX_STACK)
		return false;
	m->open[m->open_count].end = end;
	m->open[m->open_count++].depth = m->depth;
	m->ip += 5;
	return true;
}

/* Whether the string that v refers to may match. */
static bool may_stand(const struct machine *m, const struct value *v)
{
	const YR_RULES *rules = m->group->rules;
	uintptr_t first = (uintptr_t)rules->strings_table;
	uint64_t index = (v->raw - first) / sizeof(YR_STRING);

	if (m->facts->no_strings)
		return false;
	if (!m->facts->may_stand || v->kind != IS_RAW || v->raw < first ||
	    index >= rules->num_strings)
		return true;
	return m->facts->may_stand[index];
}

/* `$a`, `$a at`, `$a in`: the string on top of `count` values. */
static bool say_found(struct machine *m, unsigned count)
{
	if (m->depth < count)
		return false;
	return replace(m, count,
		       may_stand(m, top(m, 0)) ? IS_UNKNOWN : IS_FALSE, 0);
}

/*
 * `2 of ($a, $b)`: how many are wanted (undefined: all), undefined as the end
 * of the set, the set.  As many as may match are found at most.
 */
static bool say_of(struct machine *m, uint64_t set)
{
	const struct value *wanted;
	int64_t possible = 0;
	int64_t count = 0;

	while (m->depth && top(m, 0)->kind != IS_UNDEFINED) {
		possible += set != OF_STRING_SET || may_stand(m, top(m, 0));
		count++;
		m->depth--;
	}
	if (m->depth < 2)
		return false;
	wanted = top(m, 1);
	if (wanted->kind == IS_UNDEFINED && possible < count)
		return replace(m, 2, IS_FALSE, 0);
	if (wanted->kind == IS_RAW && (int64_t)wanted->raw > possible)
		return replace(m, 2, IS_FALSE, 0);
	return replace(m, 2, IS_UNKNOWN, 0);
}

/* One instruction; false: not understood. */
static bool step(struct machine *m)
{
	const uint8_t *ip = m->ip;
	size_t n = 1;
	bool ok;

	switch (*ip) {
	case OP_NOP:
		ok = true;
		break;
	case OP_PUSH_8:
		ok = push(m, IS_RAW, ip[1]);
		n = 2;
		break;
	case OP_PUSH_16:
		ok = push(m, IS_RAW, bytes_le16(ip + 1));
		n = 3;
		break;
	case OP_PUSH_32:
		ok = push(m, IS_RAW, bytes_le32(ip + 1));
		n = 5;
		break;
	case OP_PUSH:
		ok = push(m, IS_RAW, bytes_le64(ip + 1));
		n = 9;
		break;
	case OP_PUSH_RULE:
		ok = push(m, IS_UNKNOWN, 0);
		n = 9;
		break;
	case OP_PUSH_U:
		ok = push(m, IS_UNDEFINED, 0);
		break;
	case OP_FILESIZE:
		ok = push(m, m->facts->head ? IS_RAW : IS_UNKNOWN,
			  m->facts->nbytes);
		break;
	case OP_OBJ_LOAD:
		ok = load_object(m);
		n = 9;
		break;
	case OP_OBJ_VALUE:
		ok = m->depth > 0;
		break;
	case OP_OBJ_FIELD:
		ok = replace(m, 1, IS_UNKNOWN, 0);
		n = 9;
		break;
	case OP_STR_TO_BOOL:
		ok = replace(m, 1, IS_UNKNOWN, 0);
		break;
	case OP_STR_EQ:
	case OP_STR_NEQ:
	case OP_IEQUALS:
		ok = compare_texts(m, *ip);
		break;
	case OP_CONTAINS:
	case OP_ICONTAINS:
	case OP_STARTSWITH:
	case OP_ISTARTSWITH:
	case OP_ENDSWITH:
	case OP_IENDSWITH:
	case OP_MATCHES:
		ok = replace(m, 2, IS_UNKNOWN, 0);
		break;
	case OP_INT_EQ:
	case OP_INT_NEQ:
	case OP_INT_LT:
	case OP_INT_GT:
	case OP_INT_LE:
	case OP_INT_GE:
		ok = compare_numbers(m, *ip);
		break;
	case OP_UINT8:
	case OP_UINT16:
	case OP_UINT32:
	case OP_UINT8BE:
	case OP_UINT16BE:
	case OP_UINT32BE:
		ok = read_number(m, *ip);
		break;
	case OP_COUNT:
		ok = m->depth &&
		     replace(m, 1,
			     may_stand(m, top(m, 0)) ? IS_UNKNOWN : IS_RAW, 0);
		break;
	case OP_FOUND:
		ok = say_found(m, 1);
		break;
	case OP_FOUND_AT:
		ok = say_found(m, 2);
		break;
	case OP_FOUND_IN:
		ok = say_found(m, 3);
		break;
	case OP_OF:
		ok = say_of(m, bytes_le64(ip + 1));
		n = 9;
		break;
	case OP_AND:
	case OP_OR:
		ok = join(m, *ip);
		break;
	case OP_NOT:
		ok = negate(m);
		break;
	case OP_JFALSE:
	case OP_JTRUE:
		return branch(m, *ip);
	default:
		return false;
	}
	m->ip += n;
	return ok;
}

static bool rule_may_match(const struct group *g, size_t rule,
			   const struct condition_facts *facts)
{
	struct machine m;

	m.group = g;
	m.facts = facts;
	m.ip = g->codes[rule];
	m.depth = 0;
	m.open_count = 0;
	for (unsigned i = 0; i < MAX_STEPS; i++) {
		if (m.open_count && m.open[m.open_count - 1].end == m.ip)
			m.open_count--;
		else if (*m.ip == OP_MATCH_RULE)
			return m.depth != 1 || !is_false(top(&m, 0));
		else if (!step(&m)) {
			if (!m.open_count)
				return true;
			m.open_count--;
			m.ip = m.open[m.open_count].end;
			m.depth = m.open[m.open_count].depth;
			m.stack[m.depth - 1].kind = IS_UNKNOWN;
		}
	}
	return true;
}

bool condition_may_match(const struct group *g,
			 const struct condition_facts *facts)
{
	for (size_t i = 0; i < g->rule_count; i++) {
		bool none = facts->no_strings ||
			    (facts->may_have && !facts->may_have[i]);

		/* A rule that needs a string, and there is none. */
		if (none &&
		    !yr_bitmask_is_set(g->rules->no_required_strings, i))
			continue;
		if (rule_may_match(g, i, facts))
			return true;
	}
	return false;
}

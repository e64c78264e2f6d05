/*
 * What instructions of compiled conditions do where values are unknown.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/condition_machine.h"
#include "base/bytes.h"
#include "base/str.h"
#include "match/code.h"
#include <string.h>
#include <yara/exec.h>
#include <yara/re.h>

bool machine_push(struct machine *m, enum value_kind kind, uint64_t raw)
{
	struct value *v = &m->stack[m->depth];

	if (m->depth == MACHINE_MAX_STACK)
		return false;
	m->depth++;
	v->kind = kind;
	v->raw = raw;
	v->text = NULL;
	return true;
}

bool machine_replace(struct machine *m, unsigned count, enum value_kind kind,
		     uint64_t raw)
{
	if (m->depth < count)
		return false;
	m->depth -= count;
	return machine_push(m, kind, raw);
}

bool value_is_false(const struct value *v)
{
	return v->kind == IS_FALSE || v->kind == IS_UNDEFINED ||
	       (v->kind == IS_RAW && !v->raw);
}

static bool is_true(const struct value *v)
{
	return v->kind == IS_RAW && v->raw;
}

bool machine_load_object(struct machine *m)
{
	const char *name = code_pointer(m->ip + 1);
	size_t i = 0;

	if (!machine_push(m, IS_UNKNOWN, 0))
		return false;
	while (i < GROUP_VAR_COUNT && m->group->var_names[i] != name)
		i++;
	if (i < GROUP_VAR_COUNT && m->facts->vars[i]) {
		m->stack[m->depth - 1].kind = IS_TEXT;
		m->stack[m->depth - 1].raw = m->facts->var_nbytes[i];
		m->stack[m->depth - 1].text = m->facts->vars[i];
	}
	return true;
}

/* A variable beside a text of the rule; NULL if the two are something else. */
static const SIZED_STRING *texts_of(const struct machine *m,
				    const struct value **variable_ret)
{
	const struct value *b = machine_top(m, 0);
	const struct value *a = machine_top(m, 1);

	if (a->kind == IS_RAW && b->kind == IS_TEXT) {
		const struct value *swap = a;

		a = b;
		b = swap;
	}
	if (a->kind != IS_TEXT || b->kind != IS_RAW)
		return NULL;
	*variable_ret = a;
	return (const SIZED_STRING *)(uintptr_t)b->raw;
}

bool machine_compare_texts(struct machine *m, uint8_t op)
{
	const SIZED_STRING *text;
	const struct value *variable = NULL;
	bool same;

	if (m->depth < 2)
		return false;
	text = texts_of(m, &variable);
	if (!text)
		return machine_replace(m, 2, IS_UNKNOWN, 0);
	same = variable->raw == text->length &&
	       (op == OP_IEQUALS
			? ascii_ncasecmp(variable->text, text->c_string,
					 text->length) == 0
			: memcmp(variable->text, text->c_string,
				 text->length) == 0);
	return machine_replace(m, 2, IS_RAW, op == OP_STR_NEQ ? !same : same);
}

/* A variable without case; what else begins with what stays unknown. */
bool machine_starts_with(struct machine *m)
{
	const struct value *whole;
	const SIZED_STRING *text;
	bool is;

	if (m->depth < 2)
		return false;
	whole = machine_top(m, 1);
	if (whole->kind != IS_TEXT || machine_top(m, 0)->kind != IS_RAW)
		return machine_replace(m, 2, IS_UNKNOWN, 0);
	text = (const SIZED_STRING *)(uintptr_t)machine_top(m, 0)->raw;
	is = whole->raw >= text->length &&
	     ascii_ncasecmp(whole->text, text->c_string, text->length) == 0;
	return machine_replace(m, 2, IS_RAW, is);
}

/* As exec.c does it; what libyara gives up on stays unknown. */
bool machine_matches(struct machine *m)
{
	const struct value *whole;
	const RE *re;
	int found = -1;

	if (m->depth < 2)
		return false;
	whole = machine_top(m, 1);
	if (!m->facts->yara || whole->kind != IS_TEXT ||
	    machine_top(m, 0)->kind != IS_RAW)
		return machine_replace(m, 2, IS_UNKNOWN, 0);
	re = (const RE *)(uintptr_t)machine_top(m, 0)->raw;
	if (yr_re_exec(m->facts->yara, re->code, (const uint8_t *)whole->text,
		       (size_t)whole->raw, 0, (int)re->flags | RE_FLAGS_SCAN,
		       NULL, NULL, &found) != ERROR_SUCCESS)
		return machine_replace(m, 2, IS_UNKNOWN, 0);
	return machine_replace(m, 2, IS_RAW, found >= 0);
}

bool machine_compare_numbers(struct machine *m, uint8_t op)
{
	int64_t a;
	int64_t b;
	bool is;

	if (m->depth < 2)
		return false;
	if (machine_top(m, 0)->kind != IS_RAW ||
	    machine_top(m, 1)->kind != IS_RAW)
		return machine_replace(m, 2, IS_UNKNOWN, 0);
	a = (int64_t)machine_top(m, 1)->raw;
	b = (int64_t)machine_top(m, 0)->raw;
	is = op == OP_INT_EQ	? a == b
	     : op == OP_INT_NEQ ? a != b
	     : op == OP_INT_LT	? a < b
	     : op == OP_INT_GT	? a > b
	     : op == OP_INT_LE	? a <= b
				: a >= b;
	return machine_replace(m, 2, IS_RAW, is);
}

bool machine_read_number(struct machine *m, uint8_t op)
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
	at = machine_top(m, 0)->raw;
	/* On 32-bit hosts libyara cuts the offset. */
	if (machine_top(m, 0)->kind != IS_RAW || !f->head || (size_t)at != at)
		return machine_replace(m, 1, IS_UNKNOWN, 0);
	if (f->nbytes < n || at > f->nbytes - n)
		return machine_replace(m, 1, IS_FALSE, 0);
	if (f->head_nbytes < n || at > f->head_nbytes - n)
		return machine_replace(m, 1, IS_UNKNOWN, 0);
	for (size_t i = 0; i < n; i++) {
		size_t shift = 8 * (is_big ? n - 1 - i : i);

		value |= (uint64_t)f->head[at + i] << shift;
	}
	return machine_replace(m, 1, IS_RAW, value);
}

bool machine_join(struct machine *m, uint8_t op)
{
	const struct value *a;
	const struct value *b;

	if (m->depth < 2)
		return false;
	a = machine_top(m, 1);
	b = machine_top(m, 0);
	if (op == OP_AND && (value_is_false(a) || value_is_false(b)))
		return machine_replace(m, 2, IS_FALSE, 0);
	if (op == OP_OR && value_is_false(a) && value_is_false(b))
		return machine_replace(m, 2, IS_FALSE, 0);
	if (op == OP_AND ? is_true(a) && is_true(b) : is_true(a) || is_true(b))
		return machine_replace(m, 2, IS_RAW, 1);
	return machine_replace(m, 2, IS_UNKNOWN, 0);
}

bool machine_negate(struct machine *m)
{
	if (!m->depth)
		return false;
	if (is_true(machine_top(m, 0)))
		return machine_replace(m, 1, IS_FALSE, 0);
	/* `not undefined` is undefined, and IS_FALSE may be that. */
	if (machine_top(m, 0)->kind == IS_RAW)
		return machine_replace(m, 1, IS_RAW, 1);
	return machine_replace(m, 1, IS_UNKNOWN, 0);
}

bool machine_branch(struct machine *m, uint8_t op)
{
	const uint8_t *end = m->ip + (int32_t)bytes_le32(m->ip + 1);
	bool skips;

	if (!m->depth || end <= m->ip ||
	    end[-1] != (op == OP_JFALSE ? OP_AND : OP_OR))
		return false;
	skips = op == OP_JFALSE ? value_is_false(machine_top(m, 0))
				: !value_is_false(machine_top(m, 0));
	if (skips) {
		m->ip = end;
		return true;
	}
	if (m->open_count == MACHINE_MAX_STACK)
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
	uintptr_t string = (uintptr_t)v->raw; /* see code_pointer() */
	size_t index = (string - first) / sizeof(YR_STRING);

	if (m->facts->no_strings)
		return false;
	if (!m->facts->may_stand || v->kind != IS_RAW || string < first ||
	    index >= rules->num_strings)
		return true;
	return m->facts->may_stand[index];
}

bool machine_count(struct machine *m)
{
	return m->depth &&
	       machine_replace(m, 1,
			       may_stand(m, machine_top(m, 0)) ? IS_UNKNOWN
							       : IS_RAW,
			       0);
}

bool machine_found(struct machine *m, unsigned count)
{
	if (m->depth < count)
		return false;
	return machine_replace(
		m, count,
		may_stand(m, machine_top(m, 0)) ? IS_UNKNOWN : IS_FALSE, 0);
}

/* As many as may match are found at most. */
bool machine_of(struct machine *m, uint64_t set)
{
	const struct value *wanted;
	int64_t possible = 0;
	int64_t count = 0;

	while (m->depth && machine_top(m, 0)->kind != IS_UNDEFINED) {
		possible +=
			set != OF_STRING_SET || may_stand(m, machine_top(m, 0));
		count++;
		m->depth--;
	}
	if (m->depth < 2)
		return false;
	wanted = machine_top(m, 1);
	if (wanted->kind == IS_UNDEFINED && possible < count)
		return machine_replace(m, 2, IS_FALSE, 0);
	if (wanted->kind == IS_RAW && (int64_t)wanted->raw > possible)
		return machine_replace(m, 2, IS_FALSE, 0);
	return machine_replace(m, 2, IS_UNKNOWN, 0);
}

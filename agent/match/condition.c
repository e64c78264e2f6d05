/*
 * The compiled conditions followed with some values unknown.
 * SPDX-License-Identifier: Apache-2.0
 *
 * `A and B` is compiled as
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
#include "match/condition_machine.h"
#include "base/bytes.h"
#include <string.h>
#include <yara/exec.h>

#define MAX_STEPS 2000

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
		ok = machine_push(m, IS_RAW, ip[1]);
		n = 2;
		break;
	case OP_PUSH_16:
		ok = machine_push(m, IS_RAW, bytes_le16(ip + 1));
		n = 3;
		break;
	case OP_PUSH_32:
		ok = machine_push(m, IS_RAW, bytes_le32(ip + 1));
		n = 5;
		break;
	case OP_PUSH:
		ok = machine_push(m, IS_RAW, bytes_le64(ip + 1));
		n = 9;
		break;
	case OP_PUSH_RULE:
		ok = machine_push(m, IS_UNKNOWN, 0);
		n = 9;
		break;
	case OP_PUSH_U:
		ok = machine_push(m, IS_UNDEFINED, 0);
		break;
	case OP_FILESIZE:
		ok = machine_push(m, m->facts->head ? IS_RAW : IS_UNKNOWN,
				  m->facts->nbytes);
		break;
	case OP_OBJ_LOAD:
		ok = machine_load_object(m);
		n = 9;
		break;
	case OP_OBJ_VALUE:
		ok = m->depth > 0;
		break;
	case OP_OBJ_FIELD:
		ok = machine_replace(m, 1, IS_UNKNOWN, 0);
		n = 9;
		break;
	case OP_STR_TO_BOOL:
		ok = machine_replace(m, 1, IS_UNKNOWN, 0);
		break;
	case OP_STR_EQ:
	case OP_STR_NEQ:
	case OP_IEQUALS:
		ok = machine_compare_texts(m, *ip);
		break;
	case OP_MATCHES:
		ok = machine_matches(m);
		break;
	case OP_ISTARTSWITH:
		ok = machine_starts_with(m);
		break;
	case OP_CONTAINS:
	case OP_ICONTAINS:
	case OP_STARTSWITH:
	case OP_ENDSWITH:
	case OP_IENDSWITH:
		ok = machine_replace(m, 2, IS_UNKNOWN, 0);
		break;
	case OP_INT_EQ:
	case OP_INT_NEQ:
	case OP_INT_LT:
	case OP_INT_GT:
	case OP_INT_LE:
	case OP_INT_GE:
		ok = machine_compare_numbers(m, *ip);
		break;
	case OP_UINT8:
	case OP_UINT16:
	case OP_UINT32:
	case OP_UINT8BE:
	case OP_UINT16BE:
	case OP_UINT32BE:
		ok = machine_read_number(m, *ip);
		break;
	case OP_COUNT:
		ok = machine_count(m);
		break;
	case OP_FOUND:
		ok = machine_found(m, 1);
		break;
	case OP_FOUND_AT:
		ok = machine_found(m, 2);
		break;
	case OP_FOUND_IN:
		ok = machine_found(m, 3);
		break;
	case OP_OF:
		ok = machine_of(m, bytes_le64(ip + 1));
		n = 9;
		break;
	case OP_AND:
	case OP_OR:
		ok = machine_join(m, *ip);
		break;
	case OP_NOT:
		ok = machine_negate(m);
		break;
	case OP_JFALSE:
	case OP_JTRUE:
		return machine_branch(m, *ip);
	default:
		return false;
	}
	m->ip += n;
	return ok;
}

bool condition_rule_may_match(const struct group *g, size_t rule,
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
			return m.depth != 1 ||
			       !value_is_false(machine_top(&m, 0));
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

void condition_know(struct condition_facts *facts, size_t var,
		    const char *value)
{
	facts->vars[var] = value;
	facts->var_nbytes[var] = strlen(value);
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
		if (condition_rule_may_match(g, i, facts))
			return true;
	}
	return false;
}

/*
 * The proof that a rule keeps its gate, read from the compiled condition.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libyara compiles `A and B` as
 *         code of A
 *         JFALSE  L      (jumps if the top of the stack is false, keeps it)
 *         code of B
 *         AND
 *     L:
 * and `A or B` likewise with JTRUE and OR; a rule's code starts behind
 * INIT_RULE and ends with MATCH_RULE.  So whether a rule can be true for a
 * file whose header is not the gate's is decided by following its code from
 * the start under the assumption that header tests of the gate are false:
 * a false value at MATCH_RULE proves it, any other instruction ends the
 * attempt.  Read with libyara 4.5.8's exec.c and grammar.y; the same in
 * 4.5.2.
 *
 * Accepted tests: uint16, uint32 or their big-endian forms of offset 0 ==
 * a constant that fixes the gate's first two bytes, in either order; several
 * may be joined with `or` in parentheses for a rule with several gates.  A
 * test of an empty file is undefined; AND and OR make it false, and a jump
 * is only followed to a place behind an AND or OR, so both ways end alike.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "match/code.h"
#include "match/group.h"
#include <string.h>
#include <yara/exec.h>

#define IMPORT_NBYTES	     9 /* IMPORT, u64 name */
#define RULE_PROLOGUE_NBYTES 9 /* INIT_RULE, i32 jump, u32 rule */
#define PROOF_MAX_STEPS	     200

/* Position of each rule's code, found by INIT_RULE's own jumps. */
struct code_walk {
	const uint8_t *ip;
};

enum {
	WALK_END,
	WALK_RULE,
	WALK_IMPORT,
	WALK_UNKNOWN
};

/* Reads one top-level element. */
static int walk_next(struct code_walk *w, const uint8_t **code_ret,
		     uint32_t *index_ret, const char **module_ret)
{
	const uint8_t *ip = w->ip;

	for (;;) {
		switch (*ip) {
		case OP_HALT:
			return WALK_END;
		case OP_NOP:
			ip++;
			continue;
		case OP_IMPORT:
			*module_ret = code_pointer(ip + 1);
			w->ip = ip + IMPORT_NBYTES;
			return WALK_IMPORT;
		case OP_INIT_RULE:
			*code_ret = ip + RULE_PROLOGUE_NBYTES;
			*index_ret = bytes_le32(ip + 5);
			w->ip = ip + (int32_t)bytes_le32(ip + 1);
			return WALK_RULE;
		default:
			return WALK_UNKNOWN;
		}
	}
}

size_t gate_imports(const YR_RULES *rules, const char **names, size_t max_count)
{
	struct code_walk w = { rules->code_start };
	const uint8_t *code = NULL;
	const char *module = NULL;
	uint32_t index = 0;
	size_t count = 0;
	int what;

	while ((what = walk_next(&w, &code, &index, &module)) != WALK_END) {
		if (what == WALK_UNKNOWN) {
			/* Not the code we know: let the caller refuse it. */
			names[0] = "?";
			return 1;
		}
		if (what == WALK_IMPORT && count < max_count)
			names[count++] = module;
	}
	return count;
}

/*
 * Whether the compiled conditions name the module.  Every byte of the code is
 * taken for the instruction that loads an object by its name, so that no
 * instruction's length need be known: what looks like one only keeps an
 * import.
 */
static bool is_module_named(const YR_RULES *rules, const char *module)
{
	const YR_ARENA_BUFFER *code = &rules->arena->buffers[YR_CODE_SECTION];
	const YR_ARENA_BUFFER *names = &rules->arena->buffers[YR_SZ_POOL];
	uintptr_t first = (uintptr_t)names->data;

	if (code->data != rules->code_start)
		return true; /* not the layout we know */
	for (size_t i = 0; i + 9 <= code->used; i++) {
		uintptr_t name;

		if (code->data[i] != OP_OBJ_LOAD)
			continue;
		name = (uintptr_t)code_pointer(code->data + i + 1);
		if (name >= first && name - first < names->used &&
		    strcmp((const char *)name, module) == 0)
			return true;
	}
	return false;
}

void gate_drop_imports(YR_RULES *rules)
{
	struct code_walk w = { rules->code_start };
	const uint8_t *code = NULL;
	const char *module = NULL;
	uint32_t index = 0;
	int what;

	while ((what = walk_next(&w, &code, &index, &module)) != WALK_END) {
		if (what == WALK_UNKNOWN)
			return;
		if (what == WALK_IMPORT && !is_module_named(rules, module))
			memset((uint8_t *)w.ip - IMPORT_NBYTES, OP_NOP,
			       IMPORT_NBYTES);
	}
}

/* Constant pushed at ip; its length, 0 if it is no push. */
static size_t read_push(const uint8_t *ip, uint64_t *value_ret)
{
	switch (*ip) {
	case OP_PUSH_8:
		*value_ret = ip[1];
		return 2;
	case OP_PUSH_16:
		*value_ret = bytes_le16(ip + 1);
		return 3;
	case OP_PUSH_32:
		*value_ret = bytes_le32(ip + 1);
		return 5;
	case OP_PUSH:
		*value_ret = bytes_le64(ip + 1);
		return 9;
	default:
		return 0;
	}
}

/* `PUSH 0, UINTxx`: the length, and how the number is made of bytes. */
static size_t read_head_read(const uint8_t *ip, uint8_t *op_ret)
{
	uint64_t offset;
	size_t n = read_push(ip, &offset);

	if (!n || offset != 0)
		return 0;
	switch (ip[n]) {
	case OP_UINT16:
	case OP_UINT32:
	case OP_UINT16BE:
	case OP_UINT32BE:
		*op_ret = ip[n];
		return n + 1;
	default:
		return 0;
	}
}

/* The gate whose header `uintXX(0) == value` fixes, or FILETYPE_UNKNOWN. */
static enum filetype gate_of_test(uint8_t op, uint64_t value)
{
	bool is_wide = op == OP_UINT32 || op == OP_UINT32BE;
	bool is_big = op == OP_UINT16BE || op == OP_UINT32BE;
	size_t nbytes = is_wide ? 4 : 2;
	uint8_t head[2];

	if (value >> (8 * nbytes))
		return FILETYPE_UNKNOWN;
	for (size_t i = 0; i < 2; i++) {
		size_t shift = is_big ? nbytes - 1 - i : i;

		head[i] = (uint8_t)(value >> (8 * shift));
	}
	return filetype_gate_of(head, 2);
}

/* A header test at ip that is false outside `gates`: its length, else 0. */
static size_t read_test(const uint8_t *ip, uint32_t gates)
{
	enum filetype type;
	uint64_t value;
	size_t a;
	size_t b;
	uint8_t op;

	a = read_head_read(ip, &op);
	if (a) {
		b = read_push(ip + a, &value);
	} else {
		a = read_push(ip, &value);
		b = a ? read_head_read(ip + a, &op) : 0;
	}
	if (!a || !b || ip[a + b] != OP_INT_EQ)
		return 0;
	type = gate_of_test(op, value);
	if (type == FILETYPE_UNKNOWN || !(gates & (UINT32_C(1) << type)))
		return 0;
	return a + b + 1;
}

static bool is_false_outside(const uint8_t *ip, uint32_t gates)
{
	unsigned depth = 0; /* values on the stack, all false */

	for (unsigned step = 0; step < PROOF_MAX_STEPS; step++) {
		const uint8_t *target;
		size_t n = read_test(ip, gates);

		if (n) {
			depth++;
			ip += n;
			continue;
		}
		if (!depth)
			return false;
		switch (*ip) {
		case OP_MATCH_RULE:
			return depth == 1;
		case OP_JFALSE:
			target = ip + (int32_t)bytes_le32(ip + 1);
			if (target <= ip || target[-1] != OP_AND)
				return false;
			ip = target;
			break;
		case OP_JTRUE:
			target = ip + (int32_t)bytes_le32(ip + 1);
			if (target <= ip || target[-1] != OP_OR)
				return false;
			ip += 5;
			break;
		case OP_AND:
		case OP_OR:
			if (depth < 2)
				return false;
			depth--;
			ip++;
			break;
		case OP_NOP:
			ip++;
			break;
		default:
			return false;
		}
	}
	return false;
}

int gate_codes(const YR_RULES *rules, const uint8_t **codes, size_t count)
{
	struct code_walk w = { rules->code_start };
	const uint8_t *code = NULL;
	const char *module = NULL;
	uint32_t index = 0;
	size_t seen = 0;
	int what;

	while ((what = walk_next(&w, &code, &index, &module)) != WALK_END) {
		if (what == WALK_UNKNOWN)
			return ERR_INVALID;
		if (what != WALK_RULE)
			continue;
		if (index >= count)
			return ERR_INVALID;
		codes[index] = code;
		seen++;
	}
	return seen == count ? 0 : ERR_INVALID;
}

int gate_prove(const struct group *g, const struct rule_info *infos,
	       size_t *bad_rule_ret)
{
	struct code_walk w = { g->rules->code_start };
	const uint8_t *code = NULL;
	const char *module = NULL;
	uint32_t index = 0;
	size_t seen = 0;
	int what;

	while ((what = walk_next(&w, &code, &index, &module)) != WALK_END) {
		if (what == WALK_UNKNOWN)
			break;
		if (what != WALK_RULE)
			continue;
		seen++;
		if (index >= g->rule_count) {
			*bad_rule_ret = 0;
			return ERR_INVALID;
		}
		if (infos[index].gates &&
		    !is_false_outside(code, infos[index].gates)) {
			*bad_rule_ret = index;
			return ERR_INVALID;
		}
	}
	if (seen != g->rule_count) {
		*bad_rule_ret = 0;
		return ERR_INVALID;
	}
	return 0;
}

/*
 * The walk through libyara's compiled automaton: every atom of every string,
 * in the order in which libyara's scan loop would meet them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "match/literals.h"
#include <string.h>
#include <yara/ahocorasick.h>

struct state {
	uint32_t slot;
	uint8_t depth;
	uint8_t path[YR_MAX_ATOM_LENGTH];
};

/* Bit set of the match records seen, growing with the record's number. */
static bool first_time(struct collector *c, struct vec *seen, size_t index)
{
	uint8_t *byte;

	while (seen->count <= index / 8) {
		if (!vec_push(seen)) {
			c->ret = err_last()->err;
			return false;
		}
	}
	byte = vec_at(seen, index / 8);
	if (*byte & (1u << (index % 8)))
		return false;
	*byte |= (uint8_t)(1u << (index % 8));
	return true;
}

/*
 * Visits the trie from the root, level by level.  A state's list of matches
 * ends with those of its failure states, which lie on a lower level, so a
 * record is met first at the state that owns it: the path to that state is
 * the atom.
 */
static int walk_automaton(struct collector *c)
{
	const YR_RULES *rules = c->g->rules;
	struct vec queue =
		VEC_INIT(struct state, YR_AC_MAX_TRANSITION_TABLE_SIZE);
	struct vec seen = VEC_INIT(uint8_t, (size_t)1 << 28);
	int ret = ERR_NOMEM;

	if (!vec_push(&queue)) /* the root: slot 0, depth 0 */
		goto out;
	for (size_t at = 0; at < queue.count && !c->ret; at++) {
		struct state s = *(struct state *)vec_at(&queue, at);
		uint32_t first = rules->ac_match_table[s.slot];
		const YR_AC_MATCH *m =
			first ? &rules->ac_match_pool[first - 1] : NULL;
		uint32_t order = 0;

		for (; m; m = m->next) {
			size_t index = (size_t)(m - rules->ac_match_pool);

			if (first_time(c, &seen, index))
				literals_on_atom(c, m, s.path, s.depth,
						 order++);
		}
		if (s.depth == YR_MAX_ATOM_LENGTH)
			continue;
		for (uint32_t b = 0; b < 256; b++) {
			YR_AC_TRANSITION t =
				rules->ac_transition_table[s.slot + b + 1];
			struct state *next;

			if (YR_AC_INVALID_TRANSITION(t, b + 1))
				continue;
			next = vec_push(&queue);
			if (!next)
				goto out;
			*next = s;
			next->slot = YR_AC_NEXT_STATE(t);
			next->path[s.depth] = (uint8_t)b;
			next->depth++;
		}
	}
	ret = c->ret;
out:
	vec_release(&queue);
	vec_release(&seen);
	return ret;
}

static int anchor_min(const struct string_patterns *s)
{
	int min = PATTERN_ANCHOR_MAX + 1;

	for (size_t i = 0; i < s->patterns.count; i++) {
		const struct pattern *p = vec_at(&s->patterns, i);
		int n = p->anchor_nbytes;

		/* UTF-16's zeros narrow less than other bytes. */
		for (int k = 0; k < p->anchor_nbytes; k++)
			n -= p->value[p->anchor + k] == 0;
		if (n < min)
			min = n;
	}
	return min;
}

static void release_strings(struct string_patterns *strings, size_t count)
{
	for (size_t i = 0; strings && i < count; i++) {
		for (size_t k = 0; k < strings[i].patterns.count; k++) {
			struct pattern *p = vec_at(&strings[i].patterns, k);

			mem_free(p->value);
		}
		vec_release(&strings[i].patterns);
		vec_release(&strings[i].atoms);
	}
	mem_free(strings);
}

static int move_patterns(struct collector *c, struct string_patterns *s,
			 uint32_t head, bool is_part)
{
	uint32_t first_atom = (uint32_t)c->atoms->count;

	for (size_t i = 0; i < s->atoms.count; i++) {
		struct atom *to = vec_push(c->atoms);

		if (!to)
			return err_last()->err;
		*to = *(struct atom *)vec_at(&s->atoms, i);
	}
	for (size_t i = 0; i < s->patterns.count; i++) {
		struct pattern *from = vec_at(&s->patterns, i);
		struct pattern *to = vec_push(c->out);

		if (!to)
			return err_last()->err;
		from->is_part = is_part;
		from->string = head;
		from->first_atom = first_atom;
		from->atom_count = (uint32_t)s->atoms.count;
		*to = *from;
		from->value = NULL;
	}
	return 0;
}

static bool is_usable(const struct string_patterns *s)
{
	return !s->is_unusable && s->patterns.count;
}

/*
 * From each chain of strings the part whose patterns are the best stands for
 * the chain; the places of the others are wanted for the verification only.
 */
static int choose_parts(struct collector *c)
{
	const YR_RULES *rules = c->g->rules;
	size_t count = rules->num_strings;
	/* best[i]: for the head of a chain its best part, 1-based */
	uint32_t *best = mem_array(count, sizeof(*best));
	int ret = 0;

	if (!best)
		return err_nomem();
	c->g->can_verify = true;
	for (size_t i = 0; i < count; i++) {
		const YR_STRING *head = &rules->strings_table[i];
		const struct string_patterns *s = &c->strings[i];

		while (head->chained_to)
			head = head->chained_to;
		if (!is_usable(s)) {
			c->g->can_verify = false;
			continue;
		}
		if (!best[head->idx] ||
		    anchor_min(s) >
			    anchor_min(&c->strings[best[head->idx] - 1]))
			best[head->idx] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < count && !ret; i++) {
		const YR_STRING *head = &rules->strings_table[i];

		while (head->chained_to)
			head = head->chained_to;
		if (!best[head->idx])
			c->g->always_scan = true;
		else if (is_usable(&c->strings[i]))
			ret = move_patterns(c, &c->strings[i], head->idx,
					    best[head->idx] != i + 1);
	}
	mem_free(best);
	return ret;
}

int literals_collect(struct group *g, uint32_t group_index,
		     struct vec *patterns, struct vec *atoms)
{
	const struct vec none = VEC_INIT(struct pattern, MAX_PATTERNS);
	const struct vec no_atoms = VEC_INIT(struct atom, MAX_PATTERNS);
	struct collector c = { .g = g,
			       .group_index = group_index,
			       .out = patterns,
			       .atoms = atoms };
	size_t count = g->rules->num_strings;
	int ret;

	g->always_scan = g->uses_entrypoint;
	if (!count)
		return 0;
	c.strings = mem_array(count, sizeof(*c.strings));
	if (!c.strings)
		return err_nomem();
	for (size_t i = 0; i < count; i++) {
		c.strings[i].patterns = none;
		c.strings[i].atoms = no_atoms;
	}
	ret = walk_automaton(&c);
	if (!ret)
		ret = choose_parts(&c);
	else if (ret == ERR_NOMEM)
		err_nomem();
	release_strings(c.strings, count);
	return ret;
}

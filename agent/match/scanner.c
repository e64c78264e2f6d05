/*
 * One artefact through gate, prefilter and libyara.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For each group of rules one of five things happens:
 *   gate      every rule of the group has a gate that the header does not
 *             pass: no rule can match (gate.c proved it)
 *   nothing   no literal of the group is in the file, so no string matches,
 *             and every rule needs one (libyara's no_required_strings)
 *   condition no string matches, but a rule may be true without: the
 *             conditions are evaluated, the bytes are not scanned
 *   verify    literals are there, and with the strings they belong to a rule
 *             may be true: libyara verifies these strings at the places
 *             found, then evaluates the conditions with the whole file
 *   scan      a string has no literal, or there are too many places: libyara
 *             scans the whole file
 * The outcome is that of libyara alone in all five.
 */
#include "base/err.h"
#include "base/mem.h"
#include "match/condition.h"
#include "match/scanner_internal.h"
#include "match/verify.h"
#include "words/base.h"
#include <string.h>

/* Room for what is known of the strings of one group, whichever it is. */
static bool make_room_for_strings(struct scanner *s)
{
	size_t strings = 1;
	size_t rules = 1;

	for (size_t i = 0; i < s->pack->groups.count; i++) {
		const struct group *g = vec_at(&s->pack->groups, i);

		if (g->rules->num_strings > strings)
			strings = g->rules->num_strings;
		if (g->rule_count > rules)
			rules = g->rule_count;
	}
	s->may_stand = mem_array(strings, sizeof(bool));
	s->may_have = mem_array(rules, sizeof(bool));
	return s->may_stand && s->may_have;
}

int scanner_new(struct pack *p, unsigned flags, struct scanner **ret)
{
	const struct vec none = VEC_INIT(struct rule_match, MAX_MATCHES);
	const struct vec places = VEC_INIT(struct place, PLACES_MAX);
	const struct vec calls = VEC_INIT(struct verify_call, 64 * PLACES_MAX);
	struct scanner *s = mem_zalloc(sizeof(*s));

	if (!s)
		return err_nomem();
	s->pack = p;
	s->flags = flags;
	s->matches = none;
	s->groups = mem_array(p->groups.count + 1, sizeof(*s->groups));
	s->found.places = places;
	s->calls = calls;
	s->found.hit = mem_array(p->groups.count + 1, sizeof(bool));
	s->found.overflow = mem_array(p->groups.count + 1, sizeof(bool));
	s->found.counts = mem_array(p->groups.count + 1, sizeof(uint32_t));
	s->buffer = mem_alloc(BUFFER_NBYTES);
	s->head = mem_alloc(HEAD_NBYTES);
	if (!make_room_for_strings(s) || !s->groups || !s->found.hit ||
	    !s->found.overflow || !s->found.counts || !s->buffer || !s->head) {
		scanner_free(s);
		return err_nomem();
	}
	*ret = s;
	return 0;
}

void scanner_set_cancel(struct scanner *s, const struct cancel *c)
{
	s->cancel = c;
}

void scanner_free(struct scanner *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->groups && i < s->pack->groups.count; i++) {
		if (s->groups[i].yara)
			yr_scanner_destroy(s->groups[i].yara);
	}
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++)
		str_release(&s->vars[i]);
	str_release(&s->extension);
	vec_release(&s->matches);
	mem_free(s->groups);
	vec_release(&s->found.places);
	vec_release(&s->calls);
	mem_free(s->found.hit);
	mem_free(s->found.overflow);
	mem_free(s->found.counts);
	mem_free(s->may_stand);
	mem_free(s->may_have);
	mem_free(s->buffer);
	mem_free(s->head);
	mem_free(s);
}

const struct scanner_stats *scanner_stats(const struct scanner *s)
{
	return &s->stats;
}

void match_list_release(struct match_list *l)
{
	mem_free(l->items);
	l->items = NULL;
	l->count = 0;
}

void scanner_note_error(struct scanner *s, int err)
{
	if (err && !s->err)
		s->err = err;
}

static int set_var(struct scanner *s, size_t i, const char *value)
{
	if (!value)
		value = "";
	if (s->var_version[i] && strcmp(str_text(&s->vars[i]), value) == 0)
		return 0;
	str_clear(&s->vars[i]);
	str_add(&s->vars[i], value);
	s->var_version[i]++;
	return s->vars[i].err
		       ? err_fail(s->vars[i].err, 0, W_BASE_ERR_NO_MEMORY)
		       : 0;
}

const char *scanner_extension(struct str *s, const char *filename)
{
	const char *dot = filename ? strrchr(filename, '.') : NULL;

	str_clear(s);
	for (; dot && *dot; dot++)
		str_addch(s, (char)ascii_lower((uint8_t)*dot));
	return str_text(s);
}

static int set_vars(struct scanner *s, const struct match_vars *v)
{
	const char *values[GROUP_VAR_COUNT];
	int ret = 0;

	values[0] = v->filename;
	values[1] = v->filepath;
	values[2] = v->extension
			    ? v->extension
			    : scanner_extension(&s->extension, v->filename);
	values[3] = v->filetype ? v->filetype
				: filetype_name(filetype_of(scanner_head(s),
							    s->head_nbytes));
	values[4] = v->owner;
	values[5] = v->object;
	values[6] = v->point;
	values[7] = v->view;
	values[8] = v->location;
	values[9] = v->place;
	for (size_t i = 0; i < GROUP_VAR_COUNT && !ret; i++)
		ret = set_var(s, i, values[i]);
	return ret;
}

static bool has_always_scan(const struct scanner *s, enum filetype gate)
{
	for (size_t i = 0; i < s->pack->groups.count; i++) {
		const struct group *g = vec_at(&s->pack->groups, i);

		if (g->always_scan && group_takes_part(g, gate, s->scope))
			return true;
	}
	return false;
}

static int find_hits(struct scanner *s, enum filetype gate)
{
	const struct prefilter *f = filters_get(s->pack, gate, s->scope);
	struct prefilter_result *r = &s->found;
	size_t count = s->pack->groups.count;
	uint64_t max = PLACES_MIN + s->source->nbytes / PLACES_BYTES_EACH;

	memset(r->hit, 0, count * sizeof(*r->hit));
	memset(r->overflow, 0, count * sizeof(*r->overflow));
	memset(r->counts, 0, count * sizeof(*r->counts));
	r->places.count = 0;
	r->max_count = max > PLACES_MAX ? PLACES_MAX : (uint32_t)max;
	/* What libyara is sure to get is read once, before the filter. */
	if (has_always_scan(s, gate)) {
		const uint8_t *data = scanner_read_whole(s);

		if (data) {
			s->source->data = data;
			s->head_nbytes = (size_t)s->source->nbytes;
		}
	}
	if (prefilter_is_empty(f) || !s->source->nbytes)
		return 0;
	return scanner_filter(s, f);
}

/* Fills may_stand and may_have for this group from the places found. */
static void note_strings(struct scanner *s, const struct group *g, size_t index)
{
	memset(s->may_stand, 0, g->rules->num_strings * sizeof(bool));
	memset(s->may_have, 0, g->rule_count * sizeof(bool));
	for (size_t i = 0; i < s->found.places.count; i++) {
		const struct place *place = vec_at(&s->found.places, i);
		const struct pattern *p =
			vec_at(&s->pack->patterns, place->pattern);

		if (p->group != index || p->is_part)
			continue;
		s->may_stand[p->string] = true;
		s->may_have[g->rules->strings_table[p->string].rule_idx] = true;
	}
}

/*
 * Whether a rule may be true: with the strings that were found, or with none
 * at all.
 */
static bool may_match(struct scanner *s, const struct group *g, size_t index)
{
	struct condition_facts facts = { .head = scanner_head(s),
					 .head_nbytes = s->head_nbytes,
					 .nbytes = s->source->nbytes,
					 .no_strings = !s->found.hit[index] };

	if (s->found.hit[index]) {
		note_strings(s, g, index);
		facts.may_stand = s->may_stand;
		facts.may_have = s->may_have;
	}
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++)
		condition_know(&facts, i, str_text(&s->vars[i]));
	return condition_may_match(g, &facts);
}

static void run_groups(struct scanner *s, enum filetype gate)
{
	bool no_filter = (s->flags & SCANNER_NO_FILTER) != 0;
	bool passed = false;

	for (size_t i = 0; i < s->pack->groups.count; i++) {
		const struct group *g = vec_at(&s->pack->groups, i);

		s->group = g;
		if (no_filter) {
			scanner_scan_group(s, i);
			passed = true;
			continue;
		}
		if (!group_takes_part(g, gate, s->scope))
			continue;
		if (g->always_scan || s->found.overflow[i] ||
		    (s->found.hit[i] && !g->can_verify)) {
			scanner_scan_group(s, i);
			passed = true;
		} else if (s->found.hit[i]) {
			if (!may_match(s, g, i))
				continue;
			scanner_verify_group(s, i);
			passed = true;
		} else if (g->has_conditions && may_match(s, g, i)) {
			scanner_evaluate_group(s, i);
		}
	}
	s->stats.passed += passed;
}

static int take_matches(struct scanner *s, struct match_list *ret)
{
	struct match_list l = { NULL, s->matches.count };

	if (l.count) {
		l.items = mem_dup(s->matches.items, l.count * sizeof(*l.items));
		if (!l.items)
			return err_nomem();
	}
	*ret = l;
	return 0;
}

int scanner_scan(struct scanner *s, const struct match_source *source,
		 const struct match_vars *vars, struct match_list *ret)
{
	static const uint8_t nothing[1];
	struct match_source own = *source;
	const struct match_list empty = { NULL, 0 };
	enum filetype gate;
	int err;

	*ret = empty;
	if (!own.nbytes)
		own.data = nothing;
	s->source = &own;
	s->buffered = 0;
	s->matches.count = 0;
	s->err = 0;
	s->stats.sources++;
	err = scanner_read_head(s);
	if (!err)
		err = set_vars(s, vars);
	if (err)
		goto out;
	gate = filetype_gate_of(scanner_head(s), s->head_nbytes);
	s->scope = scope_of(vars->object, vars->location);
	if (!(s->flags & SCANNER_NO_FILTER))
		err = find_hits(s, gate);
	if (err)
		goto out;
	run_groups(s, gate);
	err = take_matches(s, ret);
	if (!err)
		err = s->err;
out:
	scanner_drop_whole(s);
	s->source = NULL;
	s->group = NULL;
	return err;
}

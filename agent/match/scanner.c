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
 *   verify    a literal is there: libyara verifies the strings at the places
 *             found, then evaluates the conditions with the whole file
 *   scan      a string has no literal, or there are too many places: libyara
 *             scans the whole file
 * The outcome is that of libyara alone in all five.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match/blocks.h"
#include "match/condition.h"
#include "match/pack_internal.h"
#include "match/scanner.h"
#include "match/verify.h"
#include <stdlib.h>
#include <string.h>

/*
 * Files up to BUFFER_NBYTES are read once and kept; larger ones pass through
 * the buffer in steps that stay in the second cache while they are looked at.
 */
#define BUFFER_NBYTES ((size_t)256 << 10)
#define STEP_NBYTES   ((size_t)128 << 10)
#define HEAD_NBYTES   ((size_t)4096)

/* Above this only one thread at a time may hold a whole file in memory. */
#define SHARED_NBYTES ((size_t)4 << 20)
/* Design: 256 MiB in a 32-bit process, 1 GiB otherwise. */
#define WHOLE_MAX_NBYTES                                                       \
	(sizeof(void *) == 4 ? (uint64_t)256 << 20 : (uint64_t)1 << 30)

/* Far above what a file takes (0.1 GB/s); it stops what loops. */
#define SCAN_TIMEOUT_S 120

#define MAX_MATCHES 100000

/*
 * Places kept of one group: a verification takes as long as libyara's
 * automaton for some 100 bytes, so above this a scan is no slower.
 */
#define PLACES_MIN	  1024
#define PLACES_BYTES_EACH 256
#define PLACES_MAX	  ((size_t)1 << 18)

struct group_scanner {
	YR_SCANNER *yara;
	uint64_t var_version[GROUP_VAR_COUNT];
};

struct scanner {
	struct pack *pack;
	unsigned flags;
	struct group_scanner *groups;
	struct prefilter_result found;
	struct vec calls; /* struct verify_call */
	uint8_t *buffer;
	uint8_t *head;
	struct str vars[GROUP_VAR_COUNT];
	uint64_t var_version[GROUP_VAR_COUNT];
	struct str extension;
	struct scanner_stats stats;
	/* The scan that is going on. */
	struct match_source *source;
	size_t buffered; /* bytes of the file in `buffer`, all of them, or 0 */
	size_t head_nbytes;
	uint8_t *whole;
	bool holds_large;
	struct blocks *blocks; /* while conditions are evaluated */
	YR_SCANNER *yara;      /* while strings are verified */
	const uint8_t *verified;
	bool is_settled;
	const struct group *group;
	struct scope scope;
	struct vec matches;
	int err; /* first failure */
};

/* ---- life ---------------------------------------------------------------- */

int scanner_new(struct pack *p, unsigned flags, struct scanner **ret)
{
	const struct vec none = VEC_INIT(struct rule_match, MAX_MATCHES);
	const struct vec places = VEC_INIT(struct place, PLACES_MAX);
	const struct vec calls = VEC_INIT(struct verify_call, 64 * PLACES_MAX);
	struct scanner *s = mem_zalloc(sizeof(*s));

	if (!s)
		return err_fail(ERR_NOMEM, 0, "memory is short");
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
	if (!s->groups || !s->found.hit || !s->found.overflow ||
	    !s->found.counts || !s->buffer || !s->head) {
		scanner_free(s);
		return err_fail(ERR_NOMEM, 0, "memory is short");
	}
	*ret = s;
	return 0;
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

static void note_error(struct scanner *s, int err)
{
	if (err && !s->err)
		s->err = err;
}

/* ---- reading ------------------------------------------------------------- */

static int read_exactly(struct scanner *s, uint64_t offset, uint8_t *buf,
			size_t nbytes)
{
	const struct match_source *source = s->source;
	size_t done = 0;

	while (done < nbytes) {
		size_t n = 0;
		int ret = source->read(source->arg, offset + done, buf + done,
				       nbytes - done, &n);

		if (ret)
			return ret;
		if (!n)
			return err_fail(ERR_CHANGED, 0,
					"it became shorter while it was read");
		done += n;
	}
	return 0;
}

static void drop_whole(struct scanner *s)
{
	mem_free(s->whole);
	s->whole = NULL;
	if (s->holds_large)
		host_mutex_unlock(s->pack->large);
	s->holds_large = false;
}

/* All bytes of the source in memory; NULL with s->err set. */
static const uint8_t *read_whole(void *arg)
{
	struct scanner *s = arg;
	uint64_t nbytes = s->source->nbytes;
	int ret;

	if (s->source->data)
		return s->source->data;
	if (s->buffered == nbytes)
		return s->buffer;
	if (s->whole)
		return s->whole;
	if (nbytes <= BUFFER_NBYTES) {
		ret = read_exactly(s, 0, s->buffer, (size_t)nbytes);
		note_error(s, ret);
		s->buffered = ret ? 0 : (size_t)nbytes;
		return ret ? NULL : s->buffer;
	}
	if (nbytes > WHOLE_MAX_NBYTES) {
		note_error(s, err_fail(ERR_TOO_LARGE, 0,
				       "a rule may match but the file has "
				       "%" PRIu64 " bytes",
				       nbytes));
		return NULL;
	}
	if (nbytes > SHARED_NBYTES) {
		host_mutex_lock(s->pack->large);
		s->holds_large = true;
	}
	s->whole = mem_alloc((size_t)nbytes);
	if (!s->whole) {
		note_error(s, err_fail(ERR_NOMEM, 0, "memory is short"));
		drop_whole(s);
		return NULL;
	}
	ret = read_exactly(s, 0, s->whole, (size_t)nbytes);
	if (ret) {
		note_error(s, ret);
		drop_whole(s);
		return NULL;
	}
	return s->whole;
}

/* The first bytes: for the gate, `filetype`, and conditions. */
static int read_head(struct scanner *s)
{
	const struct match_source *source = s->source;
	size_t n = HEAD_NBYTES;
	int ret;

	if (source->data) {
		s->head_nbytes = (size_t)source->nbytes;
		return 0;
	}
	if (source->nbytes < n)
		n = (size_t)source->nbytes;
	ret = read_exactly(s, 0, s->buffer, n);
	if (ret)
		return ret;
	memcpy(s->head, s->buffer, n);
	s->head_nbytes = n;
	if (n == source->nbytes)
		s->buffered = n;
	return 0;
}

static const uint8_t *head_of(const struct scanner *s)
{
	return s->source->data ? s->source->data : s->head;
}

/* ---- prefilter ----------------------------------------------------------- */

static void look(struct scanner *s, const struct prefilter *f,
		 const uint8_t *data, size_t nbytes, uint64_t base)
{
	prefilter_run(f, data, nbytes, base, s->pack->can_verify, &s->found);
}

static int filter_source(struct scanner *s, const struct prefilter *f)
{
	const struct match_source *source = s->source;
	size_t overlap = prefilter_overlap(f);
	size_t used = s->head_nbytes; /* bytes in the buffer */
	size_t looked = 0;	      /* of them, looked at */
	uint64_t base = 0;	      /* offset of the buffer's first byte */

	if (source->data) {
		s->stats.bytes_filtered += source->nbytes;
		look(s, f, source->data, (size_t)source->nbytes, 0);
		return 0;
	}
	for (;;) {
		uint64_t left = source->nbytes - base - used;
		size_t room;
		size_t begin;
		int ret;

		if (left && used == BUFFER_NBYTES) {
			memmove(s->buffer, s->buffer + used - overlap, overlap);
			base += used - overlap;
			used = looked = overlap;
		}
		room = BUFFER_NBYTES - used;
		if (room > STEP_NBYTES)
			room = STEP_NBYTES;
		if (room > left)
			room = (size_t)left;
		ret = read_exactly(s, base + used, s->buffer + used, room);
		if (ret)
			return ret;
		used += room;
		begin = looked > overlap ? looked - overlap : 0;
		s->stats.bytes_filtered += used - looked;
		look(s, f, s->buffer + begin, used - begin, base + begin);
		looked = used;
		left -= room;
		if (!left && !base)
			s->buffered = used;
		if (!left)
			return 0;
	}
}

/* ---- libyara ------------------------------------------------------------- */

static void add_match(struct scanner *s, YR_SCAN_CONTEXT *context,
		      YR_RULE *rule)
{
	size_t index = (size_t)(rule - s->group->rules->rules_table);
	struct rule_match *m = vec_push(&s->matches);
	YR_STRING *string;
	YR_MATCH *match;

	if (!m) {
		note_error(s, err_last()->err);
		return;
	}
	m->rule = pack_rule(s->pack, s->group->first_rule + index);
	yr_rule_strings_foreach(rule, string)
	{
		yr_string_matches_foreach(context, string, match)
		{
			str_copy(m->string_id, string->identifier,
				 sizeof(m->string_id));
			m->offset = (uint64_t)(match->base + match->offset);
			m->length = (uint32_t)match->match_length;
			return;
		}
	}
}

static int on_yara(YR_SCAN_CONTEXT *context, int message, void *data,
		   void *user)
{
	struct scanner *s = user;

	if (s->blocks)
		blocks_on_message(s->blocks, message, data);
	if (message == CALLBACK_MSG_RULE_MATCHING)
		add_match(s, context, data);
	/*
	 * Too many matches or slow strings: go on, as the yara program does;
	 * the time bound ends what would not.
	 */
	return CALLBACK_CONTINUE;
}

static int yara_error(struct scanner *s, int yret)
{
	switch (yret) {
	case ERROR_SUCCESS:
		return 0;
	case ERROR_INSUFFICIENT_MEMORY:
		return err_fail(ERR_NOMEM, 0, "memory is short");
	case ERROR_SCAN_TIMEOUT:
		return err_fail(ERR_UNSUPPORTED, 0,
				"the rules of '%s' took more than %d seconds",
				s->group->file, SCAN_TIMEOUT_S);
	default:
		return err_fail(ERR_UNSUPPORTED, 0,
				"libyara gave up on the rules of '%s' "
				"(error %d)",
				s->group->file, yret);
	}
}

/* The group's scanner with the variables of this artefact. */
static YR_SCANNER *ready_scanner(struct scanner *s, size_t index)
{
	struct group_scanner *gs = &s->groups[index];
	int yret;

	if (!gs->yara) {
		yret = yr_scanner_create(s->group->rules, &gs->yara);
		if (yret != ERROR_SUCCESS) {
			gs->yara = NULL;
			note_error(s, yara_error(s, yret));
			return NULL;
		}
		/* Bytes are in our memory; faults need no handler. */
		yr_scanner_set_flags(gs->yara,
				     SCAN_FLAGS_REPORT_RULES_MATCHING |
					     SCAN_FLAGS_NO_TRYCATCH);
		yr_scanner_set_timeout(gs->yara, SCAN_TIMEOUT_S);
		yr_scanner_set_callback(gs->yara, on_yara, s);
		memset(gs->var_version, 0, sizeof(gs->var_version));
	}
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		if (gs->var_version[i] == s->var_version[i])
			continue;
		yret = yr_scanner_define_string_variable(
			gs->yara, group_var_names[i], str_text(&s->vars[i]));
		if (yret != ERROR_SUCCESS) {
			note_error(s, yara_error(s, yret));
			return NULL;
		}
		gs->var_version[i] = s->var_version[i];
	}
	/* libyara keeps the entry point of the file before (scanner.c). */
	gs->yara->entry_point = YR_UNDEFINED;
	return gs->yara;
}

/* Drops what a scan that failed has reported: it will not be complete. */
static void finish_group(struct scanner *s, size_t matches_before, int yret)
{
	if (yret == ERROR_SUCCESS)
		return;
	s->matches.count = matches_before;
	note_error(s, yara_error(s, yret));
}

static void scan_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	const uint8_t *data;

	if (!yara)
		return;
	data = read_whole(s);
	if (!data)
		return;
	s->stats.bytes_yara += s->source->nbytes;
	finish_group(
		s, before,
		yr_scanner_scan_mem(yara, data, (size_t)s->source->nbytes));
}

static void start_blocks(struct scanner *s, struct blocks *b)
{
	blocks_init(b, s->group, head_of(s), s->head_nbytes, s->source->nbytes);
	if (s->buffered == s->source->nbytes && !s->source->data) {
		b->head = s->buffer;
		b->head_nbytes = s->buffered;
	}
	b->read_whole = read_whole;
	b->arg = s;
}

static void evaluate_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	struct blocks b;
	int yret;

	if (!yara)
		return;
	start_blocks(s, &b);
	s->stats.conditions++;
	s->blocks = &b;
	yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	if (yret == ERROR_SUCCESS && b.needs_whole) {
		s->matches.count = before;
		blocks_restart(&b);
		yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	}
	s->blocks = NULL;
	finish_group(s, before, yret);
	if (b.is_given_up) /* read_whole said why */
		s->matches.count = before;
}

static bool any_rule_wanted(const struct scanner *s, const YR_SCANNER *yara)
{
	size_t words = YR_BITMASK_SIZE(s->group->rule_count);

	for (size_t i = 0; i < words; i++) {
		if (yara->required_eval[i])
			return true;
	}
	return false;
}

/* In place of libyara's scan loop. */
static int verify_places(void *arg)
{
	struct scanner *s = arg;
	int yret;

	yret = verify_run(s->yara, s->pack->atoms.items, &s->calls, s->verified,
			  s->source->nbytes);
	/*
	 * No string matched, and no rule can do without: stop libyara before
	 * it loads modules for conditions that it would not evaluate.
	 */
	if (yret == ERROR_SUCCESS && !any_rule_wanted(s, s->yara)) {
		s->is_settled = true;
		return ERROR_CALLBACK_ERROR;
	}
	return yret;
}

static void verify_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	struct blocks b;
	int ret;
	int yret;

	if (!yara)
		return;
	s->verified = read_whole(s);
	if (!s->verified)
		return;
	ret = verify_prepare(s->pack->patterns.items, s->pack->atoms.items,
			     &s->found, (uint32_t)index, s->verified,
			     s->source->nbytes, &s->calls);
	if (ret) {
		note_error(s, ret);
		return;
	}
	start_blocks(s, &b);
	b.whole = s->verified;
	b.scan = verify_places;
	s->yara = yara;
	s->is_settled = false;
	s->blocks = &b;
	yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	s->blocks = NULL;
	s->yara = NULL;
	if (!s->is_settled)
		finish_group(s, before, yret);
}

/* ---- a scan -------------------------------------------------------------- */

static int set_var(struct scanner *s, size_t i, const char *value)
{
	if (!value)
		value = "";
	if (s->var_version[i] && strcmp(str_text(&s->vars[i]), value) == 0)
		return 0;
	str_clear(&s->vars[i]);
	str_add(&s->vars[i], value);
	s->var_version[i]++;
	return s->vars[i].err ? err_fail(s->vars[i].err, 0, "memory is short")
			      : 0;
}

/* ".dll" of "LIB.DLL"; "" without a dot. */
static const char *extension_of(struct scanner *s, const char *filename)
{
	const char *dot = filename ? strrchr(filename, '.') : NULL;

	str_clear(&s->extension);
	for (; dot && *dot; dot++)
		str_addch(&s->extension, (char)ascii_lower((uint8_t)*dot));
	return str_text(&s->extension);
}

static int set_vars(struct scanner *s, const struct match_vars *v)
{
	const char *values[GROUP_VAR_COUNT];
	int ret = 0;

	values[0] = v->filename;
	values[1] = v->filepath;
	values[2] = v->extension ? v->extension : extension_of(s, v->filename);
	values[3] = v->filetype ? v->filetype
				: filetype_name(filetype_of(head_of(s),
							    s->head_nbytes));
	values[4] = v->owner;
	values[5] = v->object;
	values[6] = v->point;
	values[7] = v->view;
	values[8] = v->location;
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
		const uint8_t *data = read_whole(s);

		if (data) {
			s->source->data = data;
			s->head_nbytes = (size_t)s->source->nbytes;
		}
	}
	if (prefilter_is_empty(f) || !s->source->nbytes)
		return 0;
	return filter_source(s, f);
}

/* Whether a rule that needs no string may be true. */
static bool may_match(const struct scanner *s, const struct group *g)
{
	struct condition_facts facts = { .head = head_of(s),
					 .head_nbytes = s->head_nbytes,
					 .nbytes = s->source->nbytes,
					 .no_strings = true };

	for (size_t i = 0; i < GROUP_VAR_COUNT; i++)
		facts.vars[i] = str_text(&s->vars[i]);
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
			scan_group(s, i);
			passed = true;
			continue;
		}
		if (!group_takes_part(g, gate, s->scope))
			continue;
		if (g->always_scan || s->found.overflow[i] ||
		    (s->found.hit[i] && !g->can_verify)) {
			scan_group(s, i);
			passed = true;
		} else if (s->found.hit[i]) {
			verify_group(s, i);
			passed = true;
		} else if (g->has_conditions && may_match(s, g)) {
			evaluate_group(s, i);
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
			return err_fail(ERR_NOMEM, 0, "memory is short");
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
	err = read_head(s);
	if (!err)
		err = set_vars(s, vars);
	if (err)
		goto out;
	gate = filetype_gate_of(head_of(s), s->head_nbytes);
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
	drop_whole(s);
	s->source = NULL;
	s->group = NULL;
	return err;
}

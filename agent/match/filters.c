/*
 * Which groups of rules can match an artefact at all, and the prefilter over
 * just those.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rules about registrations can match no file, rules about a browser's cache
 * no file elsewhere, and rules with a gate no other header.  What remains is
 * the same for most files of a PC, so there are few different sets of groups;
 * each has its own prefilter, and where a set is empty a file is not read
 * beyond its first bytes.
 */
#include "base/err.h"
#include "base/mem.h"
#include "match/condition.h"
#include "match/pack_internal.h"
#include <string.h>

#define VAR_OBJECT   5
#define VAR_LOCATION 8

/* Values that are told apart; any other belongs to no rule's set. */
static const char *const objects[SCOPE_OBJECTS] = { "file", "member",
						    "registration", "trace" };
static const char *const locations[SCOPE_LOCATIONS] = {
	"unknown",	 "other",	  "root",
	"windows",	 "program_files", "common_files",
	"system",	 "profile",	  "program_data",
	"downloads",	 "startup",	  "temp",
	"virtual_store", "browser_cache", "java_cache",
	"restore",	 "recycle_bin",	  "",
};

static unsigned find(const char *const *list, unsigned count, const char *value)
{
	unsigned i = 0;

	while (i < count && strcmp(list[i], value ? value : "") != 0)
		i++;
	return i;
}

struct scope scope_of(const char *object, const char *location)
{
	struct scope s;

	s.object = find(objects, SCOPE_OBJECTS, object);
	s.location = find(locations, SCOPE_LOCATIONS, location);
	return s;
}

bool group_takes_part(const struct group *g, enum filetype gate,
		      struct scope scope)
{
	if (g->gates && !(g->gates >> gate & 1))
		return false;
	if (scope.object == SCOPE_OBJECTS || scope.location == SCOPE_LOCATIONS)
		return true;
	return g->locations[scope.object] >> scope.location & 1;
}

static void find_locations(struct group *g)
{
	struct condition_facts facts = { .head = NULL };

	memset(g->locations, 0, sizeof(g->locations));
	for (unsigned i = 0; i < SCOPE_OBJECTS; i++) {
		for (unsigned k = 0; k < SCOPE_LOCATIONS; k++) {
			condition_know(&facts, VAR_OBJECT, objects[i]);
			condition_know(&facts, VAR_LOCATION, locations[k]);
			if (condition_may_match(g, &facts))
				g->locations[i] |= UINT32_C(1) << k;
		}
	}
}

/* The filter over these groups, made if there is none yet. */
static int find_filter(struct pack *p, const bool *in_group, uint8_t *index_ret)
{
	struct filter_set *set;
	size_t i = 0;
	int ret;

	for (; i < p->filter_count; i++) {
		if (memcmp(p->filters[i].in_group, in_group, p->groups.count) ==
		    0)
			break;
	}
	if (i < p->filter_count) {
		*index_ret = (uint8_t)i;
		return 0;
	}
	if (i == FILTERS_MAX)
		return ERR_TOO_LARGE;
	set = &p->filters[i];
	ret = prefilter_new(&p->patterns, in_group, &set->filter);
	if (ret)
		return ret;
	p->filter_count++;
	set->in_group = mem_dup(in_group, p->groups.count + 1);
	if (!set->in_group)
		return err_nomem();
	*index_ret = (uint8_t)i;
	return 0;
}

static int choose_filter(struct pack *p, enum filetype gate, struct scope scope,
			 bool *in_group)
{
	uint8_t *index = &p->filter_of[gate][scope.object][scope.location];
	int ret;

	for (size_t i = 0; i < p->groups.count; i++) {
		const struct group *g = vec_at(&p->groups, i);

		in_group[i] =
			!g->always_scan && group_takes_part(g, gate, scope);
	}
	ret = find_filter(p, in_group, index);
	if (ret != ERR_TOO_LARGE)
		return ret;
	/* More sets than are worth their memory: one that covers this. */
	*index = 0;
	return 0;
}

int filters_build(struct pack *p)
{
	bool *in_group = mem_array(p->groups.count + 1, sizeof(*in_group));
	uint8_t first;
	int ret;

	p->can_verify = mem_array(p->groups.count + 1, sizeof(bool));
	if (!p->can_verify || !in_group) {
		mem_free(in_group);
		return err_nomem();
	}
	for (size_t i = 0; i < p->groups.count; i++) {
		struct group *g = vec_at(&p->groups, i);

		find_locations(g);
		p->can_verify[i] = g->can_verify;
		in_group[i] = !g->always_scan;
	}
	/* The first is over all groups. */
	ret = find_filter(p, in_group, &first);
	for (unsigned t = 0; t < FILETYPE_COUNT && !ret; t++) {
		struct scope s = { 0, 0 };

		for (; s.object <= SCOPE_OBJECTS && !ret; s.object++) {
			for (s.location = 0;
			     s.location <= SCOPE_LOCATIONS && !ret;
			     s.location++)
				ret = choose_filter(p, (enum filetype)t, s,
						    in_group);
		}
	}
	mem_free(in_group);
	return ret;
}

void filters_free(struct pack *p)
{
	for (size_t i = 0; i < p->filter_count; i++) {
		prefilter_free(p->filters[i].filter);
		mem_free(p->filters[i].in_group);
	}
	p->filter_count = 0;
}

const struct prefilter *filters_get(const struct pack *p, enum filetype gate,
				    struct scope scope)
{
	uint8_t i = p->filter_of[gate][scope.object][scope.location];

	return p->filters[i].filter;
}

/*
 * From the places of patterns to libyara's verification of strings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/verify.h"
#include "base/err.h"
#include <stdlib.h>
#include <string.h>
#include <yara/scan.h>

static int compare_calls(const void *a, const void *b)
{
	const struct verify_call *x = a;
	const struct verify_call *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->atom != y->atom)
		return x->atom < y->atom ? -1 : 1;
	return 0;
}

/*
 * The atoms of the pattern's string that stand where the pattern says the
 * string's code begins.  All of them, for libyara would find all of them.
 */
static int add_calls(const struct pattern *p, uint64_t place,
		     const struct atom *atoms, const uint8_t *data,
		     uint64_t nbytes, struct vec *calls)
{
	int64_t origin = (int64_t)place + p->origin;

	for (uint32_t i = 0; i < p->atom_count && origin >= 0; i++) {
		const struct atom *a = &atoms[p->first_atom + i];
		uint64_t end = (uint64_t)origin + a->match->backtrack;
		struct verify_call *call;

		if (end < a->nbytes || end > nbytes ||
		    memcmp(data + end - a->nbytes, a->bytes, a->nbytes) != 0)
			continue;
		call = vec_push(calls);
		if (!call)
			return err_nomem();
		call->end = end;
		call->rank = a->rank;
		call->atom = p->first_atom + i;
	}
	return 0;
}

int verify_prepare(const struct pattern *patterns, const struct atom *atoms,
		   const struct prefilter_result *found, uint32_t group,
		   const uint8_t *data, uint64_t nbytes, struct vec *calls)
{
	size_t kept = 0;

	calls->count = 0;
	for (size_t i = 0; i < found->places.count; i++) {
		const struct place *place = vec_at(&found->places, i);
		const struct pattern *p = &patterns[place->pattern];
		int ret;

		if (p->group != group)
			continue;
		ret = add_calls(p, place->offset, atoms, data, nbytes, calls);
		if (ret)
			return ret;
	}
	if (!calls->count)
		return 0;
	qsort(calls->items, calls->count, calls->size, compare_calls);
	for (size_t i = 0; i < calls->count; i++) {
		struct verify_call *all = calls->items;

		if (!kept || compare_calls(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	}
	calls->count = kept;
	return 0;
}

int verify_run(YR_SCANNER *yara, const struct atom *atoms,
	       const struct vec *calls, const uint8_t *data, uint64_t nbytes)
{
	for (size_t i = 0; i < calls->count; i++) {
		const struct verify_call *call = vec_at(calls, i);
		YR_AC_MATCH *match = (YR_AC_MATCH *)atoms[call->atom].match;
		int yret = yr_scan_verify_match(
			yara, match, data, (size_t)nbytes, 0,
			(size_t)(call->end - match->backtrack));

		if (yret != ERROR_SUCCESS)
			return yret;
	}
	return ERROR_SUCCESS;
}

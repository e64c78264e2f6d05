/*
 * Whose evidence moves whose property, see evidence.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/evidence.h"

bool evidence_is_machines_way(const char *class_key, const char *class_owner,
			      const char *path_owner)
{
	return !class_owner && !path_owner &&
	       owner_is_machine(owner_of_key(class_key));
}

bool evidence_moves_row(const struct evidence_row *row)
{
	return row->is_matched || (row->is_strong && !row->is_known);
}

/* Where a user's class or variables come in between, it is no longer the
 * entry that leads there. */
bool evidence_moves_entry(const struct evidence_row *row)
{
	return evidence_moves_row(row) && owner_is_same(row->entry, row->owner);
}

/* A class of the machine's that leads to such a file by itself goes with it,
 * whoever's entry showed the way. */
bool evidence_moves_side(const struct evidence_row *row, struct owner side)
{
	if (!evidence_moves_row(row))
		return false;
	if (owner_is_same(row->owner, side))
		return true;
	return row->is_strong && !row->is_known && row->is_machines_way &&
	       owner_is_machine(side);
}

enum evidence_answer evidence_of_file(const struct evidence_file *f)
{
	if (f->is_strong)
		return EVIDENCE_TAKES;
	if (f->is_known)
		return EVIDENCE_KNOWN;
	if (f->is_of_machine || f->is_companion)
		return EVIDENCE_TAKES;
	if (f->is_of_user && f->is_in_users_place &&
	    (f->is_program || f->has_name))
		return EVIDENCE_TAKES;
	return f->is_led_to ? EVIDENCE_LEFT : EVIDENCE_WEAK;
}

bool evidence_is_users_place(const struct evidence_place *p)
{
	if (p->in_others)
		return false;
	return p->in_profile || (p->in_temp && p->owner_is_he);
}

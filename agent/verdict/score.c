/*
 * The score of a finding and the verdict that follows from it: one formula,
 * in one place.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only independent kinds of evidence add up.  Ten rules that look at the
 * same name are one observation; a name, a registration and the content are
 * three.  So the best score of each kind counts, highest first, with the
 * weights 1, 1/2, 1/4, 1/8; the sum is rounded down once and capped at 100.
 *
 * Worked example: "<Program Files>\Shared\lib.dll" is a program
 * (name, score 60), lib.sig lies beside it (name, 55), and a Browser Helper
 * Object points to it (registration, 60):
 *	best of kind:  registration 60, name 60 (the 55 is not counted)
 *	score:	       60 + 60/2 = 90  ->  malicious
 * Without the registration it is 60 -> suspicious.  With a content rule of
 * 45 as well: 60 + 60/2 + 45/4 = 101.25 -> 100.
 */
#include "verdict/finding.h"

_Static_assert(EV_COUNT <= 4, "a fifth kind of evidence needs a weight");

int score_combine(const int best_of_kind[EV_COUNT])
{
	int sorted[EV_COUNT] = { 0 };
	int eighths = 0;

	for (int i = 0; i < EV_COUNT; i++) {
		int value = best_of_kind[i];
		int at = i;

		if (value < 0)
			value = 0;
		if (value > 100)
			value = 100;
		while (at > 0 && sorted[at - 1] < value) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = value;
	}
	for (int i = 0; i < EV_COUNT; i++)
		eighths += sorted[i] * (8 >> i);
	eighths /= 8;
	return eighths > 100 ? 100 : eighths;
}

enum verdict score_verdict(int score)
{
	if (score >= 80)
		return VERDICT_MALICIOUS;
	if (score >= 50)
		return VERDICT_SUSPICIOUS;
	return VERDICT_NOTE;
}

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_MALICIOUS:
		return "malicious";
	case VERDICT_SUSPICIOUS:
		return "suspicious";
	case VERDICT_NOTE:
		break;
	}
	return "note";
}

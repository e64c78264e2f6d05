/*
 * Patterns of Windows paths.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/glob.h"

#include "base/utf.h"

#include <stddef.h>

/* Where matching may resume after a star. */
struct glob_star {
	const char *pattern; /* behind the star, NULL: none seen */
	const char *text;    /* where its rest begins */
};

/* Let the star take one more character; false if it must not. */
static bool glob_retry(struct glob_star *star, bool deep, const char **p,
		       const char **s)
{
	uint32_t cp;

	if (star->pattern == NULL || *star->text == '\0' ||
	    (!deep && *star->text == '\\'))
		return false;
	star->text += utf_decode(star->text, &cp);
	*p = star->pattern;
	*s = star->text;
	return true;
}

static bool glob_one(const char *p, const char *s)
{
	uint32_t pc, sc;

	utf_decode(p, &pc);
	utf_decode(s, &sc);
	if (pc == '?')
		return sc != '\\';
	return utf_upcase(pc) == utf_upcase(sc);
}

/*
 * Only the newest star of each kind can need another try: whatever an older
 * one could reach, the newer one reaches too.  So the time is bounded by
 * the product of the lengths squared, whatever the pattern.
 */
bool glob_matches(const char *pattern, const char *path)
{
	struct glob_star shallow = { NULL, NULL };
	struct glob_star deep = { NULL, NULL };
	const char *p = pattern;
	const char *s = path;
	uint32_t cp;

	while (*s != '\0' || *p != '\0') {
		if (p[0] == '*' && p[1] == '*') {
			while (*p == '*')
				p++;
			deep = (struct glob_star){ p, s };
			shallow.pattern = NULL;
		} else if (*p == '*') {
			p++;
			shallow = (struct glob_star){ p, s };
		} else if (*p != '\0' && *s != '\0' && glob_one(p, s)) {
			p += utf_decode(p, &cp);
			s += utf_decode(s, &cp);
		} else if (!glob_retry(&shallow, false, &p, &s)) {
			shallow.pattern = NULL;
			if (!glob_retry(&deep, true, &p, &s))
				return false;
		}
	}
	return true;
}

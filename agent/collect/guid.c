/*
 * The texts of CLSIDs and their kin.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/guid.h"
#include "base/str.h"

#include <string.h>

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* All but the closing brace, which is put where it is missing. */
static bool guid_at(const char *s, char ret[GUID_TEXT_NBYTES])
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	char text[GUID_TEXT_NBYTES];
	size_t i;

	for (i = 0; form[i]; i++) {
		if (form[i] == 'x' ? !is_hex(s[i]) : s[i] != form[i])
			return false;
		text[i] = (char)ascii_upper((unsigned char)s[i]);
	}
	text[i++] = '}';
	text[i] = '\0';
	memcpy(ret, text, sizeof(text));
	return true;
}

bool guid_parse(const char *text, char ret[GUID_TEXT_NBYTES])
{
	return strlen(text) == GUID_TEXT_NBYTES - 1 &&
	       text[GUID_TEXT_NBYTES - 2] == '}' && guid_at(text, ret);
}

bool guid_find(const char *text, char ret[GUID_TEXT_NBYTES])
{
	const char *p;

	for (p = strchr(text, '{'); p; p = strchr(p + 1, '{'))
		if (guid_at(p, ret))
			return true;
	return false;
}

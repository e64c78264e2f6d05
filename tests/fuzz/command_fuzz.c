/*
 * Fuzz command lines: every name that Windows would try is a part of the line,
 * one follows the other, and their number is bounded.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "collect/command.h"

#include <stdlib.h>
#include <string.h>

/* A name has no more characters (MAX_PATH), and so no more blanks. */
#define MAX_NAMES 260u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char *line = mem_strndup((const char *)data, nbytes);
	struct str name = STR_INIT;
	const char *rest = NULL;
	size_t last = 0;
	unsigned n = 0;

	if (!line)
		return 0;
	while (command_name(line, n, &name, &rest)) {
		if (name.err || !name.len || (n && name.len <= last) ||
		    !strstr(line, str_text(&name)) || rest < line ||
		    rest > line + strlen(line) || n >= MAX_NAMES)
			abort();
		command_argument_of(str_text(&name));
		if (strlen(command_argument(str_text(&name), rest)) >
		    strlen(rest))
			abort();
		if (command_skip_switches(rest) > line + strlen(line))
			abort();
		last = name.len;
		n++;
	}
	if (n && command_guess(line) >= n)
		abort();
	str_release(&name);
	mem_free(line);
	return 0;
}

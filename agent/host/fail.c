/*
 * One wording for all failures of the system.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/fail.h"
#include "host/host.h"

#include <string.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* One byte of "dir/name" as if it were joined. */
struct joined {
	const char *dir;
	size_t dir_nbytes;
	bool has_separator;
	const char *name;
	size_t nbytes;
};

static void joined_init(struct joined *j, const char *dir, const char *name)
{
	j->dir = dir != NULL ? dir : "";
	j->dir_nbytes = strlen(j->dir);
	j->name = name != NULL ? name : "";
	j->has_separator = j->dir_nbytes > 0 && j->name[0] != '\0' &&
			   j->dir[j->dir_nbytes - 1] != '/' &&
			   j->dir[j->dir_nbytes - 1] != '\\';
	j->nbytes =
		j->dir_nbytes + (j->has_separator ? 1 : 0) + strlen(j->name);
}

static char joined_at(const struct joined *j, size_t i)
{
	if (i < j->dir_nbytes)
		return j->dir[i];
	i -= j->dir_nbytes;
	if (j->has_separator) {
		if (i == 0)
			return host_separator();
		i--;
	}
	return j->name[i];
}

void host_path_text_in(char *text_ret, size_t room, const char *dir,
		       const char *name)
{
	static const char dots[] = "[...]";
	const size_t head = room * 5 / 16;
	const size_t tail = room - head - sizeof(dots);
	struct joined j;
	size_t n = 0;
	size_t i;

	joined_init(&j, dir, name);
	if (j.nbytes < room) {
		for (i = 0; i < j.nbytes; i++)
			text_ret[n++] = joined_at(&j, i);
		text_ret[n] = '\0';
		return;
	}
	for (i = 0; i < head; i++)
		text_ret[n++] = joined_at(&j, i);
	/* Cut between characters: go back over one that is incomplete. */
	if (is_continuation(joined_at(&j, head)))
		while (n > head - 4 && is_continuation(text_ret[n - 1]))
			n--;
	if (is_continuation(joined_at(&j, head)) && n < head + 1)
		n--;
	memcpy(text_ret + n, dots, sizeof(dots) - 1);
	n += sizeof(dots) - 1;
	i = j.nbytes - tail;
	while (i < j.nbytes && is_continuation(joined_at(&j, i)))
		i++;
	for (; i < j.nbytes; i++)
		text_ret[n++] = joined_at(&j, i);
	text_ret[n] = '\0';
}

void host_path_text(char text_ret[HOST_TEXT_NBYTES], const char *dir,
		    const char *name)
{
	host_path_text_in(text_ret, HOST_TEXT_NBYTES, dir, name);
}

int host_fail(int err, long os_error, const char *cannot, const char *dir,
	      const char *name)
{
	const char *path = strstr(cannot, "%s\": ");
	const size_t n =
		(size_t)((path ? path : strstr(cannot, "%s")) - cannot);
	char text[HOST_TEXT_NBYTES];

	if (!path)
		return err_fail(err, os_error, "%.*s%s", (int)n, cannot,
				err_words(err));
	host_path_text(text, dir, name);
	return err_fail(err, os_error, "%.*s%s\": %s", (int)n, cannot, text,
			err_words(err));
}

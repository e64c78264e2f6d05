/*
 * The terminal on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define COLUMNS_DEFAULT 80u

static int fd_of(enum host_stream which)
{
	return which == HOST_STDOUT ? STDOUT_FILENO : STDERR_FILENO;
}

bool host_is_terminal(enum host_stream which)
{
	return isatty(fd_of(which)) == 1;
}

bool host_stdin_is_terminal(void)
{
	return isatty(STDIN_FILENO) == 1;
}

unsigned host_terminal_columns(enum host_stream which)
{
	struct winsize size;

	if (ioctl(fd_of(which), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return COLUMNS_DEFAULT;
}

bool host_can_color(enum host_stream which)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return host_is_terminal(which) &&
	       (no_color == NULL || no_color[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

int host_write(enum host_stream which, const char *text, size_t nbytes,
	       bool machine)
{
	const int fd = fd_of(which);

	(void)machine; /* UTF-8 is what Linux programs write anyway */
	while (nbytes > 0) {
		const ssize_t n = write(fd, text, nbytes);

		if (n >= 0) {
			text += n;
			nbytes -= (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN) {
			/* Somebody made our pipe non-blocking. */
			struct pollfd p = { fd, POLLOUT, 0 };

			poll(&p, 1, -1);
			continue;
		}
		return host_fail_errno(which == HOST_STDOUT
					       ? W_HOST_CANNOT_WRITE_STDOUT
					       : W_HOST_CANNOT_WRITE_STDERR,
				       NULL, NULL);
	}
	return 0;
}

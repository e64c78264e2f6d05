/*
 * Runs a program and stops it where it opens or renames a file, for tests of
 * what has to happen in the middle: no test has to be faster than the program.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   hold_posix DESCRIPTOR PATTERN PROGRAM ARGUMENT...
 *
 * The program runs under this process's number. When it opens a file whose
 * name fits the pattern, or gives a file such a name, it is stopped as by
 * SIGSTOP, and "held" is written to the descriptor; SIGCONT lets it go on. The
 * descriptor is closed without a line if there was no such file, and gets the
 * reason if nobody may trace here; then the program was not started and the
 * exit code is 77.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

#define CANNOT 77
/* No page is smaller, and no path longer. */
#define PAGE 4096

/* The kernel's own description of a call, the same on every processor. */
struct call {
	uint8_t op;
	uint8_t pad[3];
	uint32_t arch;
	uint64_t at;
	uint64_t stack;
	uint64_t number;
	uint64_t arg[6];
	uint64_t more;
};

#define GET_CALL 0x420e
#define OP_ENTRY 1

static void tell(int to, const char *text)
{
	if (write(to, text, strlen(text)) < 0)
		_exit(1);
}

static uintptr_t name_given(const struct call *c)
{
	switch (c->number) {
#ifdef SYS_open
	case SYS_open:
		return c->arg[0];
#endif
	case SYS_openat:
		return c->arg[1];
#ifdef SYS_renameat
	case SYS_renameat:
#endif
	case SYS_renameat2:
		return c->arg[3];
	default:
		return 0;
	}
}

/* What the call opens or makes, or NULL. */
static const char *name_used(pid_t thread, char *name)
{
	struct call c = { 0 };
	struct iovec here = { name, PAGE };
	struct iovec there[2];
	uintptr_t at;
	ssize_t n;

	if (ptrace(GET_CALL, thread, sizeof(c), &c) < 0 || c.op != OP_ENTRY)
		return NULL;
	at = name_given(&c);
	if (!at)
		return NULL;
	/* What follows its end need not be there. */
	there[0].iov_base = (void *)at;
	there[0].iov_len = PAGE - at % PAGE;
	there[1].iov_base = (void *)(at + there[0].iov_len);
	there[1].iov_len = PAGE - there[0].iov_len;
	n = process_vm_readv(thread, &here, 1, there, 2, 0);
	if (n <= 0)
		return NULL;
	name[n] = 0;
	return strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
}

/* Until the place is reached, or nothing is left of the program. */
static void follow(pid_t program, const char *pattern, int to)
{
	static char text[PAGE + 1];
	const char *name;
	pid_t thread;
	int status;
	int hand_on;

	for (;;) {
		thread = waitpid(-1, &status, __WALL);
		if (thread < 0 && errno == EINTR)
			continue;
		if (thread < 0)
			return;
		if (!WIFSTOPPED(status))
			continue;
		hand_on = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			name = name_used(thread, text);
			if (name && fnmatch(pattern, name, 0) == 0) {
				/* It stops as soon as nobody traces it. */
				kill(program, SIGSTOP);
				tell(to, "held\n");
				return;
			}
		} else if (status >> 16 == 0) {
			hand_on = WSTOPSIG(status);
		}
		ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(intptr_t)hand_on);
	}
}

/* The tracer: no child of the program, which does not expect any. */
static void trace(pid_t program, int to, const char *pattern, int ready)
{
	char why[256];

	if (ptrace(PTRACE_SEIZE, program, NULL,
		   (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE)) < 0 ||
	    ptrace(PTRACE_INTERRUPT, program, NULL, NULL) < 0) {
		snprintf(why, sizeof(why), "no program may trace here: %s\n",
			 strerror(errno));
		tell(to, why);
		_exit(1);
	}
	/* The program is stopped when it has this. */
	tell(ready, "r");
	close(ready);
	follow(program, pattern, to);
	_exit(0);
}

int main(int argc, char **argv)
{
	const pid_t program = getpid();
	int ready[2];
	pid_t child;
	int to;
	char r;

	if (argc < 4) {
		fprintf(stderr, "use: hold_posix FD PATTERN PROGRAM ...\n");
		return 64;
	}
	to = atoi(argv[1]);
	if (fcntl(to, F_SETFD, FD_CLOEXEC) != 0)
		return CANNOT;
	/* Some kernels ask for it; the others do not know it. */
	prctl(PR_SET_PTRACER, (unsigned long)-1, 0, 0, 0);
	if (pipe(ready) != 0)
		return CANNOT;
	child = fork();
	if (child < 0)
		return CANNOT;
	if (child == 0) {
		if (fork() == 0) {
			close(ready[0]);
			trace(program, to, argv[2], ready[1]);
		}
		_exit(0);
	}
	close(ready[1]);
	waitpid(child, NULL, 0);
	if (read(ready[0], &r, 1) != 1)
		return CANNOT;
	close(ready[0]);
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}

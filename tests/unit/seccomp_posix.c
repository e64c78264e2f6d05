/*
 * For tests: a kernel or file system that lacks some calls, through a filter
 * of system calls.
 * SPDX-License-Identifier: Apache-2.0
 *
 * musl has no <linux/filter.h>; the few forms stand here, as in bpf(4) and
 * seccomp(2).
 */
#include "seccomp_posix.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define LOAD	    0x20 /* BPF_LD | BPF_W | BPF_ABS */
#define IF_EQUAL    0x15 /* BPF_JMP | BPF_JEQ | BPF_K */
#define IF_BITS	    0x45 /* BPF_JMP | BPF_JSET | BPF_K */
#define GIVE	    0x06 /* BPF_RET | BPF_K */
#define ALLOW	    0x7fff0000u
#define FAIL(e)	    (0x00050000u | (e))
#define TRAP	    0x00030000u
#define NUMBER	    0
#define ARGUMENT(n) (16 + 8 * (n))
#define TMPFILE_BIT 020000000
#define MODE_FILTER 2

struct step {
	uint16_t code;
	uint8_t if_true;
	uint8_t if_false;
	uint32_t k;
};

struct program {
	unsigned short count;
	const struct step *steps;
};

static bool install(const struct step *steps, size_t count)
{
	const struct program program = { (unsigned short)count, steps };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, MODE_FILTER, &program, 0, 0) == 0;
}

bool seccomp_lack(enum lack level)
{
	/* The numbers before "to" are steps to skip. */
	const struct step steps[] = {
		{ LOAD, 0, 0, NUMBER },
		{ IF_EQUAL, 2, 0, SYS_openat },	   /* to 4 */
		{ IF_EQUAL, 4, 0, SYS_renameat2 }, /* to 7 */
		{ IF_EQUAL, 6, 5, SYS_linkat },	   /* to 10 or 9 */
		{ LOAD, 0, 0, ARGUMENT(2) },
		{ IF_BITS, 0, 3, TMPFILE_BIT }, /* to 6 or 9 */
		{ GIVE, 0, 0, FAIL(EOPNOTSUPP) },
		{ LOAD, 0, 0, ARGUMENT(4) },
		{ IF_EQUAL, 0, 2, 0 }, /* to 9 or 11 */
		{ GIVE, 0, 0, ALLOW },
		{ GIVE, 0, 0, level >= LACK_LINK ? FAIL(EPERM) : ALLOW },
		{ GIVE, 0, 0,
		  level >= LACK_RENAME_FLAG ? FAIL(EINVAL) : ALLOW },
	};

	return level == LACK_NOTHING ||
	       install(steps, sizeof(steps) / sizeof(steps[0]));
}

bool seccomp_lack_attributes(void)
{
	static const struct step steps[] = {
		{ LOAD, 0, 0, NUMBER },
		{ IF_EQUAL, 3, 0, SYS_getxattr }, /* to 5 */
		{ IF_EQUAL, 2, 0, SYS_lgetxattr },
		{ IF_EQUAL, 1, 0, SYS_fgetxattr },
		{ GIVE, 0, 0, ALLOW },
		{ GIVE, 0, 0, FAIL(ENOTSUP) },
	};

	return install(steps, sizeof(steps) / sizeof(steps[0]));
}

static void (*at_fsync)(void);

/* What the handler leaves in the register is what fsync() gives. */
static void on_trap(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signal;
	(void)info;
	at_fsync();
	c->uc_mcontext.gregs[REG_RAX] = 0;
}

bool seccomp_at_fsync(void (*fn)(void))
{
	static const struct step steps[] = {
		{ LOAD, 0, 0, NUMBER },
		{ IF_EQUAL, 0, 1, SYS_fsync }, /* to 2 or 3 */
		{ GIVE, 0, 0, TRAP },
		{ GIVE, 0, 0, ALLOW },
	};
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_trap;
	action.sa_flags = SA_SIGINFO;
	at_fsync = fn;
	return sigaction(SIGSYS, &action, NULL) == 0 &&
	       install(steps, sizeof(steps) / sizeof(steps[0]));
}

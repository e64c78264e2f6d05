/*
 * Between the shim's counting and the program's calls: system calls made
 * past the C library, whose functions are what the shim stands in front of.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FAULT_SHIM_H
#define TESTS_FAULT_SHIM_H

#include <errno.h>
#include <sys/syscall.h>

#ifndef __x86_64__
#error "the shim knows the system calls of x86_64 only"
#endif

static inline long raw6(long number, long a, long b, long c, long d, long e,
			long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	if (ret < 0 && ret > -4096) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

#define RAW(nr, ...) RAW_(nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define RAW_(nr, a, b, c, d, e, f, ...)                                        \
	raw6(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e),  \
	     (long)(f))

#endif

/*
 * config.h for Check: with fork and timers on POSIX, with neither and without
 * winpthreads on Windows (tests run there with CK_FORK=no).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEPS_CHECK_CONFIG_H
#define DEPS_CHECK_CONFIG_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#define ENABLE_SUBUNIT 0

#define HAVE_STDLIB_H	       1
#define HAVE_STRING_H	       1
#define HAVE_STDINT_H	       1
#define HAVE_INTTYPES_H	       1
#define HAVE_UNISTD_H	       1
#define HAVE_SYS_TIME_H	       1
#define HAVE_MALLOC	       1
#define HAVE_REALLOC	       1
#define HAVE_STRDUP	       1
#define HAVE_DECL_STRDUP       1
#define HAVE_GETTIMEOFDAY      1
#define HAVE_DECL_GETTIMEOFDAY 1
#define HAVE_SNPRINTF	       1
#define HAVE_VSNPRINTF	       1
#define HAVE_C99_SNPRINTF      1
#define HAVE_C99_VSNPRINTF     1
#define HAVE_FPCLASSIFY	       1

#ifdef _WIN32
#define HAVE_FORK		0
#define HAVE_MKSTEMP		0
#define HAVE_DECL_LOCALTIME_R	0
#define HAVE_DECL_ALARM		0
#define HAVE_DECL_CLOCK_GETTIME 0
#define HAVE_DECL_GETLINE	0
#define HAVE_DECL_SETENV	0
#define HAVE_DECL_STRSIGNAL	0
#define HAVE_DECL_TIMER_CREATE	0
#define HAVE_DECL_TIMER_DELETE	0
#define HAVE_DECL_TIMER_SETTIME 0
#define HAVE_PROCESS_H		1
#define timer_t			int
#else
#define HAVE_FORK			   1
#define HAVE_MKSTEMP			   1
#define HAVE_REGEX_H			   1
#define HAVE_REGCOMP			   1
#define HAVE_REGEXEC			   1
#define ENABLE_REGEX			   1
#define HAVE_ALARM			   1
#define HAVE_CLOCK_GETTIME		   1
#define HAVE_GETLINE			   1
#define HAVE_LOCALTIME_R		   1
#define HAVE_SETENV			   1
#define HAVE_SIGACTION			   1
#define HAVE_STRSIGNAL			   1
#define HAVE_PTHREAD			   1
#define HAVE_TIMER_CREATE_SETTIME_DELETE   1
#define HAVE_STRUCT_TIMESPEC_TV_SEC	   1
#define HAVE_STRUCT_TIMESPEC_TV_NSEC	   1
#define HAVE_STRUCT_ITIMERSPEC_IT_INTERVAL 1
#define HAVE_STRUCT_ITIMERSPEC_IT_VALUE	   1
#define HAVE_DECL_LOCALTIME_R		   1
#define HAVE_DECL_ALARM			   1
#define HAVE_DECL_CLOCK_GETTIME		   1
#define HAVE_DECL_GETLINE		   1
#define HAVE_DECL_SETENV		   1
#define HAVE_DECL_STRSIGNAL		   1
#define HAVE_DECL_TIMER_CREATE		   1
#define HAVE_DECL_TIMER_DELETE		   1
#define HAVE_DECL_TIMER_SETTIME		   1
#endif

#endif

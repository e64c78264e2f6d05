/*
 * The mutexes of hivex guard its iconv handles. Ours keep no state (iconv.h
 * beside this file) and a hive handle is used by one thread at a time, so
 * they may be empty. The real ones would pull winpthreads into the Windows
 * programs, and with it GetTickCount64, which Windows XP does not have.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEPS_HIVEX_PTHREAD_H
#define DEPS_HIVEX_PTHREAD_H

struct hivex_shim_mutex {
	int unused;
};

#define pthread_mutex_t		 struct hivex_shim_mutex
#define pthread_mutex_init(m, a) ((void)(m), (void)(a), 0)
#define pthread_mutex_lock(m)	 ((void)(m), 0)
#define pthread_mutex_unlock(m)	 ((void)(m), 0)
#define pthread_mutex_destroy(m) ((void)(m), 0)

#endif

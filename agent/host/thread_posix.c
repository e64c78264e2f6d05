/*
 * Threads on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* musl's default of 128 KiB is little for libyara's parsers. */
#define STACK_NBYTES ((size_t)4 << 20)

struct host_thread {
	pthread_t id;
	void (*fn)(void *);
	void *arg;
};

struct host_mutex {
	pthread_mutex_t lock;
};

struct host_cond {
	pthread_cond_t cond;
};

static void *thread_main(void *arg)
{
	struct host_thread *t = arg;

	t->fn(t->arg);
	return NULL;
}

int host_thread_start(void (*fn)(void *), void *arg, struct host_thread **ret)
{
	struct host_thread *t = mem_zalloc(sizeof(*t));
	pthread_attr_t attr;
	int os_error;

	if (t == NULL)
		return err_fail(ERR_NOMEM, 0, W_HOST_THREAD,
				err_words(ERR_NOMEM));
	t->fn = fn;
	t->arg = arg;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_NBYTES);
	os_error = pthread_create(&t->id, &attr, thread_main, t);
	pthread_attr_destroy(&attr);
	if (os_error != 0) {
		mem_free(t);
		return err_fail(ERR_NOMEM, os_error, W_HOST_THREAD_REFUSED);
	}
	*ret = t;
	return 0;
}

void host_thread_join(struct host_thread *t)
{
	if (t == NULL)
		return;
	pthread_join(t->id, NULL);
	mem_free(t);
}

struct host_mutex *host_mutex_new(void)
{
	struct host_mutex *m = mem_zalloc(sizeof(*m));

	if (m != NULL)
		pthread_mutex_init(&m->lock, NULL);
	return m;
}

void host_mutex_free(struct host_mutex *m)
{
	if (m == NULL)
		return;
	pthread_mutex_destroy(&m->lock);
	mem_free(m);
}

void host_mutex_lock(struct host_mutex *m)
{
	pthread_mutex_lock(&m->lock);
}

void host_mutex_unlock(struct host_mutex *m)
{
	pthread_mutex_unlock(&m->lock);
}

struct host_cond *host_cond_new(void)
{
	struct host_cond *c = mem_zalloc(sizeof(*c));
	pthread_condattr_t attr;

	if (c == NULL)
		return NULL;
	/* A clock that is set while we wait must not matter. */
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->cond, &attr);
	pthread_condattr_destroy(&attr);
	return c;
}

void host_cond_free(struct host_cond *c)
{
	if (c == NULL)
		return;
	pthread_cond_destroy(&c->cond);
	mem_free(c);
}

void host_cond_wait(struct host_cond *c, struct host_mutex *m)
{
	pthread_cond_wait(&c->cond, &m->lock);
}

bool host_cond_wait_ms(struct host_cond *c, struct host_mutex *m, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	return pthread_cond_timedwait(&c->cond, &m->lock, &until) != ETIMEDOUT;
}

void host_cond_broadcast(struct host_cond *c)
{
	pthread_cond_broadcast(&c->cond);
}

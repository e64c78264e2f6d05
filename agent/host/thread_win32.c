/*
 * Threads on Windows, with what XP has.
 * SPDX-License-Identifier: Apache-2.0
 *
 * CONDITION_VARIABLE is newer than XP.  Here each waiter has an event of its
 * own in a list: a broadcast takes the list and sets each event once, so no
 * wake-up is lost between unlocking the mutex and waiting, and a thread that
 * begins to wait afterwards cannot take another's.
 */
#include "host/host_win32.h"
#include "words/host.h"

#include <process.h>

#define STACK_NBYTES (4u << 20) /* libyara's parsers, as on Linux */

struct host_thread {
	HANDLE handle;
	void (*fn)(void *);
	void *arg;
};

struct host_mutex {
	CRITICAL_SECTION lock;
};

struct waiter {
	struct waiter *next;
	HANDLE event; /* auto-reset */
	bool is_waiting;
};

struct host_cond {
	CRITICAL_SECTION lock; /* of the lists; never held while waiting */
	struct waiter *waiting;
	struct waiter *idle; /* kept for the next wait */
};

static unsigned __stdcall thread_main(void *arg)
{
	struct host_thread *t = arg;

	t->fn(t->arg);
	return 0;
}

int host_thread_start(void (*fn)(void *), void *arg, struct host_thread **ret)
{
	struct host_thread *t = mem_zalloc(sizeof(*t));

	if (t == NULL)
		return err_fail(ERR_NOMEM, 0, W_HOST_THREAD,
				err_words(ERR_NOMEM));
	t->fn = fn;
	t->arg = arg;
	t->handle =
		(HANDLE)_beginthreadex(NULL, STACK_NBYTES, thread_main, t,
				       STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
	if (t->handle == NULL) {
		mem_free(t);
		return err_fail(ERR_NOMEM, (long)GetLastError(),
				W_HOST_THREAD_REFUSED);
	}
	*ret = t;
	return 0;
}

void host_thread_join(struct host_thread *t)
{
	if (t == NULL)
		return;
	WaitForSingleObject(t->handle, INFINITE);
	CloseHandle(t->handle);
	mem_free(t);
}

struct host_mutex *host_mutex_new(void)
{
	struct host_mutex *m = mem_zalloc(sizeof(*m));

	if (m != NULL)
		InitializeCriticalSection(&m->lock);
	return m;
}

void host_mutex_free(struct host_mutex *m)
{
	if (m == NULL)
		return;
	DeleteCriticalSection(&m->lock);
	mem_free(m);
}

void host_mutex_lock(struct host_mutex *m)
{
	EnterCriticalSection(&m->lock);
}

void host_mutex_unlock(struct host_mutex *m)
{
	LeaveCriticalSection(&m->lock);
}

struct host_cond *host_cond_new(void)
{
	struct host_cond *c = mem_zalloc(sizeof(*c));

	if (c != NULL)
		InitializeCriticalSection(&c->lock);
	return c;
}

void host_cond_free(struct host_cond *c)
{
	if (c == NULL)
		return;
	while (c->idle != NULL) {
		struct waiter *w = c->idle;

		c->idle = w->next;
		CloseHandle(w->event);
		mem_free(w);
	}
	DeleteCriticalSection(&c->lock);
	mem_free(c);
}

static struct waiter *waiter_new(void)
{
	struct waiter *w = mem_zalloc(sizeof(*w));

	if (w == NULL)
		return NULL;
	w->event = CreateEventW(NULL, FALSE, FALSE, NULL);
	if (w->event == NULL) {
		mem_free(w);
		return NULL;
	}
	return w;
}

/* In the list before the mutex is let go: no broadcast can be missed. */
static struct waiter *waiter_add(struct host_cond *c)
{
	struct waiter *w;

	EnterCriticalSection(&c->lock);
	w = c->idle;
	if (w != NULL)
		c->idle = w->next;
	else
		w = waiter_new();
	if (w != NULL) {
		w->is_waiting = true;
		w->next = c->waiting;
		c->waiting = w;
	}
	LeaveCriticalSection(&c->lock);
	return w;
}

/* True if a broadcast reached it, whatever the wait returned. */
static bool waiter_end(struct host_cond *c, struct waiter *w)
{
	struct waiter **at;
	bool was_woken;

	EnterCriticalSection(&c->lock);
	was_woken = !w->is_waiting;
	if (w->is_waiting) {
		for (at = &c->waiting; *at != w; at = &(*at)->next)
			;
		*at = w->next;
		w->is_waiting = false;
	}
	/* A wake-up that came with the time-out must not stay for the next. */
	ResetEvent(w->event);
	w->next = c->idle;
	c->idle = w;
	LeaveCriticalSection(&c->lock);
	return was_woken;
}

static bool cond_wait(struct host_cond *c, struct host_mutex *m, DWORD ms)
{
	struct waiter *w = waiter_add(c);
	bool was_woken = true;

	LeaveCriticalSection(&m->lock);
	if (w != NULL) {
		WaitForSingleObject(w->event, ms);
		was_woken = waiter_end(c, w);
	} else {
		Sleep(1); /* no memory: a spurious wake-up, waiters loop */
	}
	EnterCriticalSection(&m->lock);
	return was_woken;
}

void host_cond_wait(struct host_cond *c, struct host_mutex *m)
{
	cond_wait(c, m, INFINITE);
}

bool host_cond_wait_ms(struct host_cond *c, struct host_mutex *m, unsigned ms)
{
	return cond_wait(c, m, ms == INFINITE ? INFINITE - 1 : ms);
}

void host_cond_broadcast(struct host_cond *c)
{
	EnterCriticalSection(&c->lock);
	while (c->waiting != NULL) {
		struct waiter *w = c->waiting;

		c->waiting = w->next;
		w->is_waiting = false;
		/* It cannot go on before the lock is let go. */
		SetEvent(w->event);
	}
	LeaveCriticalSection(&c->lock);
}

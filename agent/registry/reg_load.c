/*
 * Hive files that are loaded below HKEY_USERS, and given back.
 * SPDX-License-Identifier: Apache-2.0
 *
 * While a hive is loaded under another name its user cannot log on with it:
 * Windows gives him a temporary profile, and what he does there is lost.
 */
#include "registry/reg_load.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"

#include <string.h>

/* Somebody else (an antivirus) may have a key open: waits 1.55 s in all. */
#define UNLOAD_TRIES	5u
#define UNLOAD_FIRST_MS 50u

int reg_load_name(char ret[REG_LOAD_NAME_NBYTES])
{
	uint64_t random;
	int err = host_random(&random, sizeof(random));

	if (err)
		return err;
	snprintf(ret, REG_LOAD_NAME_NBYTES, REG_LOAD_PREFIX "%016" PRIx64,
		 random);
	return 0;
}

bool reg_load_is_ours(const char *name)
{
	const size_t n = sizeof(REG_LOAD_PREFIX) - 1;

	if (!ascii_istarts_with(name, REG_LOAD_PREFIX))
		return false;
	return strspn(name + n, "0123456789abcdefABCDEF") == 16 &&
	       name[n + 16] == '\0';
}

void reg_loaded_release(struct vec *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct reg_loaded *l = vec_at(list, i);

		mem_free(l->name);
		mem_free(l->file);
	}
	vec_release(list);
}

/*
 * Only "somebody has a key of it open" can change by itself, and only that is
 * what force is for: it takes the keys away from whoever has them.
 */
enum unload_next reg_unload_next(int err, unsigned tries_left, bool may_force)
{
	if (!err || err == ERR_NOT_FOUND)
		return UNLOAD_DONE;
	if (err != ERR_LOCKED)
		return UNLOAD_GIVE_UP;
	if (tries_left)
		return UNLOAD_WAIT;
	return may_force ? UNLOAD_BY_FORCE : UNLOAD_GIVE_UP;
}

/* The first sentence, "in use", stays. */
static int unload_by_force(const struct reg_load_ops *ops, const char *name,
			   int err)
{
	const struct err_info first = *err_last();
	const int now = ops->unload_by_force(ops->arg, name);
	const struct err_info second = *err_last();

	if (!now || now == ERR_NOT_FOUND)
		return 0;
	return err_fail(err, first.os_error, "%.300s; %.300s", first.text,
			second.text);
}

int reg_load_unload(const struct reg_load_ops *ops, const char *name,
		    bool may_force)
{
	unsigned wait_ms = UNLOAD_FIRST_MS;

	for (unsigned left = UNLOAD_TRIES;; left--) {
		const int err = ops->unload(ops->arg, name);

		switch (reg_unload_next(err, left, may_force)) {
		case UNLOAD_DONE:
			return 0;
		case UNLOAD_WAIT:
			host_sleep_ms(wait_ms);
			wait_ms *= 2;
			break;
		case UNLOAD_BY_FORCE:
			return unload_by_force(ops, name, err);
		default:
			return err;
		}
	}
}

/* What that run had changed is kept, so that another can go on. */
int reg_load_unload_left(const struct reg_load_ops *ops, const char *name)
{
	const bool is_flushed = ops->flush(ops->arg, name) == 0;

	return reg_load_unload(ops, name, is_flushed);
}

int reg_load_give_back(const struct reg_load_ops *ops, reg_left_fn told,
		       void *told_arg)
{
	struct vec list = VEC_INIT(struct reg_loaded, REG_LOADED_MAX);
	int err = ops->list(ops->arg, &list);

	for (size_t i = 0; !err && i < list.count; i++) {
		const struct reg_loaded *l = vec_at(&list, i);

		/* Nobody else's, and not that of a run beside this one. */
		if (reg_load_is_ours(l->name) && !l->is_at_work)
			told(told_arg, l->name, l->file,
			     reg_load_unload_left(ops, l->name));
	}
	reg_loaded_release(&list);
	return err;
}

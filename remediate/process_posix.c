/*
 * No Windows runs here, so none of its programs has a DLL loaded.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/process.h"

#include "base/err.h"
#include "words/fix.h"

static int cannot(void)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_FIX_NO_WINDOWS_RUNS);
}

static int none_find(void *arg, const char *host_path, struct vec *ret,
		     bool *may_miss_ret)
{
	(void)arg;
	(void)host_path;
	(void)ret;
	*may_miss_ret = false;
	return 0;
}

static int none_run(void *arg, struct vec *ret)
{
	(void)arg;
	(void)ret;
	return 0;
}

static int none_end(void *arg, const struct process *p, unsigned wait_ms)
{
	(void)arg;
	(void)p;
	(void)wait_ms;
	return cannot();
}

static int none_at_restart(void *arg, const char *host_path)
{
	(void)arg;
	(void)host_path;
	return cannot();
}

const struct process_ops process_system = {
	.find = none_find,
	.browsers = none_run,
	.close = none_end,
	.end = none_end,
	.remove_at_restart = none_at_restart,
};

/*
 * This host loads no hive files into a registry.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_edit.h"

#include "base/err.h"
#include "words/registry.h"

static int cannot(void)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NO_LIVE);
}

static int none_load(void *arg, const char *name, const char *host_path)
{
	(void)arg;
	(void)name;
	(void)host_path;
	return cannot();
}

static int none_open(void *arg, const char *name, struct reg_edit **ret)
{
	(void)arg;
	(void)name;
	(void)ret;
	return cannot();
}

static int none_by_name(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return cannot();
}

static int none_list(void *arg, struct vec *ret)
{
	(void)arg;
	(void)ret;
	return cannot();
}

const struct reg_load_ops reg_load_system = {
	.load = none_load,
	.open = none_open,
	.flush = none_by_name,
	.unload = none_by_name,
	.unload_by_force = none_by_name,
	.list = none_list,
};

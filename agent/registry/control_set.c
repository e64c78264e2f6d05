/*
 * Where the running Windows has its settings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/control_set.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/registry.h"

#include <string.h>

#define LINK_KEY    "SYSTEM\\CurrentControlSet"
#define LINK_VALUE  "SymbolicLinkValue"
#define LINK_PREFIX "\\Registry\\Machine\\SYSTEM\\"
#define SET_PREFIX  "ControlSet"

/* "ControlSet" and three digits; nothing else is a place of Windows. */
static bool is_set(const char *name)
{
	const size_t n = sizeof(SET_PREFIX) - 1;

	return ascii_istarts_with(name, SET_PREFIX) &&
	       strspn(name + n, "0123456789") == 3 && name[n + 3] == '\0';
}

static int unless_absent(int err)
{
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* A key of that name that is no link: Wine has one. */
static int is_plain_key(struct reg_root *root, bool *ret)
{
	struct reg_key *key = NULL;
	struct reg_key_info info;
	int err = reg_open_key(root, LINK_KEY, &key);

	*ret = false;
	if (err)
		return unless_absent(err);
	err = reg_key_info(key, &info);
	if (!err) {
		*ret = !info.is_link;
		reg_key_info_release(&info);
	}
	reg_close_key(key);
	return err;
}

/* NULL: there is none. */
static int text_of(struct reg_root *root, const char *path, const char *name,
		   char **ret)
{
	struct reg_key *key = NULL;
	struct reg_value v;
	int err = reg_open_key(root, path, &key);

	*ret = NULL;
	if (!err)
		err = reg_get_value(key, name, &v);
	reg_close_key(key);
	if (err)
		return unless_absent(err);
	*ret = reg_value_text(&v, NULL);
	reg_value_release(&v);
	return *ret ? 0 : err_nomem();
}

static int by_link(struct reg_root *root, struct str *set)
{
	const size_t n = sizeof(LINK_PREFIX) - 1;
	char *target = NULL;
	bool is_plain;
	int err = is_plain_key(root, &is_plain);

	if (!err && is_plain)
		return str_add(set, "CurrentControlSet");
	if (!err)
		err = text_of(root, LINK_KEY, LINK_VALUE, &target);
	if (target && ascii_istarts_with(target, LINK_PREFIX) &&
	    is_set(target + n))
		err = str_add(set, target + n);
	mem_free(target);
	return err;
}

static int by_number(struct reg_root *root, struct str *set)
{
	char *text = NULL;
	uint64_t n = 0;
	int err = text_of(root, "SYSTEM\\Select", "Current", &text);

	if (text && str_parse_u64(text, &n) && n >= 1 && n <= 999)
		err = str_addf(set, SET_PREFIX "%03u", (unsigned)n);
	mem_free(text);
	return err;
}

int reg_control_path(struct reg_root *root, const char *below, char **ret)
{
	struct str set = STR_INIT;
	struct str path = STR_INIT;
	char *text = NULL;
	int err = by_link(root, &set);

	if (!err && !set.len)
		err = by_number(root, &set);
	if (!err && !set.len)
		err = err_fail(ERR_NOT_FOUND, 0,
			       W_REGISTRY_CONTROL_SET_UNKNOWN);
	if (!err) {
		str_addf(&path, "SYSTEM\\%s\\%s", str_text(&set), below);
		text = str_detach(&path);
		err = text ? 0 : err_nomem();
	}
	str_release(&set);
	if (!err)
		*ret = text;
	return err;
}

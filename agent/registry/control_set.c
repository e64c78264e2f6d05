/*
 * Where the running Windows has its settings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/control_set.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

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

static bool is_plain_key(struct reg_root *root)
{
	struct reg_key *key = NULL;
	struct reg_key_info info;
	bool ret = false;

	if (reg_open_key(root, LINK_KEY, &key))
		return false;
	if (reg_key_info(key, &info) == 0) {
		ret = !info.is_link;
		reg_key_info_release(&info);
	}
	reg_close_key(key);
	return ret;
}

static char *by_link(struct reg_root *root)
{
	char *target, *set = NULL;

	/* Wine has a key there, and no link. */
	if (is_plain_key(root))
		return mem_strdup("CurrentControlSet");
	target = reg_root_get_text(root, LINK_KEY, LINK_VALUE, NULL);
	if (target && ascii_istarts_with(target, LINK_PREFIX) &&
	    is_set(target + sizeof(LINK_PREFIX) - 1))
		set = mem_strdup(target + sizeof(LINK_PREFIX) - 1);
	mem_free(target);
	return set;
}

static char *by_number(struct reg_root *root)
{
	char *text = reg_root_get_text(root, "SYSTEM\\Select", "Current", NULL);
	struct str set = STR_INIT;
	uint64_t n = 0;

	if (text && str_parse_u64(text, &n) && n >= 1 && n <= 999)
		str_addf(&set, SET_PREFIX "%03u", (unsigned)n);
	mem_free(text);
	if (!set.len) {
		str_release(&set);
		return NULL;
	}
	return str_detach(&set);
}

int reg_control_path(struct reg_root *root, const char *below, char **ret)
{
	struct str path = STR_INIT;
	char *set = by_link(root), *text;

	if (!set)
		set = by_number(root);
	if (!set)
		return err_fail(ERR_NOT_FOUND, 0,
				"the registry does not tell which control set "
				"is the current one");
	str_addf(&path, "SYSTEM\\%s\\%s", set, below);
	mem_free(set);
	text = str_detach(&path);
	if (!text)
		return err_nomem();
	*ret = text;
	return 0;
}

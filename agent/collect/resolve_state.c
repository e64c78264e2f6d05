/*
 * What keeps Internet Explorer from loading an add-on: Manage Add-ons,
 * policy, kill bit (FACTS.md 8).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "collect/class.h"

#include <string.h>

#define CURRENT	 "Microsoft\\Windows\\CurrentVersion\\"
#define KILL_BIT 0x400u

void state_open(struct gap_sink *gaps, struct reg_place *software)
{
	struct reg_key *policy = NULL;
	uint32_t restricts = 0;
	struct reg_value v;
	char *text;
	int err;

	if (software->is_virtual || software->is_wrong)
		return;
	/* What cannot be opened forbids nothing. */
	place_open(gaps, software->key, software->path, CURRENT "Ext\\Settings",
		   &software->settings);
	place_open(gaps, software->key, software->path,
		   "Microsoft\\Internet Explorer\\ActiveX Compatibility",
		   &software->kill_bits);
	if (place_open(gaps, software->key, software->path,
		       CURRENT "Policies\\Ext", &policy))
		return;
	err = place_open(gaps, policy, software->path, "CLSID",
			 &software->policies);
	place_unreadable(gaps, err, software->path, CURRENT "Policies\\Ext");
	if (!reg_get_value(policy, "RestrictToList", &v)) {
		if (!reg_value_u32(&v, &restricts)) {
			text = reg_value_text(&v, NULL);
			restricts = text && !strcmp(text, "1");
			mem_free(text);
		}
		reg_value_release(&v);
	}
	/* Nor does a list that nobody can read: the add-on may be in it. */
	software->restrict_to_list =
		restricts != 0 && (!err || err == ERR_NOT_FOUND);
	reg_close_key(policy);
}

/*
 * Number of a value that may be stored as DWORD or as text; ERR_NOT_FOUND:
 * there is none, or it is no number.
 */
static int value_number(struct reg_key *key, const char *name, uint32_t *ret)
{
	struct reg_value v;
	uint64_t number;
	char *text;
	bool ok;
	int err = reg_get_value(key, name, &v);

	if (err)
		return err;
	ok = reg_value_u32(&v, ret);
	if (!ok) {
		text = reg_value_text(&v, NULL);
		ok = text && str_parse_u64(text, &number) &&
		     number <= UINT32_MAX;
		if (ok)
			*ret = (uint32_t)number;
		mem_free(text);
	}
	reg_value_release(&v);
	return ok ? 0 : ERR_NOT_FOUND;
}

/* Flags 0x01 or 0x10 count only where Version is "*" (public analysis of
 * urlmon). */
static bool is_switched_off(const struct reg_place *p, const char *guid)
{
	struct reg_key *key = NULL;
	uint32_t flags = 0;
	char *version;
	bool off;

	if (!p->settings || reg_open_subkey(p->settings, guid, &key))
		return false;
	version = reg_get_text(key, "Version", NULL);
	off = version && !strcmp(version, "*") &&
	      !value_number(key, "Flags", &flags) && (flags & 0x11);
	mem_free(version);
	reg_close_key(key);
	return off;
}

static bool is_killed(const struct reg_place *p, const char *guid)
{
	struct reg_key *key = NULL;
	uint32_t flags = 0;
	bool killed;

	if (!p->kill_bits || reg_open_subkey(p->kill_bits, guid, &key))
		return false;
	killed = !value_number(key, "Compatibility Flags", &flags) &&
		 (flags & KILL_BIT);
	reg_close_key(key);
	return killed;
}

/* The machine's keys of the other view do not count; policy has no view. */
static bool is_for(const struct reg_place *p, const struct class_scope *scope)
{
	if (p->is_virtual || p->is_wrong)
		return false;
	if (p->user)
		return p->user == scope->user;
	return !scope->view || p->view == scope->view;
}

bool state_is_disabled(struct resolver *z, const struct class_scope *scope,
		       const char *guid)
{
	bool is_restricted = false;
	bool is_listed = false;
	size_t i;

	for (i = 0; i < z->software.count; i++) {
		const struct reg_place *p = vec_at(&z->software, i);
		uint32_t policy;
		int err;

		if (is_for(p, scope) &&
		    (is_switched_off(p, guid) || is_killed(p, guid)))
			return true;
		if (p->is_virtual || p->is_wrong ||
		    (p->user && p->user != scope->user))
			continue;
		is_restricted |= p->restrict_to_list;
		if (!p->policies)
			continue;
		err = value_number(p->policies, guid, &policy);
		if (err == ERR_NOT_FOUND)
			continue;
		if (!err && policy == 0)
			return true;
		is_listed = true;
	}
	return is_restricted && !is_listed;
}

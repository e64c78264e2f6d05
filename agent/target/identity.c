/*
 * Which Windows it is: version, edition, bitness, name, target_id.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

#define CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion"

/* Windows 11 goes on calling itself 10 in ProductName; 22000 was its first
 * build (Microsoft, "Windows 11 release information"). */
#define WINDOWS_11_FIRST_BUILD 22000

static char *limited(char *text)
{
	if (text)
		text_limit(text);
	return text;
}

static char *version_text(struct target *t, const char *name)
{
	return limited(
		machine_text(t, TARGET_HIVE_SOFTWARE, CURRENT_VERSION, name));
}

/* Leading digits, at most nine; 0 if there are none. */
static int leading_number(const char **text)
{
	int n = 0;

	for (int i = 0; i < 9 && **text >= '0' && **text <= '9'; i++, (*text)++)
		n = n * 10 + (**text - '0');
	return n;
}

static int number_value(struct target *t, const char *name)
{
	char *text = version_text(t, name);
	const char *p = text;
	int n = p ? leading_number(&p) : 0;

	mem_free(text);
	return n;
}

static void read_major_minor(struct target *t)
{
	char *text;
	const char *p;

	t->info.major = number_value(t, "CurrentMajorVersionNumber");
	if (t->info.major > 0) {
		t->info.minor = number_value(t, "CurrentMinorVersionNumber");
		return;
	}
	/* Up to 8.1 only this; later it is "6.3" for ever. */
	text = version_text(t, "CurrentVersion");
	if (!text)
		return;
	p = text;
	t->info.major = leading_number(&p);
	if (*p == '.') {
		p++;
		t->info.minor = leading_number(&p);
	}
	mem_free(text);
}

static void read_build(struct target *t)
{
	/* XP's CurrentBuild is "1.511.1 () (Obsolete data - do not use)". */
	t->info.build = number_value(t, "CurrentBuildNumber");
	if (!t->info.build)
		t->info.build = number_value(t, "CurrentBuild");
}

static int read_product(struct target *t)
{
	char *name = version_text(t, "ProductName");
	static const char ten[] = "Windows 10";

	if (name && t->info.build >= WINDOWS_11_FIRST_BUILD &&
	    ascii_istarts_with(name, ten))
		name[sizeof(ten) - 2] = '1';
	t->info.product_name = name;
	t->info.edition = version_text(t, "EditionID");
	t->info.service_pack = version_text(t, "CSDVersion");
	return 0;
}

static int format_version(struct target *t)
{
	struct str s = STR_INIT;

	if (!t->info.major && !t->info.build)
		return 0;
	str_addf(&s, "%d.%d.%d", t->info.major, t->info.minor, t->info.build);
	t->info.version = str_detach(&s);
	return t->info.version ? 0 : err_nomem();
}

/* ---- SYSTEM ------------------------------------------------------ */

static bool has_key(struct target *t, enum target_hive which, const char *path)
{
	struct reg_root *root;
	struct reg_key *key;
	const char *prefix;
	int ret = target_machine_hive(t, which, &root, &prefix);
	const bool is_read = ret == 0;

	if (!ret)
		ret = reg_open_key(root, path, &key);
	if (ret == ERR_NOMEM)
		t->is_short = true;
	if (!ret)
		reg_close_key(key);
	/* One that cannot be opened is there. */
	return !ret || (is_read && ret != ERR_NOT_FOUND && ret != ERR_NOMEM);
}

char *identity_control_set(struct target *t)
{
	static const char *const others[] = { "ControlSet001",
					      "CurrentControlSet",
					      "ControlSet002" };
	char *text = machine_text(t, TARGET_HIVE_SYSTEM, "Select", "Current");
	struct str s = STR_INIT;
	const char *p = text;
	int n = p ? leading_number(&p) : 0;

	mem_free(text);
	if (n > 0 && n <= 999) {
		str_addf(&s, "ControlSet%03d", n);
		if (!s.err && has_key(t, TARGET_HIVE_SYSTEM, s.buf))
			return str_detach(&s);
		str_release(&s);
	}
	for (size_t i = 0; i < 3; i++) {
		if (has_key(t, TARGET_HIVE_SYSTEM, others[i]))
			return mem_strdup(others[i]);
	}
	return mem_strdup(others[0]);
}

static char *control_text(struct target *t, const char *key, const char *name)
{
	char *set = identity_control_set(t);
	char *path = set ? wpath_append(set, key) : NULL;
	char *text =
		path ? machine_text(t, TARGET_HIVE_SYSTEM, path, name) : NULL;

	mem_free(path);
	mem_free(set);
	return limited(text);
}

int target_control_place(struct target *t, const char *key,
			 struct reg_key **ret, char **path_ret)
{
	char *set = identity_control_set(t);
	char *path = NULL;
	char *physical = NULL;
	struct reg_root *root;
	const char *prefix;
	int err;

	if (set)
		path = *key ? wpath_append(set, key) : mem_strdup(set);
	err = path ? target_machine_hive(t, TARGET_HIVE_SYSTEM, &root, &prefix)
		   : err_nomem();
	if (!err) {
		physical = wpath_append(prefix, path);
		err = physical ? reg_open_key(root, path, ret) : err_nomem();
	}
	mem_free(path);
	mem_free(set);
	if (err)
		mem_free(physical);
	else
		*path_ret = physical;
	return err;
}

int target_control_key(struct target *t, const char *key, struct reg_key **ret)
{
	char *path = NULL;
	int err = target_control_place(t, key, ret, &path);

	mem_free(path);
	return err;
}

static bool has_syswow64(struct target *t)
{
	char *wpath = wpath_append(t->windows, "SysWOW64");
	struct target_path p;

	if (!wpath || target_resolve(t, wpath, 0, &p)) {
		mem_free(wpath);
		return false;
	}
	mem_free(wpath);
	target_path_release(&p);
	return true;
}

static bool read_bitness(struct target *t)
{
	char *text = control_text(t, "Control\\Session Manager\\Environment",
				  "PROCESSOR_ARCHITECTURE");
	bool is_64;

	if (text && *text) {
		is_64 = ascii_casecmp(text, "x86") != 0;
		mem_free(text);
		return is_64;
	}
	mem_free(text);
	return has_key(t, TARGET_HIVE_SOFTWARE, "Wow6432Node") ||
	       has_syswow64(t);
}

/* ---- target_id --------------------------------------------------- */

static char *hash_id(const char *text)
{
	char hex[65];

	digest_sha256_hex(text, strlen(text), hex);
	return mem_strndup(hex, 32);
}

static int put_upper(struct str *s, const char *text)
{
	char *upper;
	int ret;

	if (!text)
		return 0;
	upper = utf_upper_dup(text);
	if (!upper)
		return err_nomem();
	ret = str_add(s, upper);
	mem_free(upper);
	return ret;
}

/*
 * The first half of SHA-256 over "MachineGuid\nComputerName\nInstallDate" in
 * upper case; all three lie in the registry, so live and offline agree.
 */
static int make_id(struct target *t, const char *guid, const char *date)
{
	struct str s = STR_INIT;
	const char *name = t->info.computer_name;
	int ret = 0;

	if (guid || date || name) {
		ret = put_upper(&s, guid);
		str_addch(&s, '\n');
		if (!ret)
			ret = put_upper(&s, name);
		str_addch(&s, '\n');
		if (!ret)
			ret = put_upper(&s, date);
	} else {
		str_add(&s, t->info.root);
		if (t->other_windows.count)
			str_addf(&s, "\n%s", wpath_name(t->windows));
	}
	if (!ret)
		ret = s.err;
	if (!ret)
		t->info.target_id = hash_id(str_text(&s));
	if (!ret && !t->info.target_id)
		ret = err_nomem();
	str_release(&s);
	return ret;
}

int identity_read(struct target *t)
{
	char *guid, *date;
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return make_id(t, NULL, NULL);
	read_major_minor(t);
	read_build(t);
	ret = read_product(t);
	if (!ret)
		ret = format_version(t);
	if (ret)
		return ret;
	t->info.is_64bit = read_bitness(t);
	t->info.computer_name = control_text(
		t, "Control\\ComputerName\\ComputerName", "ComputerName");
	guid = limited(machine_text(t, TARGET_HIVE_SOFTWARE,
				    "Microsoft\\Cryptography", "MachineGuid"));
	date = version_text(t, "InstallDate");
	ret = make_id(t, guid, date);
	mem_free(guid);
	mem_free(date);
	return ret;
}

/* ---- copies -------------------------------------------------------------- */

static bool comes_before(const char *a, const char *b)
{
	if (utf_casecmp(b, "Windows") == 0)
		return false;
	return utf_casecmp(a, "Windows") == 0 || utf_casecmp(a, b) < 0;
}

/* 1: the Windows `name` of the same root has the same identity, 0, -ERR_*. */
static int is_copy_of(const struct target *t,
		      const struct target_options *options, const char *name)
{
	struct target_options other_options = *options;
	struct target *other;
	int ret;

	other_options.windows = name;
	other_options.gaps = NULL;
	ret = target_open_plain(&other_options, &other);
	if (ret)
		return ret == ERR_NOMEM ? -ret : 0;
	ret = strcmp(other->info.target_id, t->info.target_id) == 0;
	target_free(other);
	return ret;
}

static int add_name(struct target *t, const char *name)
{
	struct str s = STR_INIT;
	char *id = NULL;
	int ret;

	str_addf(&s, "%s\n", t->info.target_id);
	ret = put_upper(&s, name);
	if (!ret)
		ret = s.err;
	if (!ret) {
		id = hash_id(str_text(&s));
		ret = id ? 0 : err_nomem();
	}
	str_release(&s);
	if (ret)
		return ret;
	mem_free(t->info.target_id);
	t->info.target_id = id;
	return 0;
}

int identity_tell_copies_apart(struct target *t,
			       const struct target_options *options)
{
	const char *name = t->windows ? wpath_name(t->windows) : "";

	for (size_t i = 0; i < t->other_windows.count; i++) {
		const char *other = *(char **)vec_at(&t->other_windows, i);
		int is_copy = 0;

		if (comes_before(other, name))
			is_copy = is_copy_of(t, options, other);
		if (is_copy < 0)
			return -is_copy;
		if (is_copy)
			return add_name(t, name);
	}
	return 0;
}

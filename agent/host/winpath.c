/*
 * From a path as people and listings give it to the form Windows takes by
 * its letters.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/winpath.h"

#include "base/err.h"
#include "base/utf.h"
#include "host/fail.h"
#include "words/host.h"

#include <string.h>

#define VERBATIM	"\\\\?\\"
#define VERBATIM_NBYTES 4
#define UNC		"UNC\\"
#define UNC_NBYTES	4

static bool is_slash(char c)
{
	return c == '\\' || c == '/';
}

static bool is_drive(const char *s)
{
	const int c = ascii_lower((unsigned char)s[0]);

	return c >= 'a' && c <= 'z' && s[1] == ':';
}

static bool is_same_drive(const char *a, const char *b)
{
	return is_drive(a) && is_drive(b) && ascii_ncasecmp(a, b, 1) == 0;
}

/* \\?\ and the kernel's \??\: what follows is taken by its letters. */
static bool is_verbatim(const char *path)
{
	return strncmp(path, VERBATIM, VERBATIM_NBYTES) == 0 ||
	       strncmp(path, "\\??\\", VERBATIM_NBYTES) == 0;
}

static int refuse(const char *path)
{
	return host_fail(ERR_NAME, 0, W_HOST_CANNOT_USE_THE_PATH, path, NULL);
}

/* After "Volume" or "GLOBALROOT\Device\HarddiskVolume...": a backslash. */
static bool has_root_after(const char *s, const char *prefix)
{
	const size_t n = strlen(prefix);
	const char *slash;

	if (ascii_ncasecmp(s, prefix, n) != 0)
		return false;
	slash = strchr(s + n, '\\');
	return slash != NULL && slash > s + n;
}

/* "server\share" with both names there, and no device in their place. */
static bool is_share(const char *s)
{
	const size_t server = strcspn(s, "\\/");

	if (server == 0 || s[server] == '\0' ||
	    (server == 1 && (s[0] == '.' || s[0] == '?')))
		return false;
	s += server + 1;
	return strcspn(s, "\\/") > 0;
}

/*
 * Only what has a folder behind it: "\\?\C:" and "\\?\Volume{...}" without
 * the backslash are the raw disk, and all else below \\?\ is a device.
 */
static bool is_file_space(const char *rest)
{
	if (is_drive(rest))
		return rest[2] == '\\';
	if (ascii_ncasecmp(rest, UNC, UNC_NBYTES) == 0)
		return is_share(rest + UNC_NBYTES);
	return has_root_after(rest, "Volume{") ||
	       has_root_after(rest, "GLOBALROOT\\Device\\HarddiskVolume");
}

/*
 * Append the parts of `path` to out, which ends without a backslash and
 * whose first root_nbytes stay whatever ".." says.
 */
static void parts_add(struct str *out, size_t root_nbytes, const char *path)
{
	while (*path != '\0' && out->err == 0) {
		const size_t n = strcspn(path, "\\/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (out->len > root_nbytes &&
			       out->buf[out->len - 1] != '\\')
				out->len--;
			if (out->len > root_nbytes)
				out->len--;
			if (out->buf != NULL)
				out->buf[out->len] = '\0';
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			str_addch(out, '\\');
			str_addn(out, path, n);
		}
		path += n;
		while (is_slash(*path))
			path++;
	}
}

/* A root alone ends with a backslash: "C:" would be the drive itself. */
static void root_finish(struct str *out, size_t root_nbytes)
{
	if (out->len == root_nbytes)
		str_addch(out, '\\');
}

/* "X:" or "UNC\server\share" of an absolute path; bytes of path taken. */
static size_t root_add(struct str *out, const char *path)
{
	const char *at = path;
	size_t n;

	if (is_verbatim(at)) {
		at += VERBATIM_NBYTES;
		if (ascii_ncasecmp(at, UNC, UNC_NBYTES) == 0)
			at += UNC_NBYTES;
	} else if (is_slash(at[0]) && is_slash(at[1])) {
		at += 2;
	}
	if (is_drive(at)) {
		str_addch(out, (char)ascii_upper((unsigned char)at[0]));
		str_addch(out, ':');
		return (size_t)(at - path) + 2;
	}
	if (!is_share(at))
		return 0;
	str_add(out, UNC);
	n = strcspn(at, "\\/");
	str_addn(out, at, n);
	at += n + 1;
	n = strcspn(at, "\\/");
	str_addch(out, '\\');
	str_addn(out, at, n);
	return (size_t)(at + n - path);
}

/* Everything but the verbatim forms, without the \\?\ in front. */
static int plain_add(struct str *out, const char *path,
		     const struct winpath_env *env)
{
	const size_t start = out->len;
	const char *base = NULL;
	size_t base_taken = 0;
	size_t taken = 0;
	size_t root;

	if ((is_slash(path[0]) && is_slash(path[1])) ||
	    (is_drive(path) && is_slash(path[2]))) {
		taken = root_add(out, path);
	} else {
		base = env->current;
		if (base == NULL)
			return refuse(path);
		/* "D:name" where the current folder is on another drive. */
		if (is_drive(path) && !is_same_drive(path, base))
			base = path;
		base_taken = root_add(out, base);
		if (base_taken == 0)
			return refuse(path);
		taken = is_drive(path) ? 2 : 0;
		if (base == path || is_slash(path[0]))
			base = NULL;
	}
	if (out->len == start)
		return refuse(path);
	root = out->len;
	if (base != NULL)
		parts_add(out, root, base + base_taken);
	parts_add(out, root, path + taken);
	root_finish(out, root);
	return out->err;
}

/* ---- the redirector of 32-bit programs --------------------------- */

/*
 * Paths below the Windows folder, from "File System Redirector" (Win32
 * documentation).  Driverstore is left alone since Windows 7 only.
 */
static const char system32[] = "System32";
static const char *const redirected[] = { system32, "lastgood\\System32",
					  "regedit.exe" };
static const char *const exempt[] = {
	"System32\\catroot",	  "System32\\catroot2", "System32\\logfiles",
	"System32\\drivers\\etc", "System32\\spool",
};

void winpath_settle(struct winpath_env *env, const struct winpath_told *told)
{
	env->is_wow64 = told->is_wow64;
	env->can_switch = told->can_switch;
	env->has_alias =
		told->alias_leads && (told->is_same || !told->can_switch);
}

/* What follows `folder` and a backslash in `s`; NULL: it does not lie there. */
static const char *below(const char *s, const char *folder)
{
	size_t n = strlen(folder);

	while (n > 0 && folder[n - 1] == '\\')
		n--;
	if (strlen(s) < n || utf_ncasecmp(s, n, folder, n) != 0 || s[n] != '\\')
		return NULL;
	return s + n + 1;
}

/* True if `s` is that, or lies below it. */
static bool is_at(const char *s, const char *what)
{
	const size_t n = strlen(what);

	return ascii_ncasecmp(s, what, n) == 0 &&
	       (s[n] == '\0' || s[n] == '\\');
}

static bool is_one_of(const char *s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_at(s, list[i]))
			return true;
	return false;
}

bool winpath_is_redirected(const char *native, const struct winpath_env *env)
{
	const char *rest;

	if (!env->is_wow64 || env->windows == NULL || !is_verbatim(native))
		return false;
	rest = below(native + VERBATIM_NBYTES, env->windows);
	return rest != NULL &&
	       is_one_of(rest, redirected,
			 sizeof(redirected) / sizeof(redirected[0])) &&
	       !is_one_of(rest, exempt, sizeof(exempt) / sizeof(exempt[0]));
}

/* System32 by its alias. */
static int use_alias(struct str *out, size_t start,
		     const struct winpath_env *env)
{
	struct str tail = STR_INIT;
	const char *rest;

	if (!env->is_wow64 || !env->has_alias || env->windows == NULL)
		return 0;
	rest = below(out->buf + start + VERBATIM_NBYTES, env->windows);
	if (rest == NULL || !is_at(rest, system32))
		return 0;
	str_add(&tail, rest + strlen(system32));
	out->len = (size_t)(rest - out->buf);
	str_add(out, "Sysnative");
	str_add(out, str_text(&tail));
	if (tail.err != 0)
		out->err = tail.err;
	str_release(&tail);
	return out->err;
}

static int refuse_hidden(const char *path)
{
	char text[HOST_TEXT_NBYTES];

	host_path_text(text, NULL, path);
	return err_fail(ERR_IO, 0, W_HOST_WOW64, text);
}

static int no_memory(int err, const char *path)
{
	if (err == 0)
		return 0;
	return host_fail(err, 0, W_HOST_CANNOT_USE_THE_PATH, path, NULL);
}

/* Our form of NUL: Windows' functions would see the name end there. */
static bool has_nul(const char *path)
{
	return strstr(path, "\xc0\x80") != NULL;
}

int winpath_native(const char *path, const struct winpath_env *env,
		   struct str *out)
{
	const size_t start = out->len;
	int err;

	if (path[0] == '\0' || has_nul(path))
		return refuse(path);
	str_add(out, VERBATIM);
	if (is_verbatim(path)) {
		if (!is_file_space(path + VERBATIM_NBYTES))
			return refuse(path);
		str_add(out, path + VERBATIM_NBYTES);
	} else {
		err = plain_add(out, path, env);
		if (err != 0)
			return out->err != 0 ? no_memory(out->err, path) : err;
	}
	if (out->err != 0 || use_alias(out, start, env) != 0)
		return no_memory(out->err, path);
	if (winpath_is_redirected(out->buf + start, env) && !env->can_switch)
		return refuse_hidden(path);
	return 0;
}

int winpath_absolute(const char *path, const struct winpath_env *env,
		     struct str *out)
{
	struct str plain = STR_INIT;
	int err;

	if (path[0] == '\0' || has_nul(path))
		return refuse(path);
	if (is_verbatim(path)) {
		if (!is_file_space(path + VERBATIM_NBYTES))
			return refuse(path);
		str_add(out, VERBATIM);
		return no_memory(str_add(out, path + VERBATIM_NBYTES), path);
	}
	err = plain_add(&plain, path, env);
	if (err == 0 && strncmp(str_text(&plain), UNC, UNC_NBYTES) == 0) {
		str_add(out, "\\\\");
		str_add(out, plain.buf + UNC_NBYTES);
	} else if (err == 0) {
		str_add(out, plain.buf);
	}
	if (plain.err != 0)
		err = no_memory(plain.err, path);
	str_release(&plain);
	return err != 0 ? err : no_memory(out->err, path);
}

int winpath_join(const char *dir, const char *name, struct str *out)
{
	const size_t n = strlen(dir);

	if (strcmp(name, ".") == 0)
		return no_memory(str_add(out, dir), dir);
	if (name[0] == '\0' || strcmp(name, "..") == 0 ||
	    strchr(name, '\\') != NULL)
		return refuse(name);
	str_add(out, dir);
	if (n > 0 && !is_slash(dir[n - 1]))
		str_addch(out, '\\');
	return no_memory(str_add(out, name), name);
}

bool winpath_is_absolute(const char *path)
{
	return is_verbatim(path) || (is_slash(path[0]) && is_slash(path[1])) ||
	       (is_drive(path) && is_slash(path[2]));
}

bool winpath_is_unc(const char *path)
{
	if (is_verbatim(path))
		return ascii_ncasecmp(path + VERBATIM_NBYTES, UNC,
				      UNC_NBYTES) == 0;
	return is_slash(path[0]) && is_slash(path[1]) && is_share(path + 2);
}

/* Superscript digits count, too (Latin-1 0xB9, 0xB2, 0xB3). */
static bool is_port(const char *name, size_t nbytes)
{
	static const char *const odd[] = { "\xC2\xB9", "\xC2\xB2", "\xC2\xB3" };

	if (ascii_ncasecmp(name, "COM", 3) != 0 &&
	    ascii_ncasecmp(name, "LPT", 3) != 0)
		return false;
	if (nbytes == 4)
		return name[3] >= '1' && name[3] <= '9';
	for (size_t i = 0; nbytes == 5 && i < 3; i++)
		if (memcmp(name + 3, odd[i], 2) == 0)
			return true;
	return false;
}

bool winpath_is_device(const char *path)
{
	static const char *const names[] = { "CON", "PRN",    "AUX",
					     "NUL", "CONIN$", "CONOUT$" };
	const char *name = path;
	size_t nbytes;

	if (is_verbatim(path))
		return false;
	for (const char *at = path; *at; at++)
		if (is_slash(*at) || (*at == ':' && at == path + 1))
			name = at + 1;
	nbytes = strcspn(name, ".:");
	while (nbytes > 0 && name[nbytes - 1] == ' ')
		nbytes--;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == nbytes &&
		    ascii_ncasecmp(name, names[i], nbytes) == 0)
			return true;
	return nbytes >= 4 && is_port(name, nbytes);
}

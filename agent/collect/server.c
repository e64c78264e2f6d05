/*
 * Server values of classes turned into Windows paths (CONTRACT.md 6).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/server.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/registration.h"

#include <string.h>

/* Three bytes hold any UTF-16 unit in our UTF-8. */
#define SERVER_MAX_NBYTES ((size_t)SERVER_MAX_NCHARS * 3)

/* Below System32 these are not redirected for 32-bit programs (Windows 7;
 * Microsoft, "File System Redirector"). */
static const char *const not_redirected[] = {
	"catroot",	"catroot2", "driverstore",
	"drivers\\etc", "logfiles", "spool",
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

const char *server_basename(const char *wpath)
{
	const char *base = wpath;
	const char *p;

	for (p = wpath; *p; p++)
		if (is_separator(*p))
			base = p + 1;
	return base;
}

/* Bytes of `s` up to the first NUL, our C0 80 included, and to the bound. */
static size_t usable_length(const char *s, bool *cut_ret)
{
	size_t n = 0;
	size_t units = 0;

	while (s[n]) {
		uint32_t cp;
		size_t len = utf_decode(s + n, &cp);

		units += !(cp & UTF_BAD) && cp > 0xffff ? 2 : 1;
		if (cp == 0 || units > SERVER_MAX_NCHARS) {
			*cut_ret = true;
			break;
		}
		n += len;
	}
	return n;
}

/* Cut and expand: the text that the rest works on. */
static char *expanded(const struct server_rules *rules, int view,
		      const char *raw, struct server_form *form)
{
	char *cut = mem_strndup(raw, usable_length(raw, &form->was_cut));
	char *text;

	if (!cut || !strchr(cut, '%'))
		return cut;
	text = rules->expand(rules->arg, view, cut);
	mem_free(cut);
	if (text)
		text[usable_length(text, &form->was_cut)] = '\0';
	return text;
}

/* ---- the path ---------------------------------------------------------- */

/* Object manager and Win32 file prefixes. */
static size_t device_prefix(const char *s)
{
	static const char *const prefixes[] = {
		"\\??\\",	  "\\\\?\\",	  "\\\\.\\",
		"\\DosDevices\\", "\\GLOBAL??\\",
	};
	size_t n = 0;
	size_t i;

	for (i = 0; !n && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		n = server_prefix(s, prefixes[i]);
	return n;
}

/* *unc_ret: \\server follows. */
static const char *skip_prefixes(const char *s, bool *unc_ret)
{
	unsigned rounds;

	*unc_ret = false;
	for (rounds = 0; rounds < 4; rounds++) {
		size_t n = device_prefix(s);

		if (!n)
			return s;
		/* \\?\Volume{…} and \\?\GLOBALROOT stay as they are. */
		if (server_prefix(s + n, "UNC\\")) {
			*unc_ret = true;
			return s + n + 4;
		}
		if (!(is_letter(s[n]) && s[n + 1] == ':') &&
		    !is_separator(s[n]))
			return s;
		s += n;
	}
	return s;
}

/* Bytes of a component after Win32's trimming: "mstmp." is "mstmp". */
static size_t trimmed(const char *name, size_t nbytes, bool is_last)
{
	if (is_last) {
		while (nbytes &&
		       (name[nbytes - 1] == '.' || name[nbytes - 1] == ' '))
			nbytes--;
	} else if (nbytes > 1 && name[nbytes - 1] == '.' &&
		   name[nbytes - 2] != '.') {
		nbytes--;
	} else if (nbytes == 1 && name[0] == '.') {
		nbytes = 0;
	}
	return nbytes;
}

static void remove_last(struct str *out, size_t floor)
{
	while (out->len > floor && out->buf[out->len - 1] != '\\')
		out->len--;
	if (out->len > floor)
		out->len--;
	out->buf[out->len] = '\0';
}

/*
 * Append the components of `s`, "." and ".." worked out as Windows does it
 * without looking at the disk; nothing is taken off in front of `floor`.
 */
static void add_components(struct str *out, size_t floor, const char *s)
{
	while (*s && !out->err) {
		const char *name = s + strspn(s, "\\/");
		size_t nbytes = strcspn(name, "\\/");
		const char *next = name + nbytes;
		bool is_last = !next[strspn(next, "\\/")];

		s = next;
		if (nbytes == 2 && !memcmp(name, "..", 2)) {
			if (out->len > floor)
				remove_last(out, floor);
			continue;
		}
		nbytes = trimmed(name, nbytes, is_last);
		if (!nbytes)
			continue;
		str_addch(out, '\\');
		str_addn(out, name, nbytes);
	}
}

/* The dots and blanks that only a path in front of which \\?\ stands keeps. */
static void keep_tail(const char *given, const char *s,
		      struct server_form *form)
{
	size_t n = strlen(s);
	size_t end = n;

	if (!server_prefix(given, "\\\\?\\") && !server_prefix(given, "\\??\\"))
		return;
	while (n && (s[n - 1] == '.' || s[n - 1] == ' '))
		n--;
	if (n && !is_separator(s[n - 1]) && end - n < sizeof(form->tail))
		memcpy(form->tail, s + n, end - n);
}

/* "\\server\share" or "\SystemRoot", a drive, a root or a bare name. */
static void add_path(struct str *out, const struct server_rules *rules,
		     int view, const char *s, struct server_form *form,
		     struct str *relative)
{
	const char *given = s;
	bool is_unc;
	size_t n;

	s = skip_prefixes(s, &is_unc);
	n = server_prefix(s, "\\SystemRoot\\");
	if (n) {
		str_add(out, rules->windows);
		add_components(out, 2, s + n - 1);
	} else if (!is_unc && device_prefix(s)) {
		/* "\??\Volume{...}" is no path of the current drive. */
		str_add(out, "\\\\?");
		add_components(out, 3, s + device_prefix(s));
	} else if (is_unc || (is_separator(s[0]) && is_separator(s[1]))) {
		str_addch(out, '\\');
		add_components(out, 1, s);
	} else if (is_letter(s[0]) && s[1] == ':') {
		str_addch(out, (char)ascii_upper((unsigned char)s[0]));
		str_addch(out, ':');
		keep_tail(given, s + 2, form);
		add_components(out, 2, s + 2);
	} else if (is_separator(s[0])) {
		str_addn(out, rules->windows, 2);
		add_components(out, 2, s);
	} else {
		form->is_bare = true;
		if (relative) {
			str_add(relative, s);
			if (form->wants_dll)
				str_add(relative, ".dll");
		}
		str_addf(out, "%s\\%s", rules->windows,
			 rules->is_64bit && view == 32 ? "SysWOW64"
						       : "System32");
		n = out->len;
		add_components(out, 2, s);
		if (out->len == n) /* nothing but dots and blanks */
			str_clear(out);
	}
}

static bool is_redirected(const char *below_system32)
{
	size_t i;

	for (i = 0; i < sizeof(not_redirected) / sizeof(not_redirected[0]);
	     i++) {
		size_t n = strlen(not_redirected[i]);

		if (!ascii_ncasecmp(below_system32, not_redirected[i], n) &&
		    (!below_system32[n] || below_system32[n] == '\\'))
			return false;
	}
	return true;
}

/*
 * What a 32-bit program calls System32 and Sysnative, as the path on disk.
 * The result of a bare name has SysWOW64 already.
 */
static char *redirect(const struct server_rules *rules, char *path)
{
	size_t n = strlen(rules->windows);
	const char *to = NULL;
	const char *rest = path + n;
	struct str out = STR_INIT;

	if (ascii_ncasecmp(path, rules->windows, n))
		return path;
	if (ascii_istarts_with(rest, "\\System32\\") &&
	    is_redirected(rest + 10))
		to = "\\SysWOW64\\";
	else if (ascii_istarts_with(rest, "\\Sysnative\\"))
		to = "\\System32\\";
	if (!to)
		return path;
	rest = strchr(rest + 1, '\\') + 1;
	str_addn(&out, path, n);
	str_add(&out, to);
	str_add(&out, rest);
	mem_free(path);
	return str_detach(&out);
}

/* True if the loader appends ".dll": no dot at all in the last name. */
static bool lacks_extension(const char *text)
{
	const char *name = server_basename(text);

	return *name && !strchr(name, '.') && !strchr(name, ':');
}

static char *finish(const struct server_rules *rules, int view, char *text,
		    struct server_form *form, struct str *relative)
{
	struct str out;
	char *path;
	size_t n;

	str_init(&out, SERVER_MAX_NBYTES + 512);
	for (n = strlen(text); n && is_blank(text[n - 1]); n--)
		text[n - 1] = '\0';
	form->is_url = server_unwrap_url(text);
	if (form->is_url) {
		str_add(&out, text);
		return str_detach(&out);
	}
	if (text[0] == '%' && strchr(text + 1, '%')) {
		form->is_unknown = true;
		str_add(&out, text);
		return str_detach(&out);
	}
	form->wants_dll = lacks_extension(text);
	add_path(&out, rules, view, text, form, relative);
	if (out.len && form->is_bare && form->wants_dll)
		str_add(&out, ".dll");
	if (!out.len) {
		str_release(&out);
		return NULL;
	}
	path = str_detach(&out);
	if (path && rules->is_64bit && view == 32)
		path = redirect(rules, path);
	return path;
}

/* `relative` gets a name that has no folder; NULL: nobody asks. */
static char *normalise(const struct server_rules *rules, int view,
		       const char *raw, bool is_whole,
		       struct server_form *form_ret, struct str *relative)
{
	struct server_form form = { .is_bare = false };
	struct str file;
	char *path = NULL;
	char *text;

	str_init(&file, SERVER_MAX_NBYTES + 512);
	text = expanded(rules, view, raw, &form);
	if (!text)
		return NULL;
	if (is_whole)
		str_add(&file, text);
	else
		server_take_file(&file, text, false, &form.has_arguments);
	mem_free(text);
	text = file.len ? str_detach(&file) : NULL;
	if (text)
		path = finish(rules, view, text, &form, relative);
	mem_free(text);
	str_release(&file);
	if (form_ret)
		*form_ret = form;
	return path;
}

char *server_normalise_with(const struct server_rules *rules, int view,
			    const char *raw, struct server_form *form_ret)
{
	return normalise(rules, view, raw, false, form_ret, NULL);
}

/* ---- over a target ----------------------------------------------------- */

struct expand_arg {
	struct target *t;
	const struct target_user *user;
};

static char *expand_for(void *arg, int view, const char *text)
{
	const struct expand_arg *e = arg;

	return target_expand(e->t, e->user, view, text);
}

static char *normalise_for(struct target *t, const struct target_user *user,
			   int view, const char *raw, bool is_whole,
			   struct server_form *form_ret, struct str *relative)
{
	const struct target_info *info = target_info(t);
	struct expand_arg arg = { t, user };
	struct server_rules rules = { expand_for, &arg, info->is_64bit, NULL };
	char *path;
	char fallback[] = "C:\\Windows";
	size_t n;
	char *windows =
		mem_strdup(target_variable(t, NULL, view, "SystemRoot"));

	if (info->system_drive)
		fallback[0] = info->system_drive;
	if (!windows || strlen(windows) < 4 || windows[1] != ':') {
		mem_free(windows);
		windows = mem_strdup(fallback);
	}
	if (!windows)
		return NULL;
	for (n = strlen(windows); n > 3 && windows[n - 1] == '\\'; n--)
		windows[n - 1] = '\0';
	rules.windows = windows;
	path = normalise(&rules, view, raw, is_whole, form_ret, relative);
	mem_free(windows);
	return path;
}

char *server_normalise_form(struct target *t, const struct target_user *user,
			    int view, const char *raw,
			    struct server_form *form_ret)
{
	return normalise_for(t, user, view, raw, false, form_ret, NULL);
}

char *server_normalise_whole(struct target *t, const struct target_user *user,
			     int view, const char *raw,
			     struct server_form *form_ret)
{
	return normalise_for(t, user, view, raw, true, form_ret, NULL);
}

char *server_relative(struct target *t, const struct target_user *user,
		      int view, const char *raw, bool is_whole)
{
	struct str relative;
	char *path;
	bool has_name;

	str_init(&relative, SERVER_MAX_NBYTES + 512);
	path = normalise_for(t, user, view, raw, is_whole, NULL, &relative);
	has_name = path && relative.len && !relative.err;
	mem_free(path);
	if (has_name)
		return str_detach(&relative);
	str_release(&relative);
	return NULL;
}

char *server_below(const char *folder, const char *relative)
{
	size_t n = strlen(folder);
	struct str out;

	str_init(&out, 2 * SERVER_MAX_NBYTES + 512);
	while (n && is_separator(folder[n - 1]))
		n--;
	str_addn(&out, folder, n);
	add_components(&out, n < 2 ? n : 2, relative);
	return str_detach(&out);
}

char *server_normalise(struct target *t, const struct target_user *user,
		       int view, const char *raw)
{
	return server_normalise_form(t, user, view, raw, NULL);
}

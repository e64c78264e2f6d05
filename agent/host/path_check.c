/*
 * Whether what was opened on Windows is what was asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/path_check.h"

#include "base/str.h"
#include "base/utf.h"
#include "host/tag.h"
#include "words/host.h"

#include <string.h>

const char *path_check_words(enum path_check w)
{
	switch (w) {
	case PATH_CHECK_LINK:
		return W_HOST_WAY_LINK;
	case PATH_CHECK_ALIAS:
		return W_HOST_WAY_ALIAS;
	case PATH_CHECK_SUBST:
		return W_HOST_WAY_SUBST;
	case PATH_CHECK_REMOTE:
		return W_HOST_WAY_SHARE;
	default:
		return NULL;
	}
}

const char *path_last_name(const char *path)
{
	const char *slash = strrchr(path, '\\');

	return slash != NULL ? slash + 1 : path;
}

enum path_check path_check_step(uint32_t attrs, uint32_t tag, const char *name,
				const char *found_path, bool trims)
{
	const char *found = path_last_name(found_path);
	size_t n = strlen(name);

	if (tag_is_link(attrs, tag))
		return PATH_CHECK_LINK;
	if (utf_casecmp(found, name) == 0)
		return PATH_CHECK_OK;
	while (trims && n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	if (trims && utf_ncasecmp(found, strlen(found), name, n) == 0)
		return PATH_CHECK_OK;
	return PATH_CHECK_ALIAS;
}

enum path_check path_check_root(const char *device, const char *found_path)
{
	if (device != NULL && strncmp(device, "\\??\\", 4) == 0)
		return PATH_CHECK_SUBST;
	if (strcmp(found_path, "\\") == 0)
		return PATH_CHECK_OK;
	/* Redirectors: "\server\share\" and "\;Z:0000\server\share\". */
	if (device == NULL || ascii_starts_with(found_path, "\\;") ||
	    ascii_istarts_with(device, "\\Device\\Mup") ||
	    ascii_istarts_with(device, "\\Device\\LanmanRedirector") ||
	    ascii_istarts_with(device, "\\Device\\WebDavRedirector"))
		return PATH_CHECK_REMOTE;
	return PATH_CHECK_SUBST;
}

static bool is_slash(char c)
{
	return c == '\\' || c == '/';
}

static bool is_verbatim(const char *path)
{
	return strncmp(path, "\\\\?\\", 4) == 0 ||
	       strncmp(path, "\\??\\", 4) == 0;
}

static bool is_drive(const char *s)
{
	const int c = ascii_lower((unsigned char)s[0]);

	return c >= 'a' && c <= 'z' && s[1] == ':' && is_slash(s[2]);
}

/* "server\share", with both names there. */
static size_t share_nbytes(const char *s)
{
	const size_t server = strcspn(s, "\\/");
	size_t share;

	if (server == 0 || s[server] == '\0')
		return 0;
	share = strcspn(s + server + 1, "\\/");
	return share > 0 ? server + 1 + share : 0;
}

size_t path_root_nbytes(const char *path)
{
	size_t skip = 0;
	size_t n = 0;

	if (is_verbatim(path))
		skip = 4;
	if (is_drive(path + skip))
		return skip + 2;
	if (skip == 0) {
		skip = 2;
		if (is_slash(path[0]) && is_slash(path[1]) && path[2] != '?' &&
		    path[2] != '.')
			n = share_nbytes(path + skip);
	} else if (ascii_ncasecmp(path + skip, "UNC\\", 4) == 0) {
		skip += 4;
		n = share_nbytes(path + skip);
	} else if (ascii_ncasecmp(path + skip, "Volume{", 7) == 0) {
		n = strcspn(path + skip, "\\");
	}
	return n > 0 ? skip + n : 0;
}

/* Case and slashes aside; letters beyond ASCII must be the same. */
static bool is_prefix(const char *base, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (is_slash(base[i]) && is_slash(path[i]))
			continue;
		if (ascii_lower((unsigned char)base[i]) !=
		    ascii_lower((unsigned char)path[i]))
			return false;
	}
	return true;
}

const char *path_below(const char *base, const char *path)
{
	size_t n;

	if (base == NULL) {
		n = path_root_nbytes(path);
		return n > 0 && is_slash(path[n]) ? path + n : NULL;
	}
	n = strlen(base);
	while (n > 0 && is_slash(base[n - 1]))
		n--;
	if (n == 0 || !is_prefix(base, n, path) || !is_slash(path[n]))
		return NULL;
	return path + n;
}

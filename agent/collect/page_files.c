/*
 * Where Windows keeps what it has taken out of memory, by its own settings.
 * SPDX-License-Identifier: Apache-2.0
 *
 * PagingFiles and ExistingPageFiles (MSDN, "Memory Management" below Session
 * Manager) hold "C:\pagefile.sys 2048 4096", "?:\pagefile.sys" (a drive that
 * Windows chooses) or "\??\C:\pagefile.sys".  The swap file of Windows 8 and
 * later lies in the root of the system drive or beside a page file, the file
 * of hibernation in the root of the system drive: no setting moves it.
 */
#include "collect/page_files.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/vec.h"

#include <string.h>

#define SETTINGS "Control\\Session Manager\\Memory Management"

/* Windows has at most 16 page files. */
#define FILES_MAX 64
/* As many bytes as 16 paths of the longest kind take. */
#define SETTING_MAX ((size_t)1 << 16)

struct page_files {
	struct vec paths; /* char *, "C:\pagefile.sys"; '?' is any drive */
};

static int add(struct page_files *p, const char *wpath, size_t nbytes)
{
	char **slot;

	if (p->paths.count == p->paths.max)
		return 0; /* then one is read that need not be */
	slot = vec_push(&p->paths);
	if (!slot)
		return err_last()->err;
	*slot = mem_strndup(wpath, nbytes);
	if (!*slot) {
		p->paths.count--;
		return err_nomem();
	}
	return 0;
}

/* A drive's letter or '?', a colon, a backslash. */
static bool has_drive(const char *text)
{
	int c = ascii_upper((unsigned char)text[0]);

	return (c == '?' || (c >= 'A' && c <= 'Z')) && text[1] == ':' &&
	       text[2] == '\\' && text[3];
}

/* The sizes behind the path are numbers; a path may hold blanks. */
static size_t path_nbytes(const char *text)
{
	size_t n = strlen(text);

	for (;;) {
		size_t end = n;

		while (n && text[n - 1] >= '0' && text[n - 1] <= '9')
			n--;
		if (n == end || !n || text[n - 1] != ' ')
			return end;
		while (n && text[n - 1] == ' ')
			n--;
	}
}

static int add_setting(struct page_files *p, const char *text)
{
	char swap[] = "C:\\swapfile.sys";
	int err;

	if (strncmp(text, "\\??\\", 4) == 0)
		text += 4;
	if (!has_drive(text))
		return 0;
	err = add(p, text, path_nbytes(text));
	swap[0] = text[0];
	return err ? err : add(p, swap, strlen(swap));
}

static int add_strings(struct page_files *p, const struct reg_value *v)
{
	size_t count = (v->nbytes < SETTING_MAX ? v->nbytes : SETTING_MAX) / 2;
	size_t start = 0;
	int err = 0;

	for (size_t i = 0; i <= count && !err; i++) {
		struct str s = STR_INIT;

		if (i < count && (v->data[2 * i] || v->data[2 * i + 1]))
			continue;
		if (i > start) {
			utf_from_utf16le(&s, v->data + 2 * start, i - start);
			err = s.err ? err_nomem()
				    : add_setting(p, str_text(&s));
		}
		str_release(&s);
		start = i + 1;
	}
	return err;
}

static int read_settings(struct page_files *p, struct target *t)
{
	static const char *const names[] = { "PagingFiles",
					     "ExistingPageFiles" };
	char own[] = "C:\\hiberfil.sys";
	struct reg_key *key = NULL;
	int err = target_control_key(t, SETTINGS, &key);

	for (size_t i = 0; !err && i < sizeof(names) / sizeof(names[0]); i++) {
		struct reg_value v;

		err = reg_get_value(key, names[i], &v);
		if (!err) {
			err = add_strings(p, &v);
			reg_value_release(&v);
		} else if (err != ERR_NOMEM) {
			err = 0;
		}
	}
	reg_close_key(key);
	if (err == ERR_NOMEM)
		return err;
	/* What no setting names is read like any other file. */
	own[0] = target_info(t)->system_drive;
	return add_setting(p, own);
}

int page_files_new(struct target *t, struct page_files **ret)
{
	struct page_files *p = mem_zalloc(sizeof(*p));
	int err = 0;

	if (!p)
		return err_nomem();
	p->paths = (struct vec)VEC_INIT(char *, FILES_MAX);
	if (target_info(t)->kind != TARGET_FOLDER)
		err = read_settings(p, t);
	if (err)
		page_files_free(p);
	else
		*ret = p;
	return err;
}

void page_files_free(struct page_files *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->paths.count; i++)
		mem_free(*(char **)vec_at(&p->paths, i));
	vec_release(&p->paths);
	mem_free(p);
}

bool page_files_has(const struct page_files *p, const char *wpath)
{
	if (!has_drive(wpath))
		return false;
	for (size_t i = 0; i < p->paths.count; i++) {
		const char *own = *(char **)vec_at(&p->paths, i);

		if (utf_casecmp(own + (*own == '?'), wpath + (*own == '?')) ==
		    0)
			return true;
	}
	return false;
}

bool is_page_file_name(const char *name)
{
	return ascii_casecmp(name, "pagefile.sys") == 0 ||
	       ascii_casecmp(name, "hiberfil.sys") == 0 ||
	       ascii_casecmp(name, "swapfile.sys") == 0;
}

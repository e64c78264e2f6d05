/*
 * The Windows folder of a disk, and which of several.
 * SPDX-License-Identifier: Apache-2.0
 *
 * XP set up a second time lies in WINDOWS.0 beside WINDOWS.  Which of them
 * starts stands in the boot files: the boot store of Vista and later (a
 * registry hive; Microsoft, "BCD Reference": object {9dea862c-…} is the boot
 * manager, its element 23000003 the default entry, whose element 22000002 is
 * the Windows folder) or boot.ini.  Without them it is the one whose SOFTWARE
 * hive was written last, by the hive's own time: that of the file does not
 * survive each copy.
 */
#include "target/target_private.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* Boot menus have a dozen lines; the store some 30 KiB. */
#define BOOT_INI_MAX_NBYTES ((size_t)64 * 1024)
/* Windows of one disk, and folders looked into for them; that there are more
 * is told. */
#define WINDOWS_MAX 16
#define FOLDERS_MAX 10000

#define BOOT_MANAGER	   "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
#define ELEMENT_DEFAULT	   "Elements\\23000003"
#define ELEMENT_SYSTEMROOT "Elements\\22000002"

struct search {
	struct target *t;
	char *names[WINDOWS_MAX];
	size_t count;
	size_t folders;
	bool is_full;
};

/* ---- candidates -------------------------------------------------- */

static bool is_windows_folder(struct target *t, const char *name)
{
	struct target_path p;
	struct str s = STR_INIT;
	bool is_dir;

	str_addf(&s, "C:\\%s\\System32\\config", name);
	if (s.err)
		t->is_short = true;
	if (s.err || target_resolve(t, s.buf, 0, &p)) {
		str_release(&s);
		return false;
	}
	str_release(&s);
	is_dir = p.st.type == HOST_DIR;
	target_path_release(&p);
	return is_dir;
}

static int add_name(struct search *s, const char *name)
{
	if (s->count == WINDOWS_MAX) {
		s->is_full = true;
		return 0;
	}
	s->names[s->count] = mem_strdup(name);
	if (!s->names[s->count])
		return err_nomem();
	s->count++;
	return 0;
}

static int try_folder(void *arg, const char *name, enum host_type type)
{
	struct search *s = arg;

	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->names[i], name) == 0)
			return 0;
	if (type != HOST_DIR)
		return 0;
	if (s->folders++ >= FOLDERS_MAX) {
		s->is_full = true;
		return 0;
	}
	return is_windows_folder(s->t, name) ? add_name(s, name) : 0;
}

/* Setup puts the Windows that it replaces there, "Windows.old.000" too. */
static bool is_copy(const char *name)
{
	return ascii_istarts_with(name, "Windows.old");
}

/*
 * Windows, WINNT (2000, and XP over 2000), then whatever folder looks like
 * one, by name; true spellings.  A copy counts where there is nothing else.
 */
static int find_all(struct search *s, struct folder *root)
{
	static const char *const usual[] = { "Windows", "WINNT" };
	size_t kept = 0;
	int ret = 0;

	for (size_t i = 0; i < 2 && !ret; i++) {
		struct folder_found found;

		ret = folder_find(root, usual[i], &found);
		if (ret == ERR_NOT_FOUND) {
			ret = 0;
		} else if (!ret) {
			ret = try_folder(s, found.name, found.type);
			mem_free(found.name);
		}
	}
	if (!ret)
		ret = folder_each(root, try_folder, s);
	for (size_t i = 0; i < s->count; i++) {
		char *name = s->names[i];

		if (is_copy(name) && s->count > 1 && (kept || i + 1 < s->count))
			mem_free(name);
		else
			s->names[kept++] = name;
	}
	s->count = kept;
	return ret;
}

static size_t index_of(const struct search *s, const char *name)
{
	size_t close = s->count;

	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->names[i], name) == 0)
			return i;
		if (close == s->count && utf_casecmp(s->names[i], name) == 0)
			close = i;
	}
	return close;
}

/* ---- the boot files ---------------------------------------------- */

static char *host_of(struct target *t, const char *wpath)
{
	struct target_path p;
	char *host = NULL;

	if (target_resolve(t, wpath, 0, &p))
		return NULL;
	if (p.st.type == HOST_FILE) {
		host = mem_strdup(p.host);
		t->is_short |= host == NULL;
	}
	target_path_release(&p);
	return host;
}

static int note_memory(struct target *t, int err)
{
	t->is_short |= err == ERR_NOMEM;
	return err;
}

/* "\WINDOWS.0" at the end of a line. */
static size_t folder_at(const struct search *s, const char *text)
{
	size_t n = strcspn(text, "\r\n\"");
	size_t start;
	char *name;
	size_t found;

	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	start = n;
	while (start && text[start - 1] != '\\')
		start--;
	name = mem_strndup(text + start, n - start);
	s->t->is_short |= name == NULL;
	found = name && start ? index_of(s, name) : s->count;
	mem_free(name);
	return found;
}

static size_t of_boot_ini(struct search *s)
{
	static const char key[] = "default";
	char *host = host_of(s->t, "C:\\boot.ini");
	size_t nbytes = 0, found = s->count;
	void *data = NULL;
	char *text = NULL;

	if (host)
		note_memory(s->t, host_read_file(host, BOOT_INI_MAX_NBYTES,
						 &data, &nbytes));
	if (data) {
		text = mem_strndup(data, nbytes);
		s->t->is_short |= text == NULL;
	}
	mem_free(data);
	mem_free(host);
	for (const char *p = text; p && *p; p += strspn(p, "\r\n")) {
		const char *value = p + sizeof(key) - 1;

		if (ascii_istarts_with(p, key)) {
			value += strspn(value, " \t");
			if (*value == '=')
				found = folder_at(s, value);
			break;
		}
		p += strcspn(p, "\r\n");
	}
	mem_free(text);
	return found;
}

static size_t of_boot_store(struct search *s, const char *wpath)
{
	struct reg_hive_files files = { 0 };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct str path = STR_INIT;
	size_t found = s->count;
	char *entry = NULL, *folder = NULL;
	char *host = host_of(s->t, wpath);

	files.hive = host;
	if (!host || note_memory(s->t, reg_open_hive(&files, NULL, NULL,
						     &report, &root)))
		goto out;
	entry = root_text(s->t, root, BOOT_MANAGER "\\" ELEMENT_DEFAULT,
			  "Element");
	if (!entry)
		goto out;
	str_addf(&path, "Objects\\%s\\" ELEMENT_SYSTEMROOT, entry);
	if (!note_memory(s->t, path.err))
		folder = root_text(s->t, root, path.buf, "Element");
	if (folder)
		found = folder_at(s, folder);
out:
	str_release(&path);
	mem_free(folder);
	mem_free(entry);
	reg_close(root);
	mem_free(host);
	return found;
}

/* ---- the newest hive --------------------------------------------- */

/* When the SOFTWARE hive was last written, 0: unknown. */
static uint64_t time_of(struct target *t, const char *name)
{
	uint8_t head[20];
	struct host_file *f = NULL;
	struct str s = STR_INIT;
	uint64_t time = 0;
	size_t n = 0;

	str_addf(&s, "C:\\%s\\System32\\config\\SOFTWARE", name);
	if (!note_memory(t, s.err) &&
	    !note_memory(t, target_open_file(t, s.buf, 0, &f)) &&
	    !host_pread(f, 0, head, sizeof(head), &n) && n == sizeof(head) &&
	    memcmp(head, "regf", 4) == 0)
		time = bytes_le64(head + 12);
	host_close(f);
	str_release(&s);
	return time;
}

static size_t newest(const struct search *s)
{
	uint64_t best = 0;
	size_t found = 0;

	for (size_t i = 0; i < s->count; i++) {
		uint64_t time = time_of(s->t, s->names[i]);

		if (time > best) {
			best = time;
			found = i;
		}
	}
	return found;
}

static size_t choose(struct search *s)
{
	static const char *const stores[] = { "C:\\Boot\\BCD",
					      "C:\\EFI\\Microsoft\\Boot\\BCD" };
	size_t found = s->count;

	if (s->count < 2)
		return 0;
	for (size_t i = 0; i < 2 && found == s->count; i++)
		found = of_boot_store(s, stores[i]);
	if (found == s->count)
		found = of_boot_ini(s);
	return found == s->count ? newest(s) : found;
}

/* ---- the answer -------------------------------------------------- */

/* "WINDOWS.0", "C:\\WINDOWS.0", or where it lies on this system. */
static bool is_in_root(const struct target *t, const char *wanted,
		       const char *name)
{
	size_t n = (size_t)(name - wanted);
	char *absolute, *there;
	bool is_same;

	if (n == 0 || (n == 1 && *wanted != '.') ||
	    (n == 3 && wanted[1] == ':'))
		return true;
	absolute = host_absolute_path(wanted);
	there = host_join(t->info.root, name);
	is_same = absolute && there && utf_casecmp(absolute, there) == 0;
	mem_free(absolute);
	mem_free(there);
	return is_same;
}

static int no_such(const struct search *s, const char *wanted)
{
	struct str names = STR_INIT;
	int ret;

	for (size_t i = 0; i < s->count; i++)
		str_addf(&names, "%s%s", i ? ", " : "", s->names[i]);
	ret = err_fail(ERR_NAME, 0, W_TARGET_NO_SUCH_WINDOWS, s->t->info.root,
		       wanted, str_text(&names));
	str_release(&names);
	return ret;
}

static int take_wanted(const struct search *s, const char *wanted,
		       size_t *found_ret)
{
	size_t n = strlen(wanted);
	char *path, *name;
	int ret = 0;

	while (n && (wanted[n - 1] == '\\' || wanted[n - 1] == '/'))
		n--;
	path = mem_strndup(wanted, n);
	if (!path)
		return err_nomem();
	name = path + n;
	while (name > path && name[-1] != '\\' && name[-1] != '/')
		name--;
	*found_ret = index_of(s, name);
	if (*found_ret == s->count || !is_in_root(s->t, path, name))
		ret = no_such(s, wanted);
	mem_free(path);
	return ret;
}

static int keep_others(struct search *s, size_t chosen)
{
	for (size_t i = 0; i < s->count; i++) {
		char **slot;

		if (i == chosen)
			continue;
		slot = vec_push(&s->t->other_windows);
		if (!slot)
			return err_last()->err;
		*slot = s->names[i];
		s->names[i] = NULL;
	}
	s->t->has_more_windows = s->is_full;
	return 0;
}

int windows_find(struct target *t, struct folder *root, const char *wanted)
{
	struct search s = { .t = t };
	size_t chosen = 0;
	int ret = find_all(&s, root);

	t->other_windows = (struct vec)VEC_INIT(char *, WINDOWS_MAX);
	t->is_windows_named = wanted != NULL;
	if (!ret && s.count == 0)
		ret = ERR_NOT_FOUND;
	if (!ret && wanted)
		ret = take_wanted(&s, wanted, &chosen);
	else if (!ret)
		chosen = choose(&s);
	if (!ret) {
		t->windows = wpath_append("C:", s.names[chosen]);
		ret = t->windows ? keep_others(&s, chosen) : err_nomem();
	}
	for (size_t i = 0; i < s.count; i++)
		mem_free(s.names[i]);
	return ret;
}

void windows_report_others(struct target *t)
{
	const char drive[3] = { t->info.system_drive, ':', '\0' };
	enum gap_weight weight =
		t->is_windows_named ? GAP_HARMLESS : GAP_MATTERS;

	for (size_t i = 0; i < t->other_windows.count; i++) {
		const char *name = *(char **)vec_at(&t->other_windows, i);
		char *wpath = wpath_append(drive, name);

		if (!wpath)
			t->is_short = true;
		else
			gap_report(t->gaps, GAP_OTHER_WINDOWS, weight, wpath, 0,
				   W_TARGET_OTHER_WINDOWS, t->windows, name);
		mem_free(wpath);
	}
	if (t->has_more_windows)
		gap_report(t->gaps, GAP_OTHER_WINDOWS, weight, drive, 0,
			   W_TARGET_OTHER_WINDOWS_MANY);
}

void windows_release(struct target *t)
{
	for (size_t i = 0; i < t->other_windows.count; i++)
		mem_free(*(char **)vec_at(&t->other_windows, i));
	vec_release(&t->other_windows);
}

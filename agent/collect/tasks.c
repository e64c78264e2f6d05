/*
 * Scheduled tasks: files below the Windows folder, each action a registration.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/vec.h"
#include "collect/command.h"
#include "collect/task_file.h"
#include "collect/walk.h"
#include "host/host.h"
#include "words/collect.h"

#include <stdlib.h>
#include <string.h>

/* Windows' own are a few kilobytes. */
#define MAX_FILE_NBYTES ((size_t)1 << 20)

struct folder {
	struct points_walk *w;
	const struct point_row *row;
	unsigned depth;
	unsigned *count; /* of all files, to the bound */
};

static bool holds_jobs(const struct folder *f)
{
	return f->row->leads == LEADS_BY_JOB;
}

/* ---- one file ------------------------------------------------------------ */

static int emit_class(struct points_walk *w, struct entry *e, const char *clsid)
{
	e->clsid = registration_class(clsid, &e->is_malformed);
	return e->clsid ? entry_emit_class(w, e) : ERR_NOMEM;
}

static bool is_file(struct points_walk *w, const char *folder, const char *name,
		    const char *extension)
{
	struct target_path file = { .wpath = NULL };
	struct str path = STR_INIT;
	bool is = false;

	str_addf(&path, "%s\\%s%s", folder, name, extension);
	if (!path.err && !target_resolve(w->z.t, str_text(&path), 0, &file))
		is = host_may_be_file(&file.st);
	target_path_release(&file);
	str_release(&path);
	return is;
}

static bool has_program(struct points_walk *w, const char *folder,
			const char *name)
{
	return is_file(w, folder, name, "") ||
	       (!strchr(name, '.') && is_file(w, folder, name, ".exe"));
}

/* "C:\work\", "\"C:\work\"" as C:\work; NULL: no path of a drive. */
static char *folder_of(struct points_walk *w, const struct task_action *a)
{
	char *text = a->folder
			     ? target_expand(w->z.t, NULL,
					     w->z.is_64bit ? 64 : 32, a->folder)
			     : NULL;
	const size_t quotes = text ? strspn(text, "\"") : 0;
	size_t n = text ? strlen(text) : 0;
	char *folder = NULL;

	while (n > quotes && strchr("\"\\/", text[n - 1]))
		n--;
	if (n > quotes + 1 && text[quotes + 1] == ':')
		folder = mem_strndup(text + quotes, n - quotes);
	mem_free(text);
	return folder;
}

/*
 * The command line of an action.  A name without a drive that Windows does not
 * have itself is looked for where the task is started.
 */
static char *line_of(struct points_walk *w, const struct task_action *a)
{
	const char *windows = target_variable(w->z.t, NULL, 0, "SystemRoot");
	char *folder = folder_of(w, a);
	char *own = windows ? place_join(windows, "System32") : NULL;
	struct str name = STR_INIT, line = STR_INIT;
	const char *rest = "";

	if (folder && own && command_name(a->command, 0, &name, &rest) &&
	    !strpbrk(str_text(&name), ":%") && *str_text(&name) != '\\' &&
	    !has_program(w, own, str_text(&name)) &&
	    has_program(w, folder, str_text(&name)))
		str_addf(&line, "\"%s\\%s\"%s", folder, str_text(&name), rest);
	else
		str_add(&line, a->command);
	mem_free(own);
	mem_free(folder);
	str_release(&name);
	return str_detach(&line);
}

static int emit_actions(struct points_walk *w, const struct entry *of,
			const struct task_file *f)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < f->count; i++) {
		const struct task_action *a = &f->actions[i];
		struct entry e = *of;

		if (a->clsid) {
			err = emit_class(w, &e, a->clsid);
		} else {
			e.exec = line_of(w, a);
			e.exec_type = REG_TYPE_SZ;
			err = e.exec ? entry_emit_programs(w, &e) : ERR_NOMEM;
		}
		entry_release(&e);
	}
	return err;
}

/*
 * The folder decides what a file of it is: Vista and later keep XML in theirs
 * under the name of the task, and "Update.job" is one ([MS-TSCH] 2.5).
 */
static int read_task(const struct folder *f, struct host_file *file,
		     const struct host_stat *st, const char *wpath,
		     struct task_file *ret)
{
	uint8_t *data;
	size_t got = 0;
	int err;

	if (st->size > MAX_FILE_NBYTES)
		return ERR_TOO_LARGE;
	data = mem_alloc((size_t)st->size + 1);
	if (!data)
		return ERR_NOMEM;
	err = host_pread(file, 0, data, (size_t)st->size, &got);
	if (!err)
		err = holds_jobs(f) ? task_read_job(data, got, ret)
				    : task_read_xml(data, got, ret);
	mem_free(data);
	if (!err && ret->was_cut)
		gap_report(f->w->z.gaps, GAP_READ_ERROR, GAP_MATTERS, wpath, 0,
			   W_COLLECT_TASK_CUT);
	return err;
}

static int take_file(const struct folder *f, struct host_dir *dir,
		     const char *name, const char *wpath)
{
	struct points_walk *w = f->w;
	const struct reg_place place = { .view = 0 };
	struct task_file task = { .count = 0 };
	struct entry e = {
		.row = f->row, .place = &place, .path = wpath, .name = name
	};
	struct host_file *file = NULL;
	struct host_stat st = { 0 };
	int err = host_open_at(dir, name, HOST_OPEN_NOFOLLOW, &file);

	if (!err)
		err = host_fstat(file, &st);
	if (!err)
		err = read_task(f, file, &st, wpath, &task);
	host_close(file);
	if (err && err != ERR_NOMEM) {
		/* What Windows starts for it is not known: it is no absence. */
		gap_unread(w->z.gaps, err, wpath,
			   err == ERR_CORRUPT ? W_COLLECT_TASK_UNKNOWN_FORM
					      : W_COLLECT_TASK_NOT_READ);
		err = 0;
	}
	e.last_write = st.written;
	if (task.is_disabled)
		e.why_not = "disabled";
	if (!err)
		err = emit_actions(w, &e, &task);
	task_file_release(&task);
	return err;
}

/* ---- folders ------------------------------------------------------------- */

static int walk_folder(const struct folder *f, struct host_dir *dir,
		       const char *wpath);

static int take_folder(const struct folder *f, struct host_dir *dir,
		       const char *name, const char *wpath)
{
	struct folder below = *f;
	struct host_dir *d = NULL;
	int err;

	if (f->depth >= f->row->depth) {
		if (!holds_jobs(f)) /* Windows does not look below those */
			gap_report(f->w->z.gaps, GAP_DEPTH, GAP_MATTERS, wpath,
				   0, W_COLLECT_TASK_FOLDERS_DEEP,
				   f->row->depth);
		return 0;
	}
	below.depth++;
	err = host_dir_open_at(dir, name, &d);
	if (!err)
		err = walk_folder(&below, d, wpath);
	else if (err != ERR_NOMEM) {
		gap_unread(f->w->z.gaps, err, wpath,
			   W_COLLECT_TASK_FOLDER_NOT_READ);
		err = 0;
	}
	host_dir_close(d);
	return err;
}

/* What a folder holds, in an order that no file system has made. */
struct found {
	char *name;
	enum host_type type;
};

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = utf_casecmp(x->name, y->name);

	return order ? order : strcmp(x->name, y->name);
}

static void too_many(const struct folder *f, const char *wpath)
{
	gap_report(f->w->z.gaps, GAP_TOO_LARGE, GAP_MATTERS, wpath, 0,
		   W_COLLECT_TASK_FILES_MANY, WALK_MAX_ENTRIES);
}

/*
 * Up to XP the scheduler asks the folder for *.job, and others lie there, too
 * (SA.DAT, desktop.ini).  FindFirstFile compares short names as well, of which
 * an extension has the first three letters: "x.jobs" is found (R. Chen, "Why
 * does FindFirstFile find short names?", 2005).
 */
static bool is_task_name(const struct folder *f, const char *name)
{
	const char *dot = strrchr(name, '.');

	return !holds_jobs(f) || (dot && ascii_istarts_with(dot, ".job"));
}

/* Windows would follow a link, and start what it leads to. */
static void not_followed(struct points_walk *w, enum host_type type,
			 const char *wpath)
{
	gap_report(w->z.gaps, type == HOST_LINK ? GAP_LINK : GAP_NOT_REGULAR,
		   GAP_MATTERS, wpath, 0, W_COLLECT_TASK_NOT_PLAIN);
}

static int take_entry(const struct folder *f, struct host_dir *dir,
		      const struct found *entry, const char *above)
{
	char *wpath = place_join(above, entry->name);
	int err = wpath ? 0 : ERR_NOMEM;

	if (!err && cancel_asked(f->w->z.cancel))
		err = ERR_CANCELLED;
	if (!err && ++*f->count > WALK_MAX_ENTRIES) {
		if (*f->count == WALK_MAX_ENTRIES + 1)
			too_many(f, above);
	} else if (!err && entry->type == HOST_DIR) {
		err = take_folder(f, dir, entry->name, wpath);
	} else if (!err && is_task_name(f, entry->name)) {
		if (entry->type == HOST_FILE)
			err = take_file(f, dir, entry->name, wpath);
		else
			not_followed(f->w, entry->type, wpath);
	}
	mem_free(wpath);
	return err;
}

/* Names of a folder, sorted; 0, or why there are no more. */
static int list_folder(const struct folder *f, struct host_dir *dir,
		       const char *wpath, struct vec *list)
{
	struct host_dirent entry;
	int more;

	while ((more = host_dir_next(dir, &entry)) == 1) {
		struct found *slot;

		if (list->count == list->max) {
			too_many(f, wpath);
			more = 0;
			break;
		}
		slot = vec_push(list);
		if (!slot)
			return ERR_NOMEM;
		slot->type = entry.st.type;
		slot->name = mem_strdup(entry.name);
		if (!slot->name)
			return ERR_NOMEM;
	}
	if (list->count)
		qsort(list->items, list->count, list->size, compare_found);
	return -more;
}

static int walk_folder(const struct folder *f, struct host_dir *dir,
		       const char *wpath)
{
	struct vec list = VEC_INIT(struct found, WALK_MAX_ENTRIES);
	int err = list_folder(f, dir, wpath, &list);

	if (err && err != ERR_NOMEM) {
		gap_unread(f->w->z.gaps, err, wpath, W_COLLECT_TASK_FOLDER_CUT);
		err = 0;
	}
	for (size_t i = 0; i < list.count && !err; i++)
		err = take_entry(f, dir, vec_at(&list, i), wpath);
	for (size_t i = 0; i < list.count; i++)
		mem_free(((struct found *)vec_at(&list, i))->name);
	vec_release(&list);
	return err;
}

int walk_tasks(struct points_walk *w, const struct point_row *row)
{
	const char *windows = target_variable(w->z.t, NULL, 0, "SystemRoot");
	unsigned count = 0;
	struct folder f = { .w = w, .row = row, .depth = 1, .count = &count };
	struct target_path place = { .wpath = NULL };
	struct host_dir *dir = NULL;
	char *wpath = windows ? place_join(windows, row->key) : NULL;
	int err;

	if (!windows)
		return 0;
	err = wpath ? target_resolve(w->z.t, wpath, 0, &place) : ERR_NOMEM;
	if (!err)
		err = place.st.type == HOST_DIR
			      ? host_dir_open(place.host, &dir)
			      : ERR_NOT_FOUND;
	if (err && err != ERR_NOT_FOUND && err != ERR_NOMEM &&
	    err != ERR_NOT_DIR)
		gap_unread(w->z.gaps, err, wpath, W_COLLECT_TASKS_NOT_READ);
	if (err != ERR_NOMEM)
		err = dir ? walk_folder(&f, dir, place.wpath) : 0;
	host_dir_close(dir);
	target_path_release(&place);
	mem_free(wpath);
	return err;
}

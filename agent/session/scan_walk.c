/*
 * Which files a scan looks at: where the walk starts.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "session/earlier.h"
#include "session/own_files.h"
#include "base/aside.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/registration.h"
#include "host/host.h"
#include <string.h>

static bool is_registered(void *arg, const char *wpath)
{
	const struct scan *s = arg;

	return namemap_get(s->servers, wpath) != NULL ||
	       namemap_get(s->earlier, wpath) != NULL;
}

static bool knows_name(void *arg, const char *name)
{
	const struct scan *s = arg;

	return pack_knows_name(s->options->pack, name);
}

static void on_tick(void *arg)
{
	struct scan *s = arg;

	keep_tick(&s->keep, host_monotonic_ms());
	if (s->options->tick)
		s->options->tick(s->options->tick_arg, &s->progress);
}

/* Whether all variables of a pattern are known, so that it means a path. */
static bool is_expandable(struct scan *s, const struct target_user *u,
			  const char *pattern)
{
	const char *at = strchr(pattern, '%');

	while (at) {
		const char *end = strchr(at + 1, '%');
		char *name = end ? mem_strndup(at + 1, (size_t)(end - at) - 1)
				 : NULL;
		bool known =
			name && target_variable(s->target, u, 64, name) != NULL;

		mem_free(name);
		if (!known)
			return false;
		at = strchr(end + 1, '%');
	}
	return true;
}

static int walk_expanded(struct scan *s, struct file_walk *w,
			 const struct target_user *u, const char *pattern,
			 int depth)
{
	char *wpath = target_expand(s->target, u, 64, pattern);
	int err;

	if (!wpath)
		return err_nomem();
	err = file_walk_path(w, wpath, depth);
	mem_free(wpath);
	return err;
}

/*
 * Where Windows has its programs if no setting says otherwise: those that
 * were there before the setting was changed, or that do not ask for it.
 */
static int walk_usual(struct scan *s, struct file_walk *w, const char *pattern,
		      int depth)
{
	static const char *const rows[][2] = {
		{ "%ProgramFiles%", "%SystemDrive%\\Program Files" },
		{ "%ProgramFiles(x86)%", "%SystemDrive%\\Program Files (x86)" },
		{ "%CommonProgramFiles%",
		  "%SystemDrive%\\Program Files\\Common Files" },
		{ "%CommonProgramFiles(x86)%",
		  "%SystemDrive%\\Program Files (x86)\\Common Files" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str usual = STR_INIT;
		int err;

		if (!ascii_istarts_with(pattern, rows[i][0]))
			continue;
		str_add(&usual, rows[i][1]);
		str_add(&usual, pattern + strlen(rows[i][0]));
		err = usual.err ? err_nomem()
				: walk_expanded(s, w, NULL, str_text(&usual),
						depth);
		str_release(&usual);
		return err;
	}
	return 0;
}

/* One pattern of the pack, for the machine and for every user. */
static int walk_place(struct scan *s, struct file_walk *w,
		      const struct pack_place *place)
{
	int depth = place->kind == PLACE_TREE ? -1 : 0;
	size_t users = target_user_count(s->target);
	int err = 0;

	for (size_t i = 0; i <= users && !err; i++) {
		const struct target_user *u =
			i ? target_user(s->target, i - 1) : NULL;

		if (!is_expandable(s, u, place->pattern))
			continue;
		err = walk_expanded(s, w, u, place->pattern, depth);
		if (!err && !u)
			err = walk_usual(s, w, place->pattern, depth);
	}
	return err;
}

/* What an antivirus has made of a program that is not there any more. */
static int walk_aside(struct file_walk *w, const struct registration *r)
{
	int err = 0;

	/* A drive alone, or what is no path, has nothing beside it. */
	if (!strchr(r->server_path, '\\'))
		return 0;
	for (size_t i = 0; i < ASIDE_PATHS && !err; i++) {
		char *wpath = aside_path(r->server_path, i);

		err = wpath ? file_walk_path(w, wpath, 0) : err_nomem();
		mem_free(wpath);
	}
	return err;
}

/*
 * Whether the path of a program is one of a disk: an address, or a variable
 * that nobody knows, is told (if it matters) where the entry is read.
 */
static bool is_on_disk(const struct registration *r)
{
	const char *path = r->server_path;

	return !r->not_read && path && *path &&
	       (path[0] == '\\' || path[1] == ':');
}

/* One that is not there can have a twin that is. */
static int walk_program(struct file_walk *w, const struct registration *r)
{
	int err = file_walk_path(w, r->server_path, 0);

	return err || r->exists != EXISTS_NO ? err : walk_aside(w, r);
}

static int walk_starts(struct scan *s, struct file_walk *w)
{
	const struct pack *p = s->options->pack;
	int err = 0;

	if (s->options->only_named) {
		for (size_t i = 0; i < s->options->named_count && !err; i++)
			err = file_walk_path(w, s->options->named[i], 0);
		return err;
	}
	if (target_info(s->target)->kind != TARGET_FOLDER) {
		for (size_t i = 0; i < s->registrations.count && !err; i++) {
			const struct registration *r =
				*(struct registration **)vec_at(
					&s->registrations, i);

			if (is_on_disk(r))
				err = walk_program(w, r);
			for (size_t k = 0; k < r->also_count && !err; k++)
				err = file_walk_path(w, r->also[k], 0);
		}
		for (size_t i = 0; i < pack_place_count(p) && !err; i++)
			err = walk_place(s, w, pack_place(p, i));
		if (!err)
			err = earlier_walk(s->store, s->scan_id, s->target, w,
					   s->earlier);
	}
	if (!err && !s->options->quick)
		err = file_walk_volumes(w);
	return err;
}

/*
 * A minute of work for somebody who fills a disk with the worst there is, some
 * seconds on a PC with many archives; a quick scan meets those of temporary
 * folders only.
 */
static const struct archive_budget all_archives = { 5000, (uint64_t)256 << 20,
						    (uint64_t)64 << 20, 500 };
static const struct archive_budget quick_archives = { 1000, (uint64_t)64 << 20,
						      (uint64_t)16 << 20, 100 };

int scan_files(struct scan *s)
{
	struct file_walk_options fo = {
		.threads = s->options->threads,
		.exclude = s->options->excludes,
		.exclude_count = s->options->exclude_count,
		.exclude_fits = s->options->exclude_fits,
		.gaps = gap_list_sink(s->gaps),
		.is_important = is_registered,
		.knows_name = knows_name,
		.important_arg = s,
		.cancel = s->options->cancel,
		.members = true,
		.archives = s->options->quick ? quick_archives : all_archives,
		.progress = &s->progress,
		.tick = on_tick,
		.tick_arg = s,
	};
	struct file_walk *w = NULL;
	struct vec own;
	int err, walked;

	if (!fo.threads)
		fo.threads = host_cpu_count();
	if (fo.threads > SCAN_MAX_THREADS)
		fo.threads = SCAN_MAX_THREADS;
	err = own_files_list(s->target, s->options->store_path, &own);
	if (err)
		return err;
	fo.skip_host = own.items;
	fo.skip_host_count = own.count;
	err = file_walk_new(s->target, &fo, scan_file, s, &w);
	if (err)
		goto out;
	err = walk_starts(s, w);
	walked = file_walk_finish(w);
	if (!err)
		err = walked;
out:
	own_files_release(&own);
	return err;
}

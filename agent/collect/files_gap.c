/*
 * What is told of a file that could not be looked at, and whether it matters.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/files_internal.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/walk_ask.h"
#include <string.h>

/* "NTUSER.DAT", "NTUSER.DAT.LOG1", "NTUSER.DAT{…}.TM.blf" of that hive. */
static bool is_hive_or_log(const char *name, const char *hive)
{
	size_t n = strlen(hive);

	if (ascii_ncasecmp(name, hive, n) != 0)
		return false;
	name += n;
	return !*name || ascii_istarts_with(name, ".LOG") ||
	       (*name == '{' && (ascii_iends_with(name, ".TM.blf") ||
				 ascii_iends_with(name, ".regtrans-ms")));
}

/*
 * Hive files that a running Windows keeps locked and we read through it; at
 * their own places only, since anybody can give a file such a name.
 */
static bool is_live_hive(struct file_walk *w, const char *folder,
			 const char *name)
{
	static const char *const machine[] = {
		"SOFTWARE",   "SYSTEM",	 "SAM", "SECURITY", "DEFAULT",
		"COMPONENTS", "DRIVERS", "BBI", "ELAM"
	};
	const char *windows;

	if (target_info(w->target)->kind != TARGET_LIVE)
		return false;
	for (size_t i = 0; i < target_user_count(w->target); i++) {
		const struct target_user *u = target_user(w->target, i);
		size_t n = u->profile ? strlen(u->profile) : 0;

		if (!n || !u->is_loaded ||
		    utf_ncasecmp(folder,
				 strlen(folder) < n ? strlen(folder) : n,
				 u->profile, n) != 0)
			continue;
		if (!folder[n] && is_hive_or_log(name, "NTUSER.DAT"))
			return true;
		if (ascii_iends_with(folder + n, "\\Microsoft\\Windows") &&
		    is_hive_or_log(name, "UsrClass.dat"))
			return true;
	}
	windows = target_variable(w->target, NULL, 64, "SystemRoot");
	if (!windows ||
	    utf_ncasecmp(folder,
			 strlen(folder) < strlen(windows) ? strlen(folder)
							  : strlen(windows),
			 windows, strlen(windows)) != 0 ||
	    ascii_casecmp(folder + strlen(windows), "\\System32\\config") != 0)
		return false;
	for (size_t i = 0; i < sizeof(machine) / sizeof(machine[0]); i++) {
		if (is_hive_or_log(name, machine[i]))
			return true;
	}
	return false;
}

bool walk_is_server(struct file_walk *w, const char *wpath)
{
	return w->options.is_important &&
	       w->options.is_important(w->options.important_arg, wpath);
}

bool is_headed_like_program(struct host_file *f)
{
	uint8_t head[FILETYPE_HEAD_NBYTES];
	size_t n = 0;

	if (!f || host_pread(f, 0, head, sizeof(head), &n))
		return false;
	switch (filetype_of(head, n)) {
	case FILETYPE_PE:
	case FILETYPE_ZIP:
	case FILETYPE_CLASS:
	case FILETYPE_SWF:
	case FILETYPE_CAB:
	case FILETYPE_OLE:
		return true;
	default:
		return false;
	}
}

/* ---- names ------------------------------------------------------- */

/* "evil.dll" of "C:\\a\\b.txt:evil.dll"; NULL: it is no stream. */
static const char *stream_of(const char *wpath)
{
	const char *cut = strrchr(wpath, '\\');
	const char *colon = strchr(cut ? cut : wpath, ':');

	return colon ? colon + 1 : NULL;
}

/* A folder is "." here, and no program. */
static bool is_program_file(const struct file_place *at)
{
	if (strcmp(at->name, ".") == 0)
		return false;
	/*
	 * By having no ending at all only where the outbreak put such a file:
	 * elsewhere browsers lock "Cookies" and "lockfile" all the time.
	 */
	return has_program_ending(at->name) || is_program_renamed(at->name) ||
	       (at->is_known_place && is_named_like_program(at->name));
}

static bool is_program_stream(const char *stream)
{
	return stream &&
	       (is_named_like_program(stream) || is_program_renamed(stream));
}

static bool is_known_name(struct file_walk *w, const struct file_place *at,
			  const char *wpath)
{
	const struct file_walk_options *o = &w->options;
	const char *stream = stream_of(wpath);

	return o->knows_name &&
	       (o->knows_name(o->important_arg, at->name) ||
		(stream && o->knows_name(o->important_arg, stream)));
}

/* ---- weight ------------------------------------------------------ */

/*
 * Does it matter that this file could not be looked at (CONTRACT.md 2)?  Yes
 * if it is a registered server, lies in a known place, or is named like a
 * program.
 */
static bool is_important(struct file_walk *w, const struct file_place *at,
			 const char *wpath)
{
	return at->is_known_place || is_named_like_program(at->name) ||
	       walk_is_server(w, wpath);
}

static struct closed_file closed_file_of(struct file_walk *w,
					 const struct file_place *at,
					 const char *wpath)
{
	const char *stream = stream_of(wpath);

	return (struct closed_file){
		.is_registered = at->is_asked_for || walk_is_server(w, wpath),
		.is_known_name = is_known_name(w, at, wpath),
		.has_program_end = has_program_ending(at->name) ||
				   (stream && has_program_ending(stream)),
		.is_program_name =
			is_program_file(at) || is_program_stream(stream),
	};
}

/* The programs that run are asked only where nothing else decides. */
static bool is_locked_important(struct file_walk *w,
				const struct file_place *at, const char *wpath)
{
	struct closed_file f = closed_file_of(w, at, wpath);
	const char *cut = strrchr(wpath, '\\');
	struct host_stat st;
	bool is_told;

	if (locked_matters(&f))
		return true;
	is_told = w->options.ask->stat(at, &st) == 0;
	f.is_loaded = loaded_files_have(w->loaded, is_told ? &st : NULL,
					cut ? cut + 1 : wpath);
	return locked_matters(&f);
}

/*
 * A file that is gone when it is opened is an everyday thing on a running PC;
 * one that shrank while it was read is not.
 */
static enum gap_weight weight_of(struct file_walk *w,
				 const struct file_place *at, const char *wpath,
				 struct host_file *f, int err, long os_error)
{
	struct closed_file closed;
	bool matters;

	switch (err) {
	case ERR_LOCKED:
		if (w->options.ask->refuses_readers(os_error))
			matters = is_locked_important(w, at, wpath);
		else
			matters = is_important(w, at, wpath) ||
				  is_headed_like_program(f);
		break;
	case ERR_TOO_LARGE:
		matters =
			is_important(w, at, wpath) || is_headed_like_program(f);
		break;
	case ERR_NOT_FOUND:
		closed = closed_file_of(w, at, wpath);
		matters = gone_matters(&closed) || is_headed_like_program(f);
		break;
	case ERR_VANISHING:
		closed = closed_file_of(w, at, wpath);
		matters = vanishing_matters(&closed);
		break;
	case ERR_OFFLINE:
		matters = at->is_known_place;
		break;
	default:
		return GAP_BY_KIND;
	}
	return matters ? GAP_MATTERS : GAP_HARMLESS;
}

void walk_file_gap(struct file_walk *w, const struct file_place *at,
		   const char *wpath, struct host_file *f, int err,
		   long os_error, const char *why)
{
	enum gap_kind kind = gap_from_err(err);
	char said[sizeof(err_last()->text)];
	enum gap_weight weight;

	/* Mostly the newest error's, of which the weighing makes others. */
	str_copy(said, why, sizeof(said));
	if ((kind == GAP_ACCESS_DENIED || kind == GAP_LOCKED) &&
	    is_live_hive(w, at->folder, at->name)) {
		gap_report(w->options.gaps, GAP_HIVE_VIA_API, GAP_BY_KIND,
			   wpath, os_error, "%s", said);
		return;
	}
	weight = weight_of(w, at, wpath, f, err, os_error);
	if (err == ERR_VANISHING && weight == GAP_HARMLESS)
		return;
	if (err == ERR_LOCKED && weight == GAP_HARMLESS &&
	    w->options.ask->refuses_readers(os_error))
		str_copy(said, GAP_LOCKED_PASSED, sizeof(said));
	gap_report(w->options.gaps, kind, weight, wpath, os_error, "%s", said);
}

/*
 * The file behind a registration: found, hashed and its version read once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/fileinfo.h"
#include "collect/resolve.h"

#include <string.h>

#define MAX_FILES 65536
/* No server is larger; what is has a gap. */
#define MAX_NBYTES ((uint64_t)1 << 30)

struct file_facts {
	struct digests digests;
	struct version_info version;
	uint64_t nbytes;
	bool is_hashed;
};

static void report(struct resolver *z, int err, const char *wpath,
		   const char *what)
{
	gap_report(z->gaps, gap_from_err(err), GAP_MATTERS, wpath,
		   err_last()->os_error, "the server file could not be %s: %s",
		   what, err_words(err));
}

static void read_facts(struct resolver *z, const char *wpath,
		       struct file_facts *facts)
{
	struct host_file *f = NULL;
	int err;

	if (facts->nbytes > MAX_NBYTES) {
		gap_report(z->gaps, GAP_TOO_LARGE, GAP_MATTERS, wpath, 0,
			   "a server file of %" PRIu64 " bytes was not read",
			   facts->nbytes);
		return;
	}
	err = target_open_file(z->t, wpath, 0, &f);
	if (err) {
		report(z, err, wpath, "opened");
		return;
	}
	err = file_digests(f, &facts->digests);
	if (err)
		report(z, err, wpath, "read");
	facts->is_hashed = !err;
	/* No program or no version resource: nothing to say. */
	version_info_read(f, &facts->version);
	host_close(f);
}

static int facts_of(struct resolver *z, const struct target_path *file,
		    const struct file_facts **ret)
{
	struct file_facts *facts = namemap_get(z->files, file->wpath);
	struct file_facts **slot;

	if (!facts) {
		facts = mem_zalloc(sizeof(*facts));
		slot = facts ? vec_push(&z->file_list) : NULL;
		if (!slot) {
			mem_free(facts);
			return ERR_NOMEM;
		}
		*slot = facts;
		facts->nbytes = file->st.size;
		if (namemap_put(z->files, file->wpath, facts))
			return ERR_NOMEM;
		read_facts(z, file->wpath, facts);
	}
	*ret = facts;
	return 0;
}

void server_file_release(struct resolver *z)
{
	size_t i;

	for (i = 0; i < z->file_list.count; i++) {
		struct file_facts **facts = vec_at(&z->file_list, i);

		version_info_release(&(*facts)->version);
		mem_free(*facts);
	}
	vec_release(&z->file_list);
	namemap_free(z->files);
	z->files = NULL;
}

static int copy(char **to, const char *from)
{
	mem_free(*to);
	*to = mem_strdup(from);
	return from && !*to ? ERR_NOMEM : 0;
}

static int copy_facts(struct registration *r, const struct file_facts *facts)
{
	int err = 0;

	r->file_size = facts->nbytes;
	if (facts->is_hashed) {
		err |= copy(&r->md5, facts->digests.md5);
		err |= copy(&r->sha1, facts->digests.sha1);
		err |= copy(&r->sha256, facts->digests.sha256);
	}
	err |= copy(&r->file_version, facts->version.file_version);
	err |= copy(&r->publisher, facts->version.company);
	err |= copy(&r->product, facts->version.product);
	return err ? ERR_NOMEM : 0;
}

/*
 * Try one path.  0: it is this file; ERR_NOT_FOUND: no; ERR_UNSUPPORTED: it
 * cannot be told, and there is a gap; ERR_NOMEM.
 */
static int try_path(struct resolver *z, const char *wpath,
		    struct registration *r)
{
	struct target_path file = { .wpath = NULL };
	const struct file_facts *facts;
	int err = target_resolve(z->t, wpath, 0, &file);

	if (err == ERR_NOT_FOUND || err == ERR_NOT_DIR)
		return ERR_NOT_FOUND;
	if (err == ERR_NAME)
		gap_report(z->gaps, GAP_NAME_UNRESOLVED, GAP_MATTERS, wpath, 0,
			   "no long name, or more than one, fits this short"
			   " name");
	else if (err && err != ERR_UNSUPPORTED && err != ERR_NOMEM)
		report(z, err, wpath, "found");
	if (err)
		return err == ERR_NOMEM ? err : ERR_UNSUPPORTED;
	if (file.st.type != HOST_FILE) {
		err = ERR_NOT_FOUND; /* a folder loads nothing */
		goto out;
	}
	err = copy(&r->server_path, file.wpath);
	if (!err)
		err = facts_of(z, &file, &facts);
	if (!err)
		err = copy_facts(r, facts);
	if (!err)
		r->exists = EXISTS_YES;
out:
	target_path_release(&file);
	return err;
}

/* "<folder>\<tail>" with a variable's value as folder. */
static int try_folder(struct resolver *z, int view, const char *variable,
		      const char *below, const char *tail,
		      struct registration *r)
{
	const char *folder = target_variable(z->t, NULL, view, variable);
	struct str s = STR_INIT;
	char *wpath;
	int err = ERR_NOT_FOUND;

	if (!folder)
		return ERR_NOT_FOUND;
	str_addf(&s, "%s%s\\%s", folder, below, tail);
	wpath = str_detach(&s);
	if (!wpath)
		return ERR_NOMEM;
	err = try_path(z, wpath, r);
	mem_free(wpath);
	return err;
}

/* Where the loader goes on after the system folder. */
static int try_search(struct resolver *z, int view, struct registration *r)
{
	static const struct {
		const char *variable;
		const char *below;
	} places[] = {
		{ "ProgramFiles", "\\Internet Explorer" },
		{ "SystemRoot", "\\System" },
		{ "SystemRoot", "" },
		{ "SystemRoot", "\\System32\\wbem" },
	};

	const char *tail = server_basename(r->server_path);
	int err = ERR_NOT_FOUND;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		err = try_folder(z, view, places[i].variable, places[i].below,
				 tail, r);
		if (err != ERR_NOT_FOUND)
			break;
	}
	return err;
}

int server_file_fill(struct resolver *z, int view,
		     const struct server_form *form, struct registration *r)
{
	struct str dll = STR_INIT;
	int err = ERR_NOT_FOUND;

	r->exists = EXISTS_UNKNOWN;
	if (form->is_url)
		return 0;
	if (form->is_unknown) {
		gap_report(z->gaps, GAP_NAME_UNRESOLVED, GAP_MATTERS,
			   r->server_path, 0,
			   "this Windows has no value for the variable in the"
			   " server path");
		return 0;
	}
	if (form->was_cut && strlen(r->server_path) >= SERVER_MAX_NCHARS) {
		r->exists = EXISTS_NO; /* no file has such a path */
		return 0;
	}
	if (form->wants_dll && !form->is_bare) {
		/* "C:\a\mstmp" loads mstmp.dll, "C:\a\mstmp." loads mstmp;
		 * without the former the latter is what was meant. */
		str_addf(&dll, "%s.dll", r->server_path);
		err = dll.err ? ERR_NOMEM : try_path(z, str_text(&dll), r);
		str_release(&dll);
	}
	if (err == ERR_NOT_FOUND)
		err = try_path(z, r->server_path, r);
	if (err == ERR_NOT_FOUND && form->is_bare)
		err = try_search(z, view, r);
	if (err == ERR_NOT_FOUND)
		r->exists = EXISTS_NO;
	return err == ERR_NOMEM ? err : 0;
}

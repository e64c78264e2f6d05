/*
 * The file behind a registration: found, hashed and its version read once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/server_file.h"
#include "collect/version_info.h"
#include "base/filetype.h"
#include "words/collect.h"

#include <string.h>

/* No server is larger; what is has a gap. */
#define MAX_NBYTES ((uint64_t)1 << 30)

struct file_facts {
	struct digests digests;
	struct version_info version;
	enum file_exists has_version; /* it has a version resource */
	uint64_t nbytes;
	bool is_hashed;
};

/*
 * Whether a program has a version resource.  One that cannot be understood is
 * none: it names nobody.  Of what is no program there is nothing to say.
 */
static enum file_exists read_version(struct host_file *f,
				     struct version_info *ret)
{
	uint8_t head[FILETYPE_HEAD_NBYTES];
	size_t n = 0;

	if (host_pread(f, 0, head, sizeof(head), &n) ||
	    filetype_of(head, n) != FILETYPE_PE)
		return EXISTS_UNKNOWN;
	switch (version_info_read(f, ret)) {
	case 0:
		return EXISTS_YES;
	case ERR_NOT_FOUND:
	case ERR_CORRUPT:
		return EXISTS_NO;
	default:
		return EXISTS_UNKNOWN;
	}
}

static void read_facts(struct resolver *z, const char *wpath,
		       struct host_file *f, struct file_facts *facts)
{
	int err;

	if (facts->nbytes > MAX_NBYTES) {
		gap_report(z->gaps, GAP_TOO_LARGE, GAP_MATTERS, wpath, 0,
			   W_COLLECT_SERVER_FILE_LARGE, facts->nbytes);
		return;
	}
	err = host_file_digests(f, z->cancel, &facts->digests);
	if (err)
		gap_unread(z->gaps, err, wpath, W_COLLECT_SERVER_NOT_READ);
	facts->is_hashed = !err;
	facts->has_version = read_version(f, &facts->version);
}

/* What is known of the file, or room for it; `*ret` NULL: no more room. */
static int facts_get(struct resolver *z, const char *wpath,
		     struct file_facts **ret, bool *is_new_ret)
{
	struct file_facts *facts = namemap_get(z->files, wpath);
	struct file_facts **slot;

	*is_new_ret = !facts;
	if (!facts && z->file_list.count >= RESOLVER_MAX_FILES) {
		resolver_bound(z, RESOLVER_BOUND_FILES, wpath,
			       W_COLLECT_SERVER_FILES_MANY);
		*is_new_ret = false;
	} else if (!facts) {
		facts = mem_zalloc(sizeof(*facts));
		if (facts)
			facts->has_version = EXISTS_UNKNOWN;
		slot = facts ? vec_push(&z->file_list) : NULL;
		if (!slot) {
			mem_free(facts);
			return ERR_NOMEM;
		}
		*slot = facts;
		if (namemap_put(z->files, wpath, facts))
			return ERR_NOMEM;
	}
	*ret = facts;
	return 0;
}

static int facts_of(struct resolver *z, const struct target_path *file,
		    const struct file_facts **ret)
{
	struct file_facts *facts = NULL;
	struct host_file *f = NULL;
	bool is_new;
	int err = facts_get(z, file->wpath, &facts, &is_new);

	if (err)
		return err;
	if (is_new) {
		facts->nbytes = file->st.size;
		err = target_open_file(z->t, file->wpath, 0, &f);
		if (err)
			gap_unread(z->gaps, err, file->wpath,
				   W_COLLECT_SERVER_NOT_OPENED);
		else
			read_facts(z, file->wpath, f, facts);
		host_close(f);
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

	if (!facts)
		return 0;
	r->file_size = facts->nbytes;
	r->version_resource = facts->has_version;
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
 * 0: it is there; ERR_NOT_FOUND: it is not; ERR_UNSUPPORTED: it cannot be
 * told, and there is a gap; ERR_NOMEM.
 */
static int find_path(struct resolver *z, const char *wpath,
		     struct target_path *ret)
{
	int err = target_resolve(z->t, wpath, 0, ret);
	enum gap_kind kind;
	bool is_new;

	if (err == ERR_NOT_DIR)
		return ERR_NOT_FOUND;
	if (!err || err == ERR_NOT_FOUND || err == ERR_NOMEM)
		return err;
	/* Behind a link, on the network: never the same as "absent". */
	kind = target_unreached(z->t, err, &is_new);
	if (kind != GAP_DRIVE_NOT_MAPPED)
		gap_report(z->gaps, kind, GAP_MATTERS, wpath,
			   err_last()->os_error, W_COLLECT_SERVER_NOT_LOOKED_AT,
			   err_last()->text);
	return ERR_UNSUPPORTED;
}

static int fill_facts(struct resolver *z, const struct target_path *file,
		      struct registration *r)
{
	const struct file_facts *facts;
	int err = facts_of(z, file, &facts);

	return err ? err : copy_facts(r, facts);
}

/* As find_path(), and fills `r` from the file. */
static int try_path(struct resolver *z, const char *wpath,
		    struct registration *r)
{
	struct target_path file = { .wpath = NULL };
	int err = find_path(z, wpath, &file);

	if (err)
		return err;
	if (!host_may_be_file(&file.st)) {
		err = ERR_NOT_FOUND; /* a folder loads nothing */
		goto out;
	}
	err = copy(&r->server_path, file.wpath);
	if (!err && resolver_leaves_out(z, file.wpath))
		r->file_size = file.st.size;
	else if (!err)
		err = fill_facts(z, &file, r);
	if (!err)
		r->exists = EXISTS_YES;
out:
	target_path_release(&file);
	return err;
}

/* ---- streams: "C:\a\b.txt:evil.dll" can be loaded ---------------- */

/* The colon in front of the stream, NULL: the path names a file. */
static const char *stream_colon(const char *wpath)
{
	const char *name = server_basename(wpath);

	return name == wpath ? NULL : strchr(name, ':');
}

static int open_stream(const struct target_path *of, const char *stream,
		       struct host_file **ret)
{
	const char *name = strrchr(of->host, host_separator());
	struct host_dir *dir = NULL;
	char *folder;
	int err;

	if (!name)
		return ERR_UNSUPPORTED;
	name++;
	folder = mem_strndup(of->host, (size_t)(name - of->host));
	err = folder ? host_dir_open(folder, &dir) : ERR_NOMEM;
	if (!err) {
		err = host_open_stream_at(dir, name, stream, ret);
		host_dir_close(dir);
	}
	mem_free(folder);
	return err;
}

static int fill_stream(struct resolver *z, const struct target_path *of,
		       const char *stream, struct registration *r)
{
	struct file_facts *facts = NULL;
	struct host_file *f = NULL;
	struct host_stat st;
	struct str wpath = STR_INIT;
	bool is_new = false;
	int err;

	str_addf(&wpath, "%s:%s", of->wpath, stream);
	err = wpath.err ? ERR_NOMEM : open_stream(of, stream, &f);
	/* A copy of a disk has lost its streams, and not every driver shows
	 * them: that it cannot be opened does not mean that it is absent. */
	if (err && err != ERR_NOMEM)
		gap_unread(z->gaps, err, str_text(&wpath),
			   W_COLLECT_STREAM_NOT_OPENED);
	if (err)
		goto out;
	err = copy(&r->server_path, str_text(&wpath));
	if (!err)
		err = facts_get(z, str_text(&wpath), &facts, &is_new);
	if (!err && is_new) {
		facts->nbytes = host_fstat(f, &st) ? 0 : st.size;
		read_facts(z, str_text(&wpath), f, facts);
	}
	if (!err)
		err = copy_facts(r, facts);
	if (!err)
		r->exists = EXISTS_YES;
out:
	host_close(f);
	str_release(&wpath);
	return err && err != ERR_NOMEM ? ERR_UNSUPPORTED : err;
}

/* As try_path(); the stream's file or folder must be there. */
static int try_stream(struct resolver *z, struct registration *r)
{
	static const char suffix[] = ":$DATA";
	const char *colon = stream_colon(r->server_path);
	struct target_path of = { .wpath = NULL };
	char *base, *stream;
	int err;

	if (!colon)
		return ERR_NOT_FOUND;
	base = mem_strndup(r->server_path, (size_t)(colon - r->server_path));
	stream = mem_strdup(colon + 1);
	if (!base || !stream) {
		err = ERR_NOMEM;
		goto out;
	}
	if (ascii_iends_with(stream, suffix))
		stream[strlen(stream) - (sizeof(suffix) - 1)] = '\0';
	if (!*stream) { /* "a.dll::$DATA" is a.dll */
		err = try_path(z, base, r);
		goto out;
	}
	err = find_path(z, base, &of);
	if (!err)
		err = fill_stream(z, &of, stream, r);
	target_path_release(&of);
out:
	mem_free(stream);
	mem_free(base);
	return err;
}

/*
 * "\Device\HarddiskVolume2\x" is read as a path of the current drive by
 * LoadLibrary and as a device by the kernel's own functions.
 */
static bool may_be_device(const char *wpath)
{
	return wpath[0] && wpath[1] == ':' &&
	       ascii_istarts_with(wpath + 2, "\\Device\\");
}

/* What the browser fetches from the web is no file of this disk. */
static bool is_web_address(const char *url)
{
	static const char *const schemes[] = {
		"http:",  "https:", "ftp:",	   "mailto:",
		"about:", "data:",  "javascript:", "vbscript:",
	};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (ascii_istarts_with(url, schemes[i]))
			return true;
	return false;
}

static bool could_be_elsewhere(struct resolver *z, const struct registration *r)
{
	if (!may_be_device(r->server_path))
		return false;
	gap_report(z->gaps, GAP_VOLUME, GAP_MATTERS, r->server_path, 0,
		   W_COLLECT_SERVER_DEVICE);
	return true;
}

int server_file_fill(struct resolver *z, const struct server_form *form,
		     struct registration *r)
{
	struct str other = STR_INIT;
	int err = ERR_NOT_FOUND;

	r->exists = EXISTS_UNKNOWN;
	if (form->is_url) {
		if (!is_web_address(r->server_path))
			gap_report(z->gaps, GAP_NAME_UNRESOLVED, GAP_MATTERS,
				   r->server_path, 0,
				   W_COLLECT_SERVER_UNKNOWN_PATH);
		return 0;
	}
	if (form->is_unknown) {
		gap_report(z->gaps, GAP_NAME_UNRESOLVED, GAP_MATTERS,
			   r->server_path, 0, W_COLLECT_SERVER_NO_VARIABLE);
		return 0;
	}
	if (form->was_cut && strlen(r->server_path) >= SERVER_MAX_NCHARS) {
		r->exists = EXISTS_NO; /* no file has such a path */
		return 0;
	}
	if (*form->tail) {
		/* "\\?\C:\a\mstmp." is a file of that very name. */
		str_addf(&other, "%s%s", r->server_path, form->tail);
		err = other.err ? ERR_NOMEM : try_path(z, str_text(&other), r);
		str_clear(&other);
	}
	if (err == ERR_NOT_FOUND && form->wants_dll && !form->is_bare) {
		/* "C:\a\mstmp" loads mstmp.dll, "C:\a\mstmp." loads mstmp;
		 * without the former the latter is what was meant. */
		str_addf(&other, "%s.dll", r->server_path);
		err = other.err ? ERR_NOMEM : try_path(z, str_text(&other), r);
	}
	str_release(&other);
	if (err == ERR_NOT_FOUND)
		err = try_path(z, r->server_path, r);
	if (err == ERR_NOT_FOUND)
		err = try_stream(z, r);
	if (err == ERR_NOT_FOUND && !form->is_uncertain &&
	    !could_be_elsewhere(z, r))
		r->exists = EXISTS_NO;
	return err == ERR_NOMEM ? err : 0;
}

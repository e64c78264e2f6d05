/*
 * What happened to a Windows since it was scanned.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/since_scan.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "remediate/fixer.h"
#include "remediate/vault.h"

#include <string.h>

/* Where the journal lies; ERR_NOT_FOUND: there is no vault. */
static int find_vault(struct target *t, const char *vault_dir, char **ret)
{
	struct host_stat st;
	char *base = NULL, *path = NULL;
	int err;

	if (vault_dir) {
		path = host_absolute_path(vault_dir);
		base = path ? host_dirname(path) : NULL;
		err = base ? 0 : err_nomem();
	} else if (target_info(t)->kind == TARGET_FOLDER) {
		return ERR_NOT_FOUND;
	} else {
		err = fixer_vault_path(t, &base, &path);
	}
	if (!err)
		err = host_stat(path, false, &st);
	/* What anybody can write tells nothing. */
	if (!err)
		err = vault_check(base, path, vault_dir != NULL);
	mem_free(base);
	if (err) {
		mem_free(path);
		return err;
	}
	*ret = path;
	return 0;
}

/* ---- reading ------------------------------------------------------------- */

struct waiting {
	struct target *target;
	struct since_scan *changes;
};

/* A host path; of the running Windows it begins with a drive. */
static bool is_gone(struct target *t, const char *moved_to)
{
	struct host_stat st;
	char *host = NULL;
	int err;

	if (moved_to[0] && moved_to[1] == ':' &&
	    target_host_path(t, moved_to, &host) == 0) {
		err = host_stat(host, false, &st);
		mem_free(host);
	} else {
		err = host_stat(moved_to, false, &st);
	}
	return err == ERR_NOT_FOUND;
}

static int on_waiting(void *arg, const char *moved_to, const char *fixed_at)
{
	struct waiting *w = arg;

	if (!is_gone(w->target, moved_to))
		return 0;
	w->changes->finished++;
	if (strcmp(fixed_at, w->changes->fixed_at) > 0)
		str_copy(w->changes->fixed_at, fixed_at,
			 sizeof(w->changes->fixed_at));
	return 0;
}

/* In the target's own vault all is its own, whatever its name was. */
static int read_journal(struct journal *j, struct target *t,
			const struct journal_scan *scan, struct since_scan *c)
{
	const char *id = c->is_own ? NULL : target_info(t)->target_id;
	struct waiting w = { t, c };
	int err = journal_newest_change(j, id, c->token, c->at);

	if (err == ERR_NOT_FOUND)
		err = 0;
	if (!err)
		err = journal_each_waiting(j, id, on_waiting, &w);
	if (!err && scan)
		err = journal_worked(j, scan, &c->worked);
	return err;
}

int since_scan_read(struct target *t, const char *vault_dir,
		    const struct journal_scan *scan, struct since_scan *ret)
{
	struct since_scan c = { .is_own = vault_dir == NULL,
				.worked = VEC_INIT(struct worked_step,
						   SINCE_SCAN_MAX_WORKED) };
	struct journal *j = NULL;
	char *path = NULL;
	int err = find_vault(t, vault_dir, &path);

	if (!err)
		err = journal_open_readonly(path, &j);
	if (!err)
		err = read_journal(j, t, scan, &c);
	journal_close(j);
	mem_free(path);
	if (err == ERR_NOT_FOUND)
		err = 0;
	if (err)
		since_scan_release(&c);
	else
		*ret = c;
	return err;
}

void since_scan_release(struct since_scan *c)
{
	vec_release(&c->worked);
}

/* ---- comparing ----------------------------------------------------------- */

void since_scan_text(const struct since_scan *c,
		     char ret[SINCE_SCAN_TEXT_NBYTES])
{
	snprintf(ret, SINCE_SCAN_TEXT_NBYTES, "%s/%" PRIu64, c->token,
		 c->finished);
}

/* False: it is no text of since_scan_text(). */
static bool parse(const char *text, char token_ret[FIX_ID_NBYTES],
		  uint64_t *finished_ret)
{
	const char *cut = strchr(text, '/');
	const char *at = cut ? cut + 1 : "";
	uint64_t n = 0;

	if (!cut || cut - text >= FIX_ID_NBYTES || !*at || strlen(at) > 9)
		return false;
	for (; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		n = n * 10 + (uint64_t)(*at - '0');
	}
	memcpy(token_ret, text, (size_t)(cut - text));
	token_ret[cut - text] = '\0';
	*finished_ret = n;
	return true;
}

const char *since_scan_overtakes(const struct since_scan *c, const char *seen,
				 const char *started_at)
{
	char token[FIX_ID_NBYTES];
	uint64_t finished;

	if (c->is_own && parse(seen, token, &finished)) {
		if (*c->token && strcmp(c->token, token) != 0)
			return "undo";
		return c->finished > finished ? "restart" : NULL;
	}
	if (*c->token && strcmp(c->at, started_at) > 0)
		return "undo";
	return c->finished && strcmp(c->fixed_at, started_at) > 0 ? "restart"
								  : NULL;
}

int since_scan_note_undo(struct target *t)
{
	struct journal *j = NULL;
	char *path = NULL;
	int err = find_vault(t, NULL, &path);

	if (!err)
		err = journal_open(path, false, &j);
	if (!err)
		err = journal_note_change(j, target_info(t)->target_id, "undo");
	journal_close(j);
	mem_free(path);
	return err == ERR_NOT_FOUND ? 0 : err;
}

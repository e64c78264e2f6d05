/*
 * Opening vault and journal, and what all kinds of steps share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/fix.h"
#include "words/target.h"

#include <string.h>

#define MAX_VOLUMES 64

struct private_dir {
	char *base;
	char *path;
};

/* ---- where the vault lies ---------------------------------------- */

/* %ProgramData%, on XP the data of all users; caller frees. */
static char *data_folder(struct target *t)
{
	const char *value = target_variable(t, NULL, 64, "ProgramData");
	char *all;

	if (value && *value)
		return mem_strdup(value);
	all = target_expand(t, NULL, 64, "%ALLUSERSPROFILE%\\Application Data");
	if (all && strchr(all, '%')) {
		mem_free(all);
		all = NULL;
	}
	return all;
}

int fixer_vault_path(struct target *t, char **base_ret, char **path_ret)
{
	struct target_path path;
	char *folder = data_folder(t);
	char *ours = NULL, *vault = NULL, *base = NULL;
	const char *volume;
	int err;

	if (!folder)
		return err_fail(ERR_NOT_FOUND, 0, W_FIX_NO_DATA_FOLDER);
	err = target_resolve(t, folder, 0, &path);
	if (!err && path.st.type != HOST_DIR) {
		target_path_release(&path);
		err = err_fail(ERR_NOT_DIR, 0, W_TARGET_NO_FOLDER, folder);
	}
	if (err == ERR_NOT_FOUND)
		err_fail(ERR_NOT_FOUND, 0, W_FIX_DATA_FOLDER_GONE, folder);
	mem_free(folder);
	if (err)
		return err;
	volume = target_base(t, path.host);
	base = mem_strdup(volume ? volume : path.host);
	ours = host_join(path.host, "mstmpsweep");
	vault = ours ? host_join(ours, "vault") : NULL;
	target_path_release(&path);
	mem_free(ours);
	if (!vault || !base) {
		mem_free(vault);
		mem_free(base);
		return err_nomem();
	}
	*path_ret = vault;
	*base_ret = base;
	return 0;
}

/*
 * The folder of a vault that the user named.  The top of a volume belongs to
 * whoever made that and cannot be closed to others; a folder on it can.
 */
int fixer_user_base(const char *path, char **ret)
{
	char *parent = host_dirname(path);
	char *example = host_join(path, "mstmpsweep-vault");
	struct host_stat above, here;
	int err = 0;

	if (!example)
		err = err_nomem();
	else if (!parent || (host_stat(path, true, &here) == 0 &&
			     host_stat(parent, true, &above) == 0 &&
			     here.volume != above.volume))
		err = err_fail(ERR_INVALID, 0, W_FIX_TOP_OF_VOLUME, path,
			       example);
	mem_free(example);
	if (err) {
		mem_free(parent);
		return err;
	}
	*ret = parent;
	return 0;
}

static int find_vault(struct fixer *f)
{
	if (!f->o.vault_dir)
		return fixer_vault_path(f->o.target, &f->base, &f->vault_path);
	f->vault_path = host_absolute_path(f->o.vault_dir);
	if (!f->vault_path)
		return err_nomem();
	/* The user named it: links on the way there are his own. */
	return fixer_user_base(f->vault_path, &f->base);
}

/* Where nothing is changed no vault is made either. */
static int check_own_volume(struct fixer *f)
{
	char *folder = data_folder(f->o.target);
	int err = folder ? guard_volume_error(f->guard, folder, f->base)
			 : err_nomem();

	mem_free(folder);
	return err;
}

int fixer_open(const struct fixer_options *o, bool create, struct fixer **ret)
{
	const struct vec privates = VEC_INIT(struct private_dir, MAX_VOLUMES);
	struct guard_options go = { .target = o->target,
				    .pack = o->pack,
				    .volumes = o->volumes };
	struct fixer *f = mem_zalloc(sizeof(*f));
	int err;

	if (!f)
		return err_nomem();
	f->o = *o;
	f->privates = privates;
	if (!f->o.processes)
		f->o.processes = &process_system;
	if (!f->o.load)
		f->o.load = &reg_load_system;
	err = find_vault(f);
	go.vault_host = f->vault_path;
	if (!err)
		err = guard_new(&go, &f->guard);
	if (!err && create && !o->vault_dir)
		err = check_own_volume(f);
	if (!err)
		err = vault_open(f->base, f->vault_path, create,
				 o->vault_dir != NULL, &f->vault);
	if (!err)
		err = journal_open(f->vault_path, create, &f->journal);
	/* The journal is ours alone now.  What stays does no harm. */
	if (!err && vault_clear_temps(f->vault) == ERR_NOMEM)
		err = ERR_NOMEM;
	if (err)
		fixer_close(f);
	else
		*ret = f;
	return err;
}

void fixer_close(struct fixer *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->privates.count; i++) {
		struct private_dir *p = vec_at(&f->privates, i);

		/* Empty, unless something waits in it. */
		host_rmdir(p->path);
		mem_free(p->base);
		mem_free(p->path);
	}
	vec_release(&f->privates);
	fix_record_free(f->fix);
	guard_free(f->guard);
	journal_close(f->journal);
	vault_close(f->vault);
	mem_free(f->base);
	mem_free(f->vault_path);
	mem_free(f);
}

bool fixer_has_begun(const struct fixer *f)
{
	return f->fix != NULL;
}

/* ---- private folders --------------------------------------------- */

/*
 * The vault's own where it lies on the same volume; else one at the root of
 * that volume, which goes when the fix has ended.
 */
int fixer_private_dir(struct fixer *f, const char *base, const char **ret)
{
	struct private_dir *p;
	struct host_stat a, b;
	int err;

	if (host_stat(vault_path(f->vault), false, &a) == 0 &&
	    host_stat(base, true, &b) == 0 && a.volume == b.volume) {
		*ret = vault_private_dir(f->vault);
		return 0;
	}
	for (size_t i = 0; i < f->privates.count; i++) {
		p = vec_at(&f->privates, i);
		if (strcmp(p->base, base) == 0) {
			*ret = p->path;
			return 0;
		}
	}
	p = vec_push(&f->privates);
	if (!p)
		return err_last()->err;
	p->base = mem_strdup(base);
	p->path = host_join(base, "mstmpsweep.vault");
	err = p->base && p->path
		      ? host_private_dir(base, p->path, f->o.vault_dir != NULL)
		      : err_nomem();
	if (err) {
		mem_free(p->base);
		mem_free(p->path);
		f->privates.count--;
		return err;
	}
	*ret = p->path;
	return 0;
}

/* ---- half-made files ---------------------------------------------------- */

/* As host_new_begin() names them, on every host. */
static bool is_temp_name(const char *name)
{
	if (*name == '.')
		name++;
	return ascii_starts_with(name, "mstmpsweep-") &&
	       strlen(name) == 11 + 16 + 4 && ascii_iends_with(name, ".tmp");
}

static int move_temp(struct fixer *f, const char *base, const char *path,
		     const char *name)
{
	struct host_subject *subject = NULL;
	struct host_place *from = NULL, *to = NULL;
	const char *private_dir = NULL;
	char *there = NULL;
	int err = fixer_private_dir(f, base, &private_dir);

	if (!err) {
		there = host_join(private_dir, name);
		err = there ? host_place_open(base, path, &from) : err_nomem();
	}
	if (!err)
		err = host_place_open(private_dir, there, &to);
	if (!err)
		err = host_subject_open(from, 0, &subject);
	if (!err)
		err = host_subject_rename(subject, to, private_dir);
	host_subject_close(subject);
	host_place_close(from);
	host_place_close(to);
	mem_free(there);
	return err;
}

int fixer_clear_temps(struct fixer *f, const char *host)
{
	const char *volume = target_base(f->o.target, host);
	char *folder = host_dirname(host);
	struct host_dir *d = NULL;
	struct host_dirent entry;
	int err = 0;

	if (!folder)
		return err_nomem();
	if (host_dir_open(folder, &d)) {
		mem_free(folder);
		return 0; /* whoever works in it says why */
	}
	while (!err && host_dir_next(d, &entry) > 0) {
		char *path;

		if (!is_temp_name(entry.name))
			continue;
		path = host_join(folder, entry.name);
		if (!path)
			err = err_nomem();
		else if (entry.st.type == HOST_FILE)
			err = move_temp(f, volume ? volume : folder, path,
					entry.name);
		else if (entry.st.type == HOST_DIR)
			host_rmdir(path); /* one with something in it stays */
		mem_free(path);
		/* One that cannot be moved harms nobody where it is. */
		if (err != ERR_NOMEM)
			err = 0;
	}
	host_dir_close(d);
	mem_free(folder);
	return err;
}

const char *fixer_target_id(const struct fixer *f)
{
	return f->o.vault_dir || target_is_one_of_several(f->o.target)
		       ? target_info(f->o.target)->target_id
		       : NULL;
}

char *fixer_item_path(const struct fixer *f, const char *item)
{
	return host_join(f->vault_path, item);
}

void fixer_item_info(const struct fixer *f, const struct step *s,
		     struct vault_info *info)
{
	memset(info, 0, sizeof(*info));
	info->kind = s->action == ACT_QUARANTINE_FILE ? VAULT_FILE
		     : s->action == ACT_REMOVE_KEY    ? VAULT_KEY
						      : VAULT_VALUE;
	info->original = s->target;
	info->value_name = s->value_name;
	info->target_id = f->fix->target_id;
	info->computer = f->fix->computer;
	info->fix_id = (char *)f->fix_id;
	info->seq = s->seq;
	info->why = s->reason;
	info->saved_at = host_now();
}

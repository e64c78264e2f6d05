/*
 * Environment variables of the examined Windows and of its users, never
 * those of the system we run on.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* Variables that are read of one user; Windows itself sets about 40. */
#define VARIABLES_MAX ((size_t)2048)
/* … and copies of the machine's that hang on his. */
#define LIST_MAX (3 * VARIABLES_MAX)
/* A variable in a variable in a variable …; a circle ends earlier. */
#define EXPAND_DEPTH_MAX 8
/* References looked up for one text, so that nesting cannot explode. */
#define EXPAND_WORK_MAX 1000
/* Windows' own limit of an expanded text is 32,767 characters. */
#define EXPAND_MAX_NBYTES TARGET_PATH_MAX_NBYTES

void variables_release(struct variables *v)
{
	for (size_t i = 0; i < v->list.count; i++) {
		struct variable *var = vec_at(&v->list, i);

		mem_free(var->name);
		mem_free(var->raw);
		mem_free(var->expanded[0]);
		mem_free(var->expanded[1]);
	}
	vec_release(&v->list);
}

static struct variable *find(const struct variables *v, int view,
			     const char *name, size_t name_nbytes)
{
	for (size_t i = 0; i < v->list.count; i++) {
		struct variable *var = vec_at(&v->list, i);

		if ((var->view == 0 || view == 0 || var->view == view) &&
		    utf_ncasecmp(var->name, strlen(var->name), name,
				 name_nbytes) == 0)
			return var;
	}
	return NULL;
}

int variables_add(struct variables *v, int view, const char *name,
		  const char *value)
{
	struct variable *var;

	if (!v->list.size)
		v->list = (struct vec)VEC_INIT(struct variable, LIST_MAX);
	if (!value || !*name || strlen(value) > EXPAND_MAX_NBYTES ||
	    find(v, view, name, strlen(name)))
		return 0;
	var = vec_push(&v->list);
	if (!var)
		return err_last()->err;
	var->name = mem_strdup(name);
	var->raw = mem_strdup(value);
	var->view = view;
	if (!var->name || !var->raw) {
		mem_free(var->name);
		mem_free(var->raw);
		v->list.count--;
		return err_nomem();
	}
	return 0;
}

/* Takes over `value`; NULL: there was no memory for it. */
static int add_owned(struct variables *v, int view, const char *name,
		     char *value)
{
	int ret = value ? variables_add(v, view, name, value) : err_nomem();

	mem_free(value);
	return ret;
}

/* ---- reading ----------------------------------------------------- */

struct reading {
	struct variables *variables;
	const char *except; /* a variable that is not taken over */
	bool is_cut;	    /* there are more than are read */
	int err;
};

static int take_value(void *arg, const struct reg_value *value)
{
	struct reading *r = arg;
	char *text;

	if ((value->type != REG_TYPE_SZ && value->type != REG_TYPE_EXPAND_SZ) ||
	    (r->except && ascii_casecmp(value->name, r->except) == 0))
		return 0;
	if (r->variables->list.count >= VARIABLES_MAX) {
		r->is_cut = true;
		return 0;
	}
	text = reg_value_text(value, NULL);
	r->err = add_owned(r->variables, 0, value->name, text);
	return r->err;
}

/* Paths that hang on them lead elsewhere: it matters. */
static void unread(struct target *t, const char *prefix, const char *path,
		   int err)
{
	struct str place = STR_INIT;

	str_addf(&place, "%s\\%s", prefix, path);
	gap_unread(t->gaps, err, place.err ? prefix : str_text(&place),
		   W_TARGET_VARIABLES_NOT_READ);
	str_release(&place);
}

/* A key that is not there has no variables; `prefix` is that of its hive. */
static int read_key(struct target *t, struct reading *r, struct reg_root *root,
		    const char *prefix, const char *path)
{
	struct reg_key *key;
	int ret = reg_open_key(root, path, &key);

	if (!ret) {
		ret = reg_each_value(key, take_value, r);
		reg_close_key(key);
	}
	if (ret == ERR_NOMEM || r->err)
		return r->err ? r->err : ret;
	if (!ret && r->is_cut)
		ret = err_fail(ERR_TOO_LARGE, 0, W_TARGET_VARIABLES_MANY);
	if (ret && ret != ERR_NOT_FOUND)
		unread(t, prefix, path, ret);
	r->is_cut = false;
	return 0;
}

/* ---- the machine's ----------------------------------------------- */

#define CURRENT_VERSION "Microsoft\\Windows\\CurrentVersion"
#define PROFILE_LIST	"Microsoft\\Windows NT\\CurrentVersion\\ProfileList"

static char *or_default(char *text, const char *drive, const char *rest)
{
	struct str s = STR_INIT;

	if (text && *text)
		return text;
	mem_free(text);
	str_add(&s, drive);
	str_add(&s, rest);
	return str_detach(&s);
}

static char *version_dir(struct target *t, const char *name)
{
	return machine_text(t, TARGET_HIVE_SOFTWARE, CURRENT_VERSION, name);
}

static char *profile_dir(struct target *t, const char *name)
{
	return machine_text(t, TARGET_HIVE_SOFTWARE, PROFILE_LIST, name);
}

/* Defaults stand for values that a damaged hive lost. */
static int add_program_folders(struct target *t, const char *drive)
{
	static const struct {
		const char *name, *value, *rest;
		int view; /* 0: both */
	} rows64[] = {
		{ "ProgramFiles", "ProgramFilesDir", "\\Program Files", 64 },
		{ "ProgramFiles", "ProgramFilesDir (x86)",
		  "\\Program Files (x86)", 32 },
		{ "ProgramFiles(x86)", "ProgramFilesDir (x86)",
		  "\\Program Files (x86)", 0 },
		{ "ProgramW6432", "ProgramFilesDir", "\\Program Files", 0 },
		{ "CommonProgramFiles", "CommonFilesDir",
		  "\\Program Files\\Common Files", 64 },
		{ "CommonProgramFiles", "CommonFilesDir (x86)",
		  "\\Program Files (x86)\\Common Files", 32 },
		{ "CommonProgramFiles(x86)", "CommonFilesDir (x86)",
		  "\\Program Files (x86)\\Common Files", 0 },
		{ "CommonProgramW6432", "CommonFilesDir",
		  "\\Program Files\\Common Files", 0 },
	}, rows32[] = {
		{ "ProgramFiles", "ProgramFilesDir", "\\Program Files", 0 },
		{ "CommonProgramFiles", "CommonFilesDir",
		  "\\Program Files\\Common Files", 0 },
	};

	size_t count = t->info.is_64bit ? 8 : 2;
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		const char *name =
			t->info.is_64bit ? rows64[i].name : rows32[i].name;
		const char *value =
			t->info.is_64bit ? rows64[i].value : rows32[i].value;
		const char *rest =
			t->info.is_64bit ? rows64[i].rest : rows32[i].rest;
		int view = t->info.is_64bit ? rows64[i].view : 0;

		ret = add_owned(&t->variables, view, name,
				or_default(version_dir(t, value), drive, rest));
	}
	return ret;
}

/* XP keeps names relative to ProfilesDirectory, Vista and later paths. */
static char *profile_path(struct target *t, char *text, const char *fallback)
{
	char *value = or_default(text, "", fallback);
	char *path;

	if (!value || strchr(value, '\\') || strchr(value, '%'))
		return value;
	path = wpath_append("%ProfilesDirectory%", value);
	mem_free(value);
	(void)t;
	return path;
}

static int add_profile_folders(struct target *t, const char *drive)
{
	struct variables *v = &t->variables;
	const char *profiles =
		t->is_xp_layout ? "\\Documents and Settings" : "\\Users";
	int ret;

	/* No variable of Windows', but the base of those that are. */
	ret = add_owned(v, 0, "ProfilesDirectory",
			or_default(profile_dir(t, "ProfilesDirectory"), drive,
				   profiles));
	if (ret)
		return ret;
	if (t->is_xp_layout) {
		ret = add_owned(v, 0, "ALLUSERSPROFILE",
				profile_path(t,
					     profile_dir(t, "AllUsersProfile"),
					     "All Users"));
		/* XP has no such variable; tables of known places use it. */
		if (!ret)
			ret = variables_add(v, 0, "ProgramData",
					    "%ALLUSERSPROFILE%\\"
					    "Application Data");
		return ret;
	}
	ret = add_owned(v, 0, "ProgramData",
			or_default(profile_dir(t, "ProgramData"), drive,
				   "\\ProgramData"));
	if (!ret)
		ret = variables_add(v, 0, "ALLUSERSPROFILE", "%ProgramData%");
	if (!ret)
		ret = add_owned(
			v, 0, "PUBLIC",
			profile_path(t, profile_dir(t, "Public"), "Public"));
	return ret;
}

/*
 * Which layout, by the profiles' folder, then by version, then by what is
 * there: a Vista that lost its hive still has C:\Users.
 */
static bool is_xp_layout(struct target *t, const char *drive)
{
	char *text = profile_dir(t, "ProfilesDirectory");
	struct target_path p;
	char *users;
	bool is_xp;

	if (text && *text) {
		is_xp = ascii_iends_with(text, "Documents and Settings");
		mem_free(text);
		return is_xp;
	}
	mem_free(text);
	if (t->info.major > 0)
		return t->info.major < 6;
	users = wpath_append(drive, "Users");
	is_xp = users && target_resolve(t, users, 0, &p) != 0;
	if (users && !is_xp)
		target_path_release(&p);
	mem_free(users);
	return is_xp;
}

static int add_environment(struct target *t)
{
	char *set = identity_control_set(t);
	struct reading r = { .variables = &t->variables };
	struct reg_root *root;
	const char *prefix;
	char *path;
	int ret = 0;

	path = set ? wpath_append(set, "Control\\Session Manager\\Environment")
		   : NULL;
	mem_free(set);
	if (!path)
		return err_nomem();
	if (target_machine_hive(t, TARGET_HIVE_SYSTEM, &root, &prefix) == 0)
		ret = read_key(t, &r, root, prefix, path);
	mem_free(path);
	return ret;
}

static int add_temp(struct target *t)
{
	int ret = variables_add(&t->variables, 0, "TEMP", "%SystemRoot%\\TEMP");

	return ret ? ret
		   : variables_add(&t->variables, 0, "TMP",
				   "%SystemRoot%\\TEMP");
}

int variables_read_machine(struct target *t)
{
	struct variables *v = &t->variables;
	char drive[3] = { t->info.system_drive, ':', '\0' };
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return 0;
	t->is_xp_layout = is_xp_layout(t, drive);
	ret = variables_add(v, 0, "SystemDrive", drive);
	if (!ret)
		ret = variables_add(v, 0, "SystemRoot", t->windows);
	if (!ret)
		ret = variables_add(v, 0, "windir", t->windows);
	if (!ret)
		ret = add_program_folders(t, drive);
	if (!ret)
		ret = add_profile_folders(t, drive);
	if (!ret && t->info.computer_name)
		ret = variables_add(v, 0, "COMPUTERNAME",
				    t->info.computer_name);
	if (!ret)
		ret = add_environment(t);
	if (!ret)
		ret = add_temp(t);
	v->is_read = true;
	if (ret)
		return ret;
	t->profiles =
		mem_strdup(target_variable(t, NULL, 64, "ProfilesDirectory"));
	t->public_profiles =
		mem_strdup(target_variable(t, NULL, 64, "ProgramData"));
	if (!t->profiles || !t->public_profiles)
		return err_nomem();
	return 0;
}

/* ---- a user's ---------------------------------------------------- */

#define SHELL_FOLDERS                                                          \
	"Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"             \
	"User Shell Folders"

static int add_shell_folder(struct target *t, struct user *u,
			    struct reg_root *root, const char *name,
			    const char *value, const char *fallback)
{
	char *text = root ? root_text(t, root, SHELL_FOLDERS, value) : NULL;

	return add_owned(&u->variables, 0, name,
			 or_default(text, "", fallback));
}

static int add_home(struct user *u)
{
	const char *profile = u->pub.profile;
	char drive[3] = { 0 };
	int ret;

	if (!profile || !profile[0] || profile[1] != ':')
		return 0;
	memcpy(drive, profile, 2);
	ret = variables_add(&u->variables, 0, "HOMEDRIVE", drive);
	return ret ? ret
		   : variables_add(&u->variables, 0, "HOMEPATH", profile + 2);
}

/* Both of his, in the order in which Windows appends them. */
static int read_path(struct target *t, struct user *u, struct reg_root *root)
{
	static const char *const keys[] = { "Environment",
					    "Volatile Environment" };
	struct str s;
	int ret;

	str_init(&s, EXPAND_MAX_NBYTES);
	for (size_t i = 0; i < 2; i++) {
		char *text = root_text(t, root, keys[i], "Path");

		if (text && *text)
			str_addf(&s, "%s%s", s.len ? ";" : "", text);
		mem_free(text);
	}
	ret = s.err == ERR_NOMEM ? s.err : 0;
	if (!ret && s.len) {
		mem_free(u->path);
		u->path = str_detach(&s);
	}
	str_release(&s);
	return ret;
}

/*
 * USERPROFILE cannot be set by the user; the others he may, and Volatile
 * Environment (made at logon) wins over Environment.
 */
static int read_user(struct target *t, struct user *u)
{
	struct variables *v = &u->variables;
	/* A user's Path does not replace the machine's, it is appended. */
	struct reading r = { .variables = v, .except = "Path" };
	bool is_xp = t->is_xp_layout;
	struct reg_root *root = NULL;
	const char *prefix;
	int ret = 0;

	ret = target_user_hive(t, &u->pub, &root, &prefix);
	if (ret == ERR_NOMEM)
		return ret;
	if (ret)
		root = NULL;
	ret = 0;
	if (u->pub.profile)
		ret = variables_add(v, 0, "USERPROFILE", u->pub.profile);
	if (!ret && root)
		ret = read_key(t, &r, root, prefix, "Volatile Environment");
	if (!ret && root)
		ret = read_key(t, &r, root, prefix, "Environment");
	if (!ret && root)
		ret = read_path(t, u, root);
	if (!ret)
		ret = variables_add(v, 0, "USERNAME", u->pub.name);
	if (!ret && u->pub.profile) {
		ret = add_shell_folder(t, u, root, "APPDATA", "AppData",
				       is_xp ? "%USERPROFILE%\\Application Data"
					     : "%USERPROFILE%\\AppData\\"
					       "Roaming");
		if (!ret)
			ret = add_shell_folder(
				t, u, root, "LOCALAPPDATA", "Local AppData",
				is_xp ? "%USERPROFILE%\\Local Settings\\"
					"Application Data"
				      : "%USERPROFILE%\\AppData\\Local");
		if (!ret)
			ret = variables_add(
				v, 0, "TEMP",
				is_xp ? "%USERPROFILE%\\Local Settings\\Temp"
				      : "%USERPROFILE%\\AppData\\Local\\Temp");
		if (!ret)
			ret = variables_add(v, 0, "TMP", "%TEMP%");
		if (!ret)
			ret = add_home(u);
	}
	/* Short memory must not make the rest go missing for good. */
	v->is_read = ret == 0;
	return ret;
}

/* ---- expansion --------------------------------------------------- */

struct expansion {
	struct target *t;
	struct user *user; /* NULL: machine */
	int view;
	unsigned depth;
	unsigned work;
	bool is_over; /* a bound was met */
};

static struct variable *look_up(struct expansion *e, const char *name,
				size_t nbytes)
{
	struct variable *var = NULL;

	if (e->user)
		var = find(&e->user->variables, e->view, name, nbytes);
	return var ? var : find(&e->t->variables, e->view, name, nbytes);
}

static void expand_into(struct expansion *e, const char *text, struct str *out);

/* False: stays as it is. */
static bool put_variable(struct expansion *e, const char *name, size_t nbytes,
			 struct str *out)
{
	struct variable *var;

	if (nbytes == 0 || e->depth >= EXPAND_DEPTH_MAX)
		return false;
	if (e->work++ >= EXPAND_WORK_MAX) {
		e->is_over = true;
		return false;
	}
	var = look_up(e, name, nbytes);
	if (!var || var->is_being_expanded)
		return false;
	var->is_being_expanded = true;
	e->depth++;
	expand_into(e, var->raw, out);
	e->depth--;
	var->is_being_expanded = false;
	return true;
}

static void expand_into(struct expansion *e, const char *text, struct str *out)
{
	while (*text && !out->err) {
		const char *end = NULL;
		size_t n = strcspn(text, "%");

		str_addn(out, text, n);
		text += n;
		if (!*text)
			break;
		if (!e->is_over)
			end = strchr(text + 1, '%');
		if (!end) {
			str_add(out, text);
			break;
		}
		if (put_variable(e, text + 1, (size_t)(end - text - 1), out)) {
			text = end + 1;
		} else {
			/* The second % may begin a reference. */
			str_addn(out, text, (size_t)(end - text));
			text = end;
			if (strchr(text + 1, '%'))
				continue;
			str_add(out, text);
			break;
		}
	}
}

/* Before anything is expanded: reading moves the list. */
static void need_user(struct target *t, struct user *u)
{
	if (u && !u->variables.is_read && read_user(t, u))
		t->is_short = true;
}

/* Once: it stands for all texts that are as it was, and lead elsewhere. */
static void tell_over(struct target *t, const struct user *u)
{
	if (!t->has_told_expansion)
		gap_report(t->gaps, GAP_TOO_LARGE, GAP_MATTERS,
			   u ? u->ntuser.prefix : "HKLM", 0,
			   W_TARGET_VARIABLES_IN_TEXT_MANY);
	t->has_told_expansion = true;
}

char *target_expand(struct target *t, const struct target_user *user, int view,
		    const char *text)
{
	struct expansion e = { .t = t,
			       .user = (struct user *)user,
			       .view = view };
	struct str s;

	/* What is longer stays as it is, as Windows would leave it. */
	if (strlen(text) > EXPAND_MAX_NBYTES)
		return mem_strdup(text);
	need_user(t, e.user);
	str_init(&s, EXPAND_MAX_NBYTES);
	expand_into(&e, text, &s);
	if (e.is_over)
		tell_over(t, e.user);
	if (s.err == ERR_TOO_LARGE || e.is_over) {
		str_release(&s);
		return mem_strdup(text);
	}
	return str_detach(&s);
}

int target_user_path(struct target *t, const struct target_user *user, int view,
		     char **ret)
{
	struct user *u = (struct user *)user;

	need_user(t, u);
	*ret = u->path ? target_expand(t, user, view, u->path) : NULL;
	return u->path && !*ret ? err_nomem() : 0;
}

const char *target_variable(struct target *t, const struct target_user *user,
			    int view, const char *name)
{
	struct expansion e = { .t = t,
			       .user = (struct user *)user,
			       .view = view };
	struct variable *var;
	char **slot;

	need_user(t, e.user);
	var = look_up(&e, name, strlen(name));
	if (!var)
		return NULL;
	/* A machine's variable may hang on a user's: he gets his own copy. */
	if (e.user && var == find(&t->variables, view, name, strlen(name))) {
		if (variables_add(&e.user->variables, var->view, var->name,
				  var->raw)) {
			t->is_short = true;
			return NULL;
		}
		var = look_up(&e, name, strlen(name));
	}
	slot = &var->expanded[view == 32];
	if (!*slot)
		*slot = target_expand(t, user, view, var->raw);
	if (!*slot)
		t->is_short = true;
	return *slot;
}

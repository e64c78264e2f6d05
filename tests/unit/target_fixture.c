/*
 * A small Windows in a temporary folder, for unit tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target_fixture.h"
#include "unit.h"
#include "tests/tools/hive_maker.h"

#include "base/err.h"
#include "target/target_private.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE_LIST "Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
#define CURRENT_NT   "Microsoft\\Windows NT\\CurrentVersion"
#define CURRENT	     "Microsoft\\Windows\\CurrentVersion"

static char *temp_folder(void)
{
	static const char *const names[] = { "TMPDIR", "TEMP", "TMP" };
	unsigned char random[8];
	char name[32];
	char *dir = NULL, *path;

	for (size_t i = 0; i < 3 && !dir; i++)
		dir = host_getenv(names[i]);
	ck_assert_int_eq(host_random(random, sizeof(random)), 0);
	snprintf(name, sizeof(name), "target-%02x%02x%02x%02x%02x%02x",
		 random[0], random[1], random[2], random[3], random[4],
		 random[5]);
	path = host_join(dir ? dir : ".", name);
	mem_free(dir);
	ck_assert_int_eq(host_mkdir(path), 0);
	return path;
}

static void keep_gap(struct gap_sink *sink, const struct gap *gap)
{
	struct fixture *f = (struct fixture *)((char *)sink -
					       offsetof(struct fixture, sink));
	struct fixture_gap *g = vec_push(&f->gaps);

	if (!g)
		return;
	g->kind = gap->kind;
	g->path = mem_strdup(gap->path);
	g->reason = mem_strdup(gap->reason);
	g->os_error = gap->os_error;
	g->matters = gap_matters(gap->kind, gap->weight);
}

void fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->root = temp_folder();
	f->software = hive_maker_new("ROOT");
	f->system = hive_maker_new("ROOT");
	f->sink.add = keep_gap;
	f->gaps = (struct vec)VEC_INIT(struct fixture_gap, 100000);
}

/* host.h removes no folders; the test programs' folder goes as a whole. */
static void remove_files(const char *path)
{
	struct host_dir *dir;
	struct host_dirent de;

	if (host_dir_open(path, &dir))
		return;
	while (host_dir_next(dir, &de) == 1) {
		char *child = host_join(path, de.name);

		if (de.st.type == HOST_DIR)
			remove_files(child);
		else
			host_unlink(child);
		mem_free(child);
	}
	host_dir_close(dir);
}

void fixture_release(struct fixture *f)
{
	remove_files(f->root);
	mem_free(f->root);
	hive_maker_free(f->software);
	hive_maker_free(f->system);
	for (size_t i = 0; i < f->gaps.count; i++) {
		struct fixture_gap *g = vec_at(&f->gaps, i);

		mem_free(g->path);
		mem_free(g->reason);
	}
	vec_release(&f->gaps);
}

char *fixture_path(const struct fixture *f, const char *path)
{
	char *out = mem_strdup(f->root);

	while (*path) {
		size_t n = strcspn(path, "/");
		char *name = mem_strndup(path, n);
		char *next = host_join(out, name);

		mem_free(name);
		mem_free(out);
		out = next;
		path += n + (path[n] == '/');
	}
	return out;
}

void fixture_folder(struct fixture *f, const char *path)
{
	for (const char *p = path; *p;) {
		char *part, *host;
		int ret;

		p += strcspn(p, "/");
		part = mem_strndup(path, (size_t)(p - path));
		host = fixture_path(f, part);
		ret = host_mkdir(host);
		ck_assert_msg(ret == 0 || ret == ERR_EXISTS, "%s", host);
		mem_free(part);
		mem_free(host);
		p += *p == '/';
	}
}

static void write_file(struct fixture *f, const char *path, const void *data,
		       size_t nbytes)
{
	const char *slash = strrchr(path, '/');
	char *host;

	if (slash) {
		char *folder = mem_strndup(path, (size_t)(slash - path));

		fixture_folder(f, folder);
		mem_free(folder);
	}
	host = fixture_path(f, path);
	ck_assert_msg(host_write_file(host, data, nbytes) == 0, "%s: %s", host,
		      err_last()->text);
	mem_free(host);
}

void fixture_file(struct fixture *f, const char *path, const char *content)
{
	write_file(f, path, content, strlen(content));
}

void fixture_text(struct hive_maker_key *root, const char *key,
		  const char *name, const char *text)
{
	hive_maker_text(hive_maker_path(root, key), name, REG_TYPE_SZ, text);
}

void fixture_expand(struct hive_maker_key *root, const char *key,
		    const char *name, const char *text)
{
	hive_maker_text(hive_maker_path(root, key), name, REG_TYPE_EXPAND_SZ,
			text);
}

void fixture_dword(struct hive_maker_key *root, const char *key,
		   const char *name, uint32_t value)
{
	uint8_t data[4];

	bytes_put_le32(data, value);
	hive_maker_value(hive_maker_path(root, key), name, REG_TYPE_DWORD, data,
			 sizeof(data));
}

void fixture_hive(struct fixture *f, const char *path,
		  struct hive_maker_key *root)
{
	size_t nbytes;
	uint8_t *data = hive_maker_write(root, &nbytes);

	write_file(f, path, data, nbytes);
	mem_free(data);
	hive_maker_free(root);
}

void fixture_user_hive(struct fixture *f, const char *path, const char *temp)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");

	hive_maker_path(root, "Software\\Microsoft");
	if (temp)
		fixture_expand(root, "Environment", "TEMP", temp);
	fixture_hive(f, path, root);
}

void fixture_machine_hives(struct fixture *f, const char *config)
{
	static const char *const names[] = { "SOFTWARE", "SYSTEM" };
	char path[256];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", config, names[i]);
		fixture_hive(f, path, i ? f->system : f->software);
	}
	f->software = NULL;
	f->system = NULL;
}

void fixture_windows7(struct fixture *f)
{
	static const char env[] = "ControlSet002\\Control\\Session Manager\\"
				  "Environment";

	fixture_text(f->software, CURRENT_NT, "ProductName",
		     "Windows 7 Professional");
	fixture_text(f->software, CURRENT_NT, "CurrentVersion", "6.1");
	fixture_text(f->software, CURRENT_NT, "CurrentBuild", "7601");
	fixture_text(f->software, CURRENT_NT, "CurrentBuildNumber", "7601");
	fixture_text(f->software, CURRENT_NT, "EditionID", "Professional");
	fixture_text(f->software, CURRENT_NT, "CSDVersion", "Service Pack 1");
	fixture_text(f->software, CURRENT_NT, "SystemRoot", "C:\\Windows");
	fixture_dword(f->software, CURRENT_NT, "InstallDate", 1285891200u);
	fixture_text(f->software, CURRENT, "ProgramFilesDir",
		     "C:\\Program Files");
	fixture_text(f->software, CURRENT, "ProgramFilesDir (x86)",
		     "C:\\Program Files (x86)");
	fixture_text(f->software, CURRENT, "CommonFilesDir",
		     "C:\\Program Files\\Common Files");
	fixture_text(f->software, "Microsoft\\Cryptography", "MachineGuid",
		     "b5a1c2d3-1111-2222-3333-444455556666");
	fixture_expand(f->software, PROFILE_LIST, "ProfilesDirectory",
		       "%SystemDrive%\\Users");
	fixture_expand(f->software, PROFILE_LIST, "ProgramData",
		       "%SystemDrive%\\ProgramData");
	fixture_expand(f->software, PROFILE_LIST, "Public",
		       "%SystemDrive%\\Users\\Public");
	fixture_expand(f->software, PROFILE_LIST, "Default",
		       "%SystemDrive%\\Users\\Default");
	fixture_dword(f->system, "Select", "Current", 2);
	/* What an older set says does not count. */
	fixture_text(f->system,
		     "ControlSet001\\Control\\ComputerName\\ComputerName",
		     "ComputerName", "OLDNAME");
	fixture_text(f->system,
		     "ControlSet002\\Control\\ComputerName\\ComputerName",
		     "ComputerName", "TARO-PC");
	fixture_text(f->system, env, "PROCESSOR_ARCHITECTURE", "AMD64");
	fixture_expand(f->system, env, "ComSpec",
		       "%SystemRoot%\\system32\\cmd.exe");
	fixture_expand(f->system, env, "TEMP", "%SystemRoot%\\TEMP");
}

void fixture_xp(struct fixture *f)
{
	fixture_text(f->software, CURRENT_NT, "ProductName",
		     "Microsoft Windows XP");
	fixture_text(f->software, CURRENT_NT, "CurrentVersion", "5.1");
	fixture_text(f->software, CURRENT_NT, "CurrentBuild",
		     "1.511.1 () (Obsolete data - do not use)");
	fixture_text(f->software, CURRENT_NT, "CurrentBuildNumber", "2600");
	fixture_text(f->software, CURRENT_NT, "CSDVersion", "Service Pack 3");
	fixture_text(f->software, CURRENT_NT, "SystemRoot", "C:\\WINDOWS");
	fixture_expand(f->software, PROFILE_LIST, "ProfilesDirectory",
		       "%SystemDrive%\\Documents and Settings");
	fixture_text(f->software, PROFILE_LIST, "AllUsersProfile", "All Users");
	fixture_text(f->software, PROFILE_LIST, "DefaultUserProfile",
		     "Default User");
	fixture_dword(f->system, "Select", "Current", 1);
	fixture_text(f->system,
		     "ControlSet001\\Control\\Session Manager\\Environment",
		     "PROCESSOR_ARCHITECTURE", "x86");
}

void fixture_profile(struct fixture *f, const char *sid, const char *path)
{
	char key[256];

	snprintf(key, sizeof(key), "%s\\%s", PROFILE_LIST, sid);
	fixture_expand(f->software, key, "ProfileImagePath", path);
}

struct target *fixture_open(struct fixture *f)
{
	struct target_options options = { .kind = TARGET_OFFLINE,
					  .root = f->root,
					  .gaps = &f->sink };
	struct target *t = NULL;
	int ret = target_open(&options, &t);

	ck_assert_msg(ret == 0, "%s", err_last()->text);
	return t;
}

size_t fixture_gap_count(const struct fixture *f, enum gap_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f->gaps.count; i++)
		n += ((struct fixture_gap *)vec_at(&f->gaps, i))->kind == kind;
	return n;
}

const struct target_user *fixture_user(struct target *t, const char *prefix)
{
	for (size_t i = 0; i < target_user_count(t); i++) {
		const struct target_user *u = target_user(t, i);

		if (strcmp(((const struct user *)u)->ntuser.prefix, prefix) ==
		    0)
			return u;
	}
	return NULL;
}

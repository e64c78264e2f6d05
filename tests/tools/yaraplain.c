/*
 * libyara and nothing else: every file read whole and scanned with every
 * rule, with the variables that the scanner sets.  What it prints is what
 * the scanner must find.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   yaraplain [--as-scan] RULES FOLDER
 *
 * RULES: a .yar file or a pack's folder.  With --as-scan the paths and the
 * place are those that a scan of the folder has: \a\b, "temp", ...
 */
#include "match/pack_files.h"
#include "target/target.h"
#include "treewalk.h"
#include <yara.h>

struct plain {
	YR_RULES *rules;
	struct tree_lines out;
	const char *name;
	struct target *target; /* NULL: no place is known */
};

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *user)
{
	struct plain *p = user;

	(void)context;
	if (message == CALLBACK_MSG_RULE_MATCHING)
		tree_lines_add(&p->out, ((YR_RULE *)data)->identifier, p->name);
	return CALLBACK_CONTINUE;
}

/* The path of a file in a folder that is the target. */
static char *wpath_of(const char *name)
{
	struct str s = STR_INIT;

	str_addf(&s, "\\%s", name);
	for (size_t i = 0; i < s.len; i++) {
		if (s.buf[i] == '/')
			s.buf[i] = '\\';
	}
	return str_detach(&s);
}

/* A scanner of its own for each file: nothing is left from the one before. */
static int on_file(void *arg, const struct tree_file *file)
{
	struct plain *p = arg;
	YR_SCANNER *s = NULL;
	void *data = NULL;
	size_t nbytes = 0;
	char *wpath = p->target ? wpath_of(file->name) : NULL;
	char *folder = NULL;
	char *place = NULL;
	int yret;

	if (wpath)
		folder = mem_strndup(wpath,
				     (size_t)(strrchr(wpath, '\\') - wpath));
	if (folder)
		place = target_place(p->target, folder);
	if (host_read_file(file->path, (size_t)1 << 30, &data, &nbytes))
		tree_fatal(file->name);
	if (yr_scanner_create(p->rules, &s) != ERROR_SUCCESS)
		exit(70);
	p->name = file->name;
	yr_scanner_set_flags(s, SCAN_FLAGS_REPORT_RULES_MATCHING);
	yr_scanner_set_callback(s, on_message, p);
	yr_scanner_define_string_variable(s, "filename", file->base);
	yr_scanner_define_string_variable(s, "filepath",
					  folder ? folder : file->dir);
	yr_scanner_define_string_variable(s, "extension", file->extension);
	yr_scanner_define_string_variable(
		s, "filetype", filetype_name(filetype_of(data, nbytes)));
	yr_scanner_define_string_variable(s, "object", "file");
	yr_scanner_define_string_variable(
		s, "location",
		wpath ? target_location(p->target, wpath) : "unknown");
	yr_scanner_define_string_variable(s, "place",
					  place ? place : file->dir);
	yret = yr_scanner_scan_mem(s, data, nbytes);
	if (yret != ERROR_SUCCESS) {
		fprintf(stderr, "%s: libyara error %d\n", file->name, yret);
		exit(70);
	}
	yr_scanner_destroy(s);
	mem_free(place);
	mem_free(folder);
	mem_free(wpath);
	mem_free(data);
	return 0;
}

static void on_compile(int level, const char *file, int line,
		       const YR_RULE *rule, const char *message, void *user)
{
	(void)file;
	(void)rule;
	(void)user;
	if (level == YARA_ERROR_LEVEL_ERROR)
		fprintf(stderr, "line %d: %s\n", line, message);
}

static YR_RULES *compile_all(const char *path)
{
	static const char *const vars[] = {
		"filename", "filepath", "extension", "filetype", "owner",
		"object",   "point",	"view",	     "location", "place",
	};
	struct pack_files files;
	YR_COMPILER *compiler = NULL;
	YR_RULES *rules = NULL;
	int ret;

	pack_files_init(&files);
	if (ascii_iends_with(path, ".yar"))
		ret = pack_files_read_yar(&files, path);
	else
		ret = pack_files_read_folder(&files, path);
	if (ret)
		tree_fatal(path);
	if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
		exit(70);
	yr_compiler_set_callback(compiler, on_compile, NULL);
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++)
		yr_compiler_define_string_variable(compiler, vars[i], "");
	for (size_t i = 0; i < files.members.count; i++) {
		const struct pack_member *m = vec_at(&files.members, i);

		if (!ascii_starts_with(m->name, "rules/"))
			continue;
		if (yr_compiler_add_bytes(compiler, m->data, m->nbytes,
					  m->name)) {
			fprintf(stderr, "%s: not compiled\n", m->name);
			exit(65);
		}
	}
	if (yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS)
		exit(70);
	yr_compiler_destroy(compiler);
	pack_files_release(&files);
	return rules;
}

int main(int argc, char **argv)
{
	struct target_options to = { .kind = TARGET_FOLDER };
	struct plain p = { .out = { VEC_INIT(char *, (size_t)1 << 28) } };

	bool as_scan;

	host_start(&argc, &argv);
	as_scan = argc > 1 && strcmp(argv[1], "--as-scan") == 0;
	if (argc - as_scan != 3) {
		fprintf(stderr, "usage: yaraplain [--as-scan] RULES FOLDER\n");
		return 64;
	}
	argv += as_scan;
	to.root = argv[2];
	if (as_scan && target_open(&to, &p.target))
		tree_fatal(argv[2]);
	yr_initialize();
	p.rules = compile_all(argv[1]);
	if (tree_walk(argv[2], "", on_file, &p))
		tree_fatal(argv[2]);
	tree_lines_print(&p.out);
	yr_rules_destroy(p.rules);
	yr_finalize();
	target_free(p.target);
	return 0;
}

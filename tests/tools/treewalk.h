/*
 * Walks a folder for the matching tools: every regular file, its variables
 * as a folder target gives them, and the sorted output.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_TREEWALK_H
#define TESTS_TREEWALK_H

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "host/host.h"
#include "base/filetype.h"
#include <stdlib.h>
#include <string.h>

struct tree_file {
	const char *path; /* host path */
	const char *name; /* relative to the root, with / */
	const char *base;
	char *dir; /* value of `filepath` */
	char extension[64];
};

typedef int (*tree_fn)(void *arg, const struct tree_file *file);

static inline void tree_fatal(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, err_last()->text);
	exit(70);
}

static inline int tree_visit(const char *path, const char *name, tree_fn fn,
			     void *arg)
{
	const char *base = strrchr(name, '/');
	struct tree_file file = { path, name, NULL, NULL, "" };
	const char *dot;
	int ret;

	base = base ? base + 1 : name;
	file.base = base;
	file.dir =
		mem_strndup(name, base > name ? (size_t)(base - name - 1) : 0);
	dot = strrchr(base, '.');
	if (dot) {
		size_t n =
			str_copy(file.extension, dot, sizeof(file.extension));

		(void)n;
		for (char *p = file.extension; *p; p++)
			*p = (char)ascii_lower((unsigned char)*p);
	}
	ret = fn(arg, &file);
	mem_free(file.dir);
	return ret;
}

static inline int tree_walk(const char *dir, const char *prefix, tree_fn fn,
			    void *arg)
{
	struct host_dir *d = NULL;
	struct host_dirent entry;
	int more;
	int ret;

	ret = host_dir_open(dir, &d);
	if (ret)
		return ret;
	while ((more = host_dir_next(d, &entry)) > 0 && !ret) {
		char *path = host_join(dir, entry.name);
		struct str name = STR_INIT;

		str_add(&name, prefix);
		if (*prefix)
			str_add(&name, "/");
		str_add(&name, entry.name);
		if (!path || name.err)
			exit(70);
		if (entry.st.type == HOST_DIR)
			ret = tree_walk(path, str_text(&name), fn, arg);
		else if (entry.st.type == HOST_FILE)
			ret = tree_visit(path, str_text(&name), fn, arg);
		str_release(&name);
		mem_free(path);
	}
	host_dir_close(d);
	return ret;
}

/* Lines "rule TAB path", printed in byte order at the end. */
struct tree_lines {
	struct vec lines;
};

static inline void tree_lines_add(struct tree_lines *l, const char *rule,
				  const char *name)
{
	struct str s = STR_INIT;
	char **slot = vec_push(&l->lines);

	str_addf(&s, "%s\t%s", rule, name);
	if (!slot || s.err)
		exit(70);
	*slot = str_detach(&s);
}

static inline int tree_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void tree_lines_print(struct tree_lines *l)
{
	if (l->lines.count)
		qsort(l->lines.items, l->lines.count, sizeof(char *),
		      tree_compare);
	for (size_t i = 0; i < l->lines.count; i++) {
		char *line = *(char **)vec_at(&l->lines, i);

		host_write(HOST_STDOUT, line, strlen(line), true);
		host_write(HOST_STDOUT, "\n", 1, true);
		mem_free(line);
	}
	vec_release(&l->lines);
}

#endif

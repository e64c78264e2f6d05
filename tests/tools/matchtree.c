/*
 * The scanner over a folder, printed as yaraplain prints it.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   matchtree [--no-filter] [--stats] [--threads N] PACK FOLDER
 */
#include "match/scanner.h"
#include "treewalk.h"

#define MAX_THREADS 16

struct work {
	struct pack *pack;
	struct vec paths; /* char *, relative */
	const char *root;
	unsigned flags;
	size_t next;
};

struct worker {
	struct work *work;
	struct scanner *scanner;
	struct tree_lines out;
};

static int on_path(void *arg, const struct tree_file *file)
{
	struct work *w = arg;
	char **slot = vec_push(&w->paths);

	if (!slot)
		exit(70);
	*slot = mem_strdup(file->name);
	return 0;
}

static int read_file(void *arg, uint64_t offset, void *buf, size_t nbytes,
		     size_t *nread_ret)
{
	return host_pread(arg, offset, buf, nbytes, nread_ret);
}

static int on_file(void *arg, const struct tree_file *file)
{
	struct worker *w = arg;
	struct match_vars vars = { .filename = file->base,
				   .filepath = file->dir,
				   .extension = file->extension,
				   .object = "file",
				   .location = "unknown",
				   .place = file->dir };
	struct match_source source = { .read = read_file };
	struct match_list list = { NULL, 0 };
	struct host_file *f = NULL;
	struct host_stat st;
	int ret;

	if (host_open(file->path, HOST_OPEN_SEQ, &f) || host_fstat(f, &st))
		tree_fatal(file->name);
	source.nbytes = st.size;
	source.arg = f;
	ret = scanner_scan(w->scanner, &source, &vars, &list);
	if (ret)
		fprintf(stderr, "%s: %s\n", file->name, err_last()->text);
	for (size_t i = 0; i < list.count; i++)
		tree_lines_add(&w->out, list.items[i].rule->name, file->name);
	match_list_release(&list);
	host_close(f);
	return 0;
}

static void run(void *arg)
{
	struct worker *w = arg;
	struct work *work = w->work;

	for (;;) {
		size_t i = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
		char *name;
		char *path;

		if (i >= work->paths.count)
			return;
		name = *(char **)vec_at(&work->paths, i);
		path = host_join(work->root, name);
		if (!path)
			exit(70);
		tree_visit(path, name, on_file, w);
		mem_free(path);
	}
}

static void print_stats(const struct worker *workers, size_t count)
{
	struct scanner_stats sum = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct scanner_stats *s =
			scanner_stats(workers[i].scanner);

		sum.sources += s->sources;
		sum.bytes_filtered += s->bytes_filtered;
		sum.passed += s->passed;
		sum.bytes_yara += s->bytes_yara;
		sum.conditions += s->conditions;
	}
	fprintf(stderr,
		"sources %" PRIu64 ", filtered %" PRIu64
		" bytes, passed %" PRIu64 ", libyara %" PRIu64
		" bytes, conditions %" PRIu64 "\n",
		sum.sources, sum.bytes_filtered, sum.passed, sum.bytes_yara,
		sum.conditions);
}

int main(int argc, char **argv)
{
	static struct worker workers[MAX_THREADS];
	struct host_thread *threads[MAX_THREADS] = { NULL };
	struct work work = { .paths = VEC_INIT(char *, (size_t)1 << 24) };
	struct tree_lines all = { VEC_INIT(char *, (size_t)1 << 28) };
	uint64_t thread_count = 1;
	bool stats = false;
	int at = 1;

	host_start(&argc, &argv);
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--no-filter") == 0)
			work.flags |= SCANNER_NO_FILTER;
		else if (strcmp(argv[at], "--stats") == 0)
			stats = true;
		else if (strcmp(argv[at], "--threads") == 0 && at + 1 < argc)
			str_parse_u64(argv[++at], &thread_count);
	}
	if (argc - at != 2 || !thread_count || thread_count > MAX_THREADS) {
		fprintf(stderr, "usage: matchtree [--no-filter] [--stats] "
				"[--threads N] PACK FOLDER\n");
		return 64;
	}
	if (pack_open(argv[at], NULL, &work.pack)) {
		fprintf(stderr, "%s\n", err_last()->text);
		return 65;
	}
	work.root = argv[at + 1];
	if (tree_walk(work.root, "", on_path, &work))
		tree_fatal(work.root);
	for (size_t i = 0; i < thread_count; i++) {
		workers[i].work = &work;
		workers[i].out = all;
		if (scanner_new(work.pack, work.flags, &workers[i].scanner) ||
		    host_thread_start(run, &workers[i], &threads[i]))
			tree_fatal("start");
	}
	for (size_t i = 0; i < thread_count; i++) {
		host_thread_join(threads[i]);
		for (size_t k = 0; k < workers[i].out.lines.count; k++) {
			char **slot = vec_push(&all.lines);

			if (!slot)
				return 70;
			*slot = *(char **)vec_at(&workers[i].out.lines, k);
		}
		vec_release(&workers[i].out.lines);
	}
	if (stats)
		print_stats(workers, (size_t)thread_count);
	tree_lines_print(&all);
	for (size_t i = 0; i < thread_count; i++)
		scanner_free(workers[i].scanner);
	for (size_t i = 0; i < work.paths.count; i++)
		mem_free(*(char **)vec_at(&work.paths, i));
	vec_release(&work.paths);
	pack_free(work.pack);
	return 0;
}

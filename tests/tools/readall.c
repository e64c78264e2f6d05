/*
 * Reads every byte of every regular file below a folder and does nothing with
 * it: what a scan is measured against.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	readall [--threads N] [--list] FOLDER
 *
 * With --list the files are only listed (what `find` does).  Prints the
 * number of files and bytes.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "host/host.h"
#include <string.h>

#define MAX_THREADS 64
/* Fits into the second cache; larger pieces were not faster. */
#define STEP_NBYTES ((size_t)256 << 10)

struct work {
	struct host_mutex *lock;
	struct host_cond *more;
	struct vec folders; /* char *, host paths */
	unsigned working;
	bool list_only;
};

struct reader {
	struct work *work;
	struct host_thread *thread;
	uint8_t *buf;
	uint64_t files;
	uint64_t nbytes;
	uint64_t errors;
};

static void put_folder(struct work *w, char *path)
{
	char **slot;

	host_mutex_lock(w->lock);
	slot = path ? vec_push(&w->folders) : NULL;
	if (slot)
		*slot = path;
	host_cond_broadcast(w->more);
	host_mutex_unlock(w->lock);
}

static void read_one(struct reader *r, struct host_dir *dir, const char *name)
{
	struct host_file *f = NULL;
	size_t n = 0;

	r->files++;
	if (r->work->list_only)
		return;
	if (host_open_at(dir, name, HOST_OPEN_NOFOLLOW | HOST_OPEN_SEQ |
					    HOST_OPEN_NOATIME, &f)) {
		r->errors++;
		return;
	}
	do {
		if (host_read(f, r->buf, STEP_NBYTES, &n)) {
			r->errors++;
			break;
		}
		r->nbytes += n;
	} while (n);
	host_close(f);
}

static void read_folder(struct reader *r, const char *path)
{
	struct host_dir *dir = NULL;
	struct host_dirent e;

	if (host_dir_open(path, &dir)) {
		r->errors++;
		return;
	}
	while (host_dir_next(dir, &e) > 0) {
		if (e.st.type == HOST_DIR)
			put_folder(r->work, host_join(path, e.name));
		else if (e.st.type == HOST_FILE)
			read_one(r, dir, e.name);
	}
	host_dir_close(dir);
}

static void reader_main(void *arg)
{
	struct reader *r = arg;
	struct work *w = r->work;

	host_mutex_lock(w->lock);
	while (w->folders.count || w->working) {
		char *path;

		if (!w->folders.count) {
			host_cond_wait(w->more, w->lock);
			continue;
		}
		path = *(char **)vec_at(&w->folders, --w->folders.count);
		w->working++;
		host_mutex_unlock(w->lock);
		read_folder(r, path);
		mem_free(path);
		host_mutex_lock(w->lock);
		w->working--;
	}
	host_cond_broadcast(w->more);
	host_mutex_unlock(w->lock);
}

int main(int argc, char **argv)
{
	static struct reader readers[MAX_THREADS];
	struct work w = { .folders = VEC_INIT(char *, (size_t)1 << 24) };
	struct reader sum = { 0 };
	uint64_t threads = 2;
	struct str out = STR_INIT;
	int at = 1;

	host_start(&argc, &argv);
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--list") == 0)
			w.list_only = true;
		else if (strcmp(argv[at], "--threads") == 0 && at + 1 < argc)
			str_parse_u64(argv[++at], &threads);
	}
	if (argc - at != 1 || !threads || threads > MAX_THREADS) {
		fprintf(stderr,
			"usage: readall [--threads N] [--list] FOLDER\n");
		return 64;
	}
	w.lock = host_mutex_new();
	w.more = host_cond_new();
	if (!w.lock || !w.more)
		return 70;
	put_folder(&w, mem_strdup(argv[at]));
	for (size_t i = 0; i < threads; i++) {
		readers[i].work = &w;
		readers[i].buf = mem_alloc(STEP_NBYTES);
		if (!readers[i].buf ||
		    host_thread_start(reader_main, &readers[i],
				      &readers[i].thread))
			return 70;
	}
	for (size_t i = 0; i < threads; i++) {
		host_thread_join(readers[i].thread);
		mem_free(readers[i].buf);
		sum.files += readers[i].files;
		sum.nbytes += readers[i].nbytes;
		sum.errors += readers[i].errors;
	}
	vec_release(&w.folders);
	host_cond_free(w.more);
	host_mutex_free(w.lock);
	str_addf(&out, "%" PRIu64 " files, %" PRIu64 " bytes, %" PRIu64
		 " errors\n", sum.files, sum.nbytes, sum.errors);
	host_write(HOST_STDOUT, str_text(&out), out.len, true);
	str_release(&out);
	return sum.errors ? 1 : 0;
}

/*
 * A stand-in for the program under fault injection: the same commands, a
 * plan of three fixed steps, a vault and a journal, all done as simply as
 * they can be done right.  It shows that the harness passes what is right,
 * and, with MSTMP_STANDIN_BUG=NAME, that it finds what is wrong.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	standin scan|fix|undo [--resume] --root DIR --db FILE ...
 *
 * Journal, in the vault: lines "begin", "done N", "end", "undone N", "over",
 * each flushed.  An item "item-N" holds a struct item and the content; it
 * exists whole or not at all.  What is put in place is written as NAME.new
 * first, so that both ways know what an interrupted one may have left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS	  3
#define PATH_ROOM 4096

/* The bugs that can be asked for. */
static const char *const bugs[] = {
	"early",     /* removes before it saves */
	"blind",     /* does not look whether a write succeeded */
	"crash",     /* does not look whether an allocation succeeded */
	"glue",	     /* goes on behind the half line a crash left */
	"rubbish",   /* leaves NAME.new where a crash left it */
	"mute",	     /* fails without a word */
	"cheerful",  /* says 0 when it failed */
	"forget",    /* resume leaves out the step it was at */
	"times",     /* does not put times back */
	"nosync",    /* does not flush what it saves */
	"nodirsync", /* does not flush the folder it saves in */
	"nodir",     /* does not flush what it makes the vault in */
	"hasty"	     /* does not flush the folder it removes from */
};

static const struct step {
	const char *path;
	bool replaces; /* else: removes */
} steps[STEPS] = {
	{ "Windows/System32/config/SOFTWARE", true },
	{ "Users/太郎/AppData/Local/Temp/mstmp", false },
	{ "Program Files/Shared/lib.dll", false },
};

struct item {
	uint32_t mode, uid, gid;
	uint32_t is_whole;
	struct timespec written;
	uint64_t nbytes;
};

static const char *root;
static char vault[PATH_ROOM];
static bool failed;

static bool has_bug(const char *name)
{
	const char *bug = getenv("MSTMP_STANDIN_BUG");

	return bug && !strcmp(bug, name);
}

static int say(int fd, const char *what, const char *about)
{
	char line[2 * PATH_ROOM];
	int n = snprintf(line, sizeof(line), "%s: %s: %s\n", what, about,
			 strerror(errno));

	return write(fd, line, (size_t)n) < 0 ? -1 : 0;
}

static int fail(const char *what, const char *about)
{
	failed = true;
	if (!has_bug("mute"))
		(void)say(2, what, about);
	return -1;
}

static void place(char *path, const char *below, const char *suffix)
{
	snprintf(path, PATH_ROOM, "%s/%s%s", root, below, suffix);
}

static void in_vault(char *path, const char *name, int n)
{
	if (n < 0)
		snprintf(path, PATH_ROOM, "%s/%s", vault, name);
	else
		snprintf(path, PATH_ROOM, "%s/%s-%d", vault, name, n);
}

/* ---- files ------------------------------------------------------- */

static int write_all(int fd, const void *data, size_t nbytes)
{
	const char *at = data;

	while (nbytes) {
		ssize_t n = write(fd, at, nbytes);

		if (n < 0 && !has_bug("blind"))
			return -1;
		if (n < 0)
			return 0;
		at += n;
		nbytes -= (size_t)n;
	}
	return 0;
}

static int flush_folder_of(const char *path)
{
	char dir[PATH_ROOM];
	int fd, r;

	snprintf(dir, sizeof(dir), "%s", path);
	*strrchr(dir, '/') = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

/* The whole file behind a struct item; *ret from malloc. */
static int read_original(const char *path, struct item **ret)
{
	int fd = open(path, O_RDONLY);
	struct item *it = NULL;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		goto out;
	it = malloc(sizeof(*it) + (size_t)st.st_size);
	if (!it && !has_bug("crash"))
		goto out;
	memset(it, 0, sizeof(*it));
	it->mode = st.st_mode & 07777;
	it->uid = st.st_uid;
	it->gid = st.st_gid;
	it->written = st.st_mtim;
	it->is_whole = 1;
	it->nbytes = (uint64_t)st.st_size;
	if (read(fd, it + 1, it->nbytes) != (ssize_t)it->nbytes) {
		free(it);
		it = NULL;
	}
out:
	close(fd);
	*ret = it;
	return it ? 0 : -1;
}

static int read_item(int n, struct item **ret)
{
	char path[PATH_ROOM];
	struct item *outer = NULL, *it = NULL;

	in_vault(path, "item", n);
	if (read_original(path, &outer))
		return -1;
	if (outer->nbytes >= sizeof(*it)) {
		it = (struct item *)(outer + 1);
		if (it->is_whole && outer->nbytes == sizeof(*it) + it->nbytes) {
			*ret = malloc(outer->nbytes);
			if (*ret)
				memcpy(*ret, it, outer->nbytes);
			free(outer);
			return *ret ? 0 : -1;
		}
	}
	free(outer);
	errno = EBADMSG;
	return -1;
}

/* As NAME.new, flushed, then renamed: whole or not at all. */
static int put(const char *path, const void *data, size_t nbytes,
	       const struct item *meta, bool flush)
{
	char tmp[PATH_ROOM];
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };
	int fd, r;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -1;
	r = write_all(fd, data, nbytes);
	if (!r && meta) {
		times[1] = meta->written;
		r = fchown(fd, meta->uid, meta->gid);
		r = r ? r : fchmod(fd, meta->mode);
		if (!has_bug("times"))
			r = r ? r : futimens(fd, times);
	}
	if (!r && flush && !has_bug("nosync"))
		r = fsync(fd);
	if (close(fd))
		r = -1;
	if (!r)
		r = rename(tmp, path);
	if (r) {
		int saved = errno;

		unlink(tmp);
		errno = saved;
		return -1;
	}
	return flush && !has_bug("nodirsync") ? flush_folder_of(path) : 0;
}

/* ---- journal ----------------------------------------------------- */

struct journal {
	bool begun, ended, over;
	bool done[STEPS], undone[STEPS];
};

static int journal_read(struct journal *j)
{
	char path[PATH_ROOM], text[4096] = "", *line, *rest = text;
	int fd, n;
	ssize_t got;

	memset(j, 0, sizeof(*j));
	in_vault(path, "journal", -1);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	got = read(fd, text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	/* A crash may have left half a line: it goes. */
	line = strrchr(text, '\n');
	if (got > 0 && !has_bug("glue") &&
	    (line ? line + 1 - text : 0) != got) {
		got = line ? line + 1 - text : 0;
		text[got] = '\0';
		if (ftruncate(fd, got) || fsync(fd))
			got = -1;
	}
	close(fd);
	if (got < 0)
		return -1;
	while ((line = strsep(&rest, "\n")) != NULL && *line) {
		if (!strcmp(line, "begin"))
			j->begun = true;
		else if (!strcmp(line, "end"))
			j->ended = true;
		else if (!strcmp(line, "over"))
			j->over = true;
		else if (sscanf(line, "done %d", &n) == 1 && n < STEPS)
			j->done[n] = true;
		else if (sscanf(line, "undone %d", &n) == 1 && n < STEPS)
			j->undone[n] = true;
		else {
			errno = EBADMSG;
			return -1;
		}
	}
	return 0;
}

static int journal_add(const char *word, int n)
{
	char path[PATH_ROOM], line[64];
	int fd, r, len;

	in_vault(path, "journal", -1);
	len = n < 0 ? snprintf(line, sizeof(line), "%s\n", word)
		    : snprintf(line, sizeof(line), "%s %d\n", word, n);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd < 0)
		return -1;
	r = write_all(fd, line, (size_t)len);
	if (!r)
		r = fsync(fd);
	close(fd);
	return r ? r : flush_folder_of(path);
}

/* ---- steps ------------------------------------------------------- */

static int clear_rubbish(void)
{
	char path[PATH_ROOM];

	if (has_bug("rubbish"))
		return 0;
	for (int i = 0; i < STEPS; i++) {
		place(path, steps[i].path, ".new");
		if (unlink(path) && errno != ENOENT)
			return -1;
		in_vault(path, "item", i);
		strncat(path, ".new", sizeof(path) - strlen(path) - 1);
		if (unlink(path) && errno != ENOENT)
			return -1;
	}
	return 0;
}

static int save(int i)
{
	char path[PATH_ROOM];
	struct item *it = NULL;
	int r;

	if (!read_item(i, &it)) {
		free(it);
		return 0; /* from before a crash */
	}
	place(path, steps[i].path, "");
	if (read_original(path, &it))
		return -1;
	in_vault(path, "item", i);
	r = put(path, it, sizeof(*it) + it->nbytes, NULL, true);
	free(it);
	return r;
}

static int apply(int i)
{
	char path[PATH_ROOM];
	struct item *it = NULL;
	int r;

	place(path, steps[i].path, "");
	if (!steps[i].replaces) {
		if (unlink(path) && errno != ENOENT)
			return -1;
		return has_bug("hasty") ? 0 : flush_folder_of(path);
	}
	if (has_bug("early") ? read_original(path, &it) : read_item(i, &it))
		return -1;
	/* The free cell at the end of the hive says something else. */
	((char *)(it + 1))[it->nbytes - 1] ^= 1;
	r = put(path, it + 1, it->nbytes, it, true);
	free(it);
	return r;
}

static int step(int i)
{
	if (has_bug("early") && (apply(i) || save(i)))
		return -1;
	if (!has_bug("early") && (save(i) || apply(i)))
		return -1;
	return journal_add("done", i);
}

static int restore(int i)
{
	char path[PATH_ROOM];
	struct item *it = NULL;
	int r;

	if (read_item(i, &it))
		return errno == ENOENT ? 0 : -1; /* nothing was done yet */
	place(path, steps[i].path, "");
	r = put(path, it + 1, it->nbytes, it, true);
	free(it);
	return r ? r : journal_add("undone", i);
}

/* ---- commands ---------------------------------------------------- */

static int scan(const char *db)
{
	char path[PATH_ROOM];
	int fd = open(db, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int found = 0;

	if (fd < 0)
		return fail("cannot make", db), 65;
	close(fd);
	for (int i = 0; i < STEPS; i++) {
		place(path, steps[i].path, "");
		found |= !steps[i].replaces && access(path, F_OK) == 0;
	}
	return found;
}

/* A folder that was just made can vanish with everything in it. */
static int make_folder(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return has_bug("nodir") ? 0 : flush_folder_of(path);
}

static int make_vault(void)
{
	char *last = strrchr(vault, '/');
	int r;

	*last = '\0';
	r = make_folder(vault);
	*last = '/';
	return r ? r : make_folder(vault);
}

static int fix(bool resume)
{
	struct journal j;

	if (make_vault())
		return fail("cannot make", vault), 65;
	if (journal_read(&j))
		return fail("cannot read the journal in", vault), 65;
	if (resume != (j.begun && !j.ended)) {
		errno = resume ? ENOENT : EEXIST;
		return fail("an interrupted fix in", vault), 65;
	}
	if (clear_rubbish() || (!resume && journal_add("begin", -1)))
		return fail("cannot begin in", vault), 65;
	for (int i = 0; i < STEPS; i++) {
		bool was_at = resume && !j.done[i] && i > 0 && j.done[i - 1];

		if (j.done[i] || (was_at && has_bug("forget")))
			continue;
		if (step(i))
			return fail("cannot treat", steps[i].path), 70;
	}
	if (journal_add("end", -1))
		return fail("cannot end in", vault), 70;
	return say(1, "done", vault) ? fail("cannot say so", vault), 70 : 0;
}

static int undo(void)
{
	struct journal j;

	if (journal_read(&j))
		return fail("cannot read the journal in", vault), 65;
	if (!j.begun || j.over) {
		errno = ENOENT;
		return fail("nothing to undo in", vault), 65;
	}
	if (clear_rubbish())
		return fail("cannot begin in", vault), 65;
	for (int i = STEPS - 1; i >= 0; i--)
		if (!j.undone[i] && restore(i))
			return fail("cannot restore", steps[i].path), 70;
	if (journal_add("over", -1))
		return fail("cannot end in", vault), 70;
	return say(1, "undone", vault) ? fail("cannot say so", vault), 70 : 0;
}

static bool knows_its_bug(void)
{
	for (size_t i = 0; i < sizeof(bugs) / sizeof(*bugs); i++)
		if (has_bug(bugs[i]))
			return true;
	return getenv("MSTMP_STANDIN_BUG") == NULL;
}

int main(int argc, char **argv)
{
	const char *db = NULL;
	bool resume = false;
	int code = 64;

	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--root") && i + 1 < argc)
			root = argv[++i];
		else if (!strcmp(argv[i], "--db") && i + 1 < argc)
			db = argv[++i];
		resume |= !strcmp(argv[i], "--resume");
	}
	if (!root || !db || !knows_its_bug())
		return 64;
	snprintf(vault, sizeof(vault), "%s/ProgramData/mstmpsweep/vault", root);
	if (!strcmp(argv[1], "scan"))
		code = scan(db);
	else if (!strcmp(argv[1], "fix"))
		code = fix(resume);
	else if (!strcmp(argv[1], "undo"))
		code = undo();
	return failed && has_bug("cheerful") ? 0 : code;
}

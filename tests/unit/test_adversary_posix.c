/*
 * Changing files while somebody exchanges them: a thread that renames links,
 * folders and other files to the names that are worked on, as fast as it can.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The adversary only ever moves things (exchanging or refusing to replace),
 * so whatever vanishes was removed by the code under test.  After each try it
 * is kept from moving, and all that there is gets counted: the precious files,
 * the decoys, and the target, which must be gone if and only if that was said.
 */
#include "unit.h"
#include "seccomp_posix.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/change_posix.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define NOREPLACE 1u
#define EXCHANGE  2u

/* All of one size, for the twin. */
#define TARGET	 "target %08u"
#define TWIN	 "twin           "
#define PRECIOUS "precious       "
#define CONTENT	 15u

/* root/d/f is where the target is; root/stash/0 to 3 where decoys wait. */
#define STASH_COUNT 4

static char *root;
static char *private_dir;
static char *path; /* root/d/f */
static int root_fd = -1;
static int d_fd = -1;
static int stash_fd = -1;
static struct stat precious_st;

/* ---- the adversary ----------------------------------------------- */

static atomic_bool should_stop;
static atomic_ulong moves;
/* Held for each move, and for the counting. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int move(int a_fd, const char *a, int b_fd, const char *b,
		unsigned flags)
{
	return (int)syscall(SYS_renameat2, a_fd, a, b_fd, b, flags);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

static void linger(uint32_t n)
{
	while (n-- > 0)
		__asm__ volatile("" ::: "memory");
}

static void attack(uint32_t *state)
{
	char slot[2] = { 0, 0 };
	int ret;

	slot[0] = (char)('0' + next_random(state) % STASH_COUNT);
	if (next_random(state) % 8 == 0) {
		/* The folder becomes a link to one full of precious files. */
		if (move(root_fd, "d", root_fd, "dlink", EXCHANGE) != 0)
			return;
		linger(UINT32_C(1) << next_random(state) % 18);
		move(root_fd, "d", root_fd, "dlink", EXCHANGE);
		atomic_fetch_add(&moves, 2);
		return;
	}
	ret = move(d_fd, "f", stash_fd, slot, EXCHANGE);
	if (ret != 0)
		ret = move(stash_fd, slot, d_fd, "f", NOREPLACE);
	if (ret != 0)
		ret = move(d_fd, "f", stash_fd, slot, NOREPLACE);
	if (ret == 0)
		atomic_fetch_add(&moves, 1);
}

static void *adversary(void *arg)
{
	uint32_t state = 12345;

	(void)arg;
	while (!atomic_load(&should_stop)) {
		/* Short and long, to meet what is being done anywhere. */
		linger(UINT32_C(1) << next_random(&state) % 17);
		pthread_mutex_lock(&turn);
		attack(&state);
		pthread_mutex_unlock(&turn);
	}
	return NULL;
}

/* ---- the scene --------------------------------------------------- */

static void file_at(int fd, const char *name, const char *content)
{
	const int f = openat(fd, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

	ck_assert_int_ge(f, 0);
	/* Whatever the umask. */
	ck_assert_int_eq(fchmod(f, 0644), 0);
	ck_assert_int_eq(write(f, content, CONTENT), CONTENT);
	ck_assert_int_eq(futimens(f, times), 0);
	close(f);
}

static int folder(const char *name)
{
	int fd;

	ck_assert_int_eq(mkdirat(root_fd, name, 0755), 0);
	fd = openat(root_fd, name, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void setup(void)
{
	char *base = host_getenv("TMPDIR");
	int keep_fd;

	/* In memory, where flushing costs nothing: 10,000 tries in seconds. */
	root = host_join(access("/dev/shm", W_OK) == 0 ? "/dev/shm"
			 : base != NULL		       ? base
						       : "/tmp",
			 "adversary-XXXXXX");
	mem_free(base);
	ck_assert_ptr_ne(mkdtemp(root), NULL);
	root_fd = open(root, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(root_fd, 0);
	private_dir = host_join(root, "private");
	ck_assert_int_eq(host_private_dir(root, private_dir, false), 0);
	path = host_join(root, "d/f");
	d_fd = folder("d");
	stash_fd = folder("stash");
	keep_fd = folder("keep");
	file_at(keep_fd, "precious", PRECIOUS);
	file_at(keep_fd, "f", PRECIOUS);
	ck_assert_int_eq(symlinkat("keep", root_fd, "dlink"), 0);
	ck_assert_int_eq(symlinkat("../keep/precious", stash_fd, "0"), 0);
	ck_assert_int_eq(linkat(keep_fd, "precious", stash_fd, "1", 0), 0);
	file_at(stash_fd, "2", TWIN);
	ck_assert_int_eq(fstatat(keep_fd, "precious", &precious_st, 0), 0);
	close(keep_fd);
	atomic_store(&should_stop, false);
}

static void remove_all(int fd)
{
	struct host_dir *d = NULL;
	struct host_dirent entry;
	char self[48];

	snprintf(self, sizeof(self), "/proc/self/fd/%d/.", fd);
	ck_assert_int_eq(host_dir_open(self, &d), 0);
	while (host_dir_next(d, &entry) > 0)
		unlinkat(fd, entry.name, 0);
	host_dir_close(d);
	close(fd);
}

static void teardown(void)
{
	static const char *const folders[] = { "d", "stash", "keep",
					       "private" };

	for (size_t i = 0; i < 4; i++) {
		remove_all(openat(root_fd, folders[i], O_RDONLY | O_DIRECTORY));
		unlinkat(root_fd, folders[i], AT_REMOVEDIR);
	}
	unlinkat(root_fd, "dlink", 0);
	close(root_fd);
	close(d_fd);
	close(stash_fd);
	ck_assert_int_eq(rmdir(root), 0);
	mem_free(root);
	mem_free(private_dir);
	mem_free(path);
}

/* ---- counting all there is --------------------------------------- */

struct count {
	int links;
	int hard_links;
	int twins;
	int targets;
	int others; /* new files that were exchanged away from us */
	int moved;  /* found beside or in the private folder */
};

static void count_one(int fd, const char *name, unsigned target,
		      struct count *c)
{
	char buf[CONTENT + 1] = "";
	char want[CONTENT + 1];
	struct stat st;
	int f;

	ck_assert_int_eq(fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	if (S_ISLNK(st.st_mode)) {
		c->links++;
		return;
	}
	f = openat(fd, name, O_RDONLY | O_NOFOLLOW);
	ck_assert_int_ge(f, 0);
	ck_assert_int_eq(read(f, buf, CONTENT), CONTENT);
	close(f);
	snprintf(want, sizeof(want), TARGET, target);
	if (host_is_same_inode(&st, &precious_st))
		c->hard_links++;
	else if (strcmp(buf, TWIN) == 0)
		c->twins++;
	else if (strcmp(buf, want) == 0)
		c->targets++;
	else
		c->others++;
}

static bool is_free(int fd, const char *name)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0;
}

/* Somewhere the adversary plays with it again. */
static void move_to_stash(int fd, const char *name)
{
	char slot[2] = { '0', 0 };

	while (slot[0] < '0' + STASH_COUNT && !is_free(stash_fd, slot))
		slot[0]++;
	ck_assert_int_lt(slot[0], '0' + STASH_COUNT);
	ck_assert_int_eq(renameat(fd, name, stash_fd, slot), 0);
}

/* What is in that folder under names that are not the game's. */
static void count_folder(int fd, const char *expected, unsigned target,
			 struct count *c)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	char self[48];
	char *names[16];
	size_t n = 0;

	snprintf(self, sizeof(self), "/proc/self/fd/%d/.", fd);
	ck_assert_int_eq(host_dir_open(self, &d), 0);
	while (host_dir_next(d, &entry) > 0) {
		ck_assert_uint_lt(n, 16);
		names[n++] = mem_strdup(entry.name);
	}
	host_dir_close(d);
	for (size_t i = 0; i < n; i++) {
		const int others = c->others;

		count_one(fd, names[i], target, c);
		if (c->others > others) {
			ck_assert_int_eq(unlinkat(fd, names[i], 0), 0);
		} else if (strstr(expected, names[i]) == NULL) {
			c->moved++;
			move_to_stash(fd, names[i]);
		}
		mem_free(names[i]);
	}
}

static void check_precious(void)
{
	static const char *const names[] = { "keep/precious", "keep/f" };
	char buf[CONTENT + 2] = "";
	struct stat st;

	for (size_t i = 0; i < 2; i++) {
		const int f = openat(root_fd, names[i], O_RDONLY | O_NOFOLLOW);

		ck_assert_int_ge(f, 0);
		ck_assert_int_eq(read(f, buf, CONTENT + 1), CONTENT);
		ck_assert_str_eq(buf, PRECIOUS);
		ck_assert_int_eq(fstat(f, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0644);
		ck_assert_int_eq(st.st_mtim.tv_sec, 1);
		ck_assert_uint_eq(st.st_nlink, i == 0 ? 2 : 1);
		close(f);
	}
	ck_assert_int_eq(fstatat(root_fd, "keep", &st, 0), 0);
}

static struct count audit(unsigned target, bool has_target)
{
	struct count c = { 0, 0, 0, 0, 0, 0 };
	const int private_fd =
		openat(root_fd, "private", O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(private_fd, 0);
	/* The stash first: what is found elsewhere is moved there. */
	count_folder(stash_fd, "0 1 2 3", target, &c);
	count_folder(d_fd, "f", target, &c);
	count_folder(private_fd, "", target, &c);
	close(private_fd);
	check_precious();
	ck_assert_int_eq(c.links, 1);
	ck_assert_int_eq(c.hard_links, 1);
	ck_assert_int_eq(c.twins, 1);
	ck_assert_msg(c.targets == (has_target ? 1 : 0),
		      "target %u: %d there, %d said", target, c.targets,
		      has_target);
	return c;
}

/*
 * The target to its name, or (every second time) nothing: most tries should
 * be met while they are under way, and not before they begin.
 */
static void arrange(unsigned target, bool has_target, bool should_clear)
{
	char slot[2] = { '0', 0 };
	struct count c = { 0, 0, 0, 0, 0, 0 };

	if (!has_target) {
		if (should_clear && !is_free(d_fd, "f"))
			move_to_stash(d_fd, "f");
		return;
	}
	for (; slot[0] < '0' + STASH_COUNT; slot[0]++) {
		if (is_free(stash_fd, slot))
			continue;
		count_one(stash_fd, slot, target, &c);
		if (c.targets == 0)
			continue;
		if (!is_free(d_fd, "f"))
			move_to_stash(d_fd, "f");
		ck_assert_int_eq(renameat(stash_fd, slot, d_fd, "f"), 0);
		return;
	}
}

/* ---- what is done ------------------------------------------------ */

struct tally {
	unsigned tries;
	unsigned removed;
	unsigned restored;
	unsigned replaced;
	/* collisions, by where they were met */
	unsigned folder;  /* a folder on the way was a link */
	unsigned opening; /* another file, a link or nothing at the name */
	unsigned check;	  /* the name led elsewhere at the last look */
	unsigned moving;  /* it was exchanged between that look and the move */
	unsigned taken;	  /* the name was taken while it was away, or before */
	unsigned kept;	  /* what could not go back was kept */
};

static void count_failure(struct tally *t, int err)
{
	const char *text = err_last()->text;

	switch (err) {
	case ERR_CHANGED:
		if (strstr(text, "cannot move") != NULL ||
		    strstr(text, "cannot replace") != NULL)
			t->moving++;
		else
			t->check++;
		break;
	case ERR_EXISTS:
		t->taken++;
		break;
	default:
		ck_abort_msg("%s: %s", err_name(err), text);
	}
}

static struct host_place *open_place(struct tally *t)
{
	struct host_place *p = NULL;
	const int err = host_place_open(root, path, &p);

	if (err == 0)
		return p;
	ck_assert_msg(err == ERR_UNSUPPORTED, "%s", err_last()->text);
	t->folder++;
	return NULL;
}

static bool is_target(struct host_subject *s, unsigned target)
{
	char want[CONTENT + 1];
	char buf[CONTENT];
	size_t n = 0;

	snprintf(want, sizeof(want), TARGET, target);
	ck_assert_int_eq(host_pread(host_subject_file(s), 0, buf, CONTENT, &n),
			 0);
	return n == CONTENT && memcmp(buf, want, CONTENT) == 0;
}

/* The target as the file that is held; as `fix` does, by its content. */
static struct host_subject *open_target(struct tally *t, struct host_place *p,
					unsigned target)
{
	struct host_subject *s = NULL;
	const int err = host_subject_open(p, 0, &s);

	if (err == 0 && is_target(s, target))
		return s;
	ck_assert_msg(err == 0 || err == ERR_UNSUPPORTED ||
			      err == ERR_NOT_FOUND,
		      "%s", err_last()->text);
	host_subject_close(s);
	t->opening++;
	return NULL;
}

static struct host_new *begin(struct host_place *p, unsigned target)
{
	char text[CONTENT + 1];
	struct host_new *n = NULL;

	snprintf(text, sizeof(text), TARGET, target);
	ck_assert_msg(host_new_begin(p, &n) == 0, "%s", err_last()->text);
	ck_assert_int_eq(host_new_write(n, text, CONTENT), 0);
	return n;
}

/* One second after 1970, as the twin. */
static const struct host_meta old_times = {
	.known = META_TIMES,
	.written = INT64_C(116444736010000000),
	.accessed = INT64_C(116444736010000000),
};

/* True: it is there now. */
static bool try_restore(struct tally *t, unsigned target)
{
	struct host_place *p = open_place(t);
	int err;

	if (p == NULL)
		return false;
	err = host_new_finish(begin(p, target), &old_times);
	host_place_close(p);
	if (err == 0)
		t->restored++;
	else
		count_failure(t, err);
	return err == 0;
}

/* True: it is gone. */
static bool try_remove(struct tally *t, unsigned target)
{
	struct host_place *p = open_place(t);
	struct host_subject *s;
	int err;

	if (p == NULL)
		return false;
	s = open_target(t, p, target);
	host_place_close(p);
	if (s == NULL)
		return false;
	err = host_subject_remove(s, private_dir);
	host_subject_close(s);
	if (err != 0)
		count_failure(t, err);
	/* ERR_EXISTS: it is removed, and something else has its name. */
	if (err != 0 && err != ERR_EXISTS)
		return false;
	t->removed++;
	return true;
}

/* True: the next number is there in its place. */
static bool try_replace(struct tally *t, unsigned target)
{
	struct host_place *p = open_place(t);
	struct host_subject *s;
	struct host_new *n;
	int err;

	if (p == NULL)
		return false;
	s = open_target(t, p, target);
	n = s != NULL ? begin(p, target + 1) : NULL;
	host_place_close(p);
	if (s == NULL)
		return false;
	err = host_new_replace(n, s, &old_times);
	if (err == 0)
		t->replaced++;
	else
		count_failure(t, err);
	return err == 0;
}

/* ---- the tests --------------------------------------------------- */

static const struct {
	enum lack lack;
	unsigned tries; /* at least */
} rows[] = {
	{ LACK_NOTHING, 10000 },
	{ LACK_TMPFILE, 2000 },
	{ LACK_RENAME_FLAG, 2000 },
};

static unsigned collisions(const struct tally *t)
{
	return t->folder + t->opening + t->check + t->moving + t->taken;
}

/* Were we met often enough, and everywhere? Without that nothing was shown. */
static bool is_met(const struct tally *t, unsigned tries, bool can_replace)
{
	return collisions(t) >= 100 && t->folder > 0 && t->check > 0 &&
	       t->taken > 0 && t->moving >= tries / 500 && t->removed >= 10 &&
	       t->restored >= 10 && (t->replaced > 0 || !can_replace);
}

/* On a busy machine both may not run at once for a while: then it goes on. */
static bool is_enough(const struct tally *t, unsigned tries, bool can_replace)
{
	return t->tries >= 20 * tries ||
	       (t->tries >= tries && is_met(t, tries, can_replace));
}

static void play(const char *what, struct tally *t, unsigned tries,
		 bool can_replace)
{
	bool has_target = false;
	unsigned target = 0;
	uint32_t state = 54321;
	struct count c;

	for (; !is_enough(t, tries, can_replace); t->tries++) {
		/* The adversary is just waking up: that the way to the folder
		 * is met as well. */
		linger(UINT32_C(1) << next_random(&state) % 18);
		if (!has_target) {
			target++;
			has_target = try_restore(t, target);
		} else if (can_replace && t->tries % 3 == 0) {
			if (try_replace(t, target))
				target++;
		} else {
			has_target = !try_remove(t, target);
		}
		pthread_mutex_lock(&turn);
		c = audit(target, has_target);
		t->kept += (unsigned)c.moved;
		arrange(target, has_target, t->tries % 2 == 0);
		pthread_mutex_unlock(&turn);
	}
	printf("%s: %u tries, %lu moves of the adversary, %u collisions "
	       "(folder %u, opening %u, check %u, moving %u, name taken %u); "
	       "%u removed, %u restored, %u replaced, %u kept aside\n",
	       what, t->tries, atomic_load(&moves), collisions(t), t->folder,
	       t->opening, t->check, t->moving, t->taken, t->removed,
	       t->restored, t->replaced, t->kept);
	fflush(stdout);
	ck_assert_msg(is_met(t, tries, can_replace), "too few collisions");
}

START_TEST(nothing_is_lost)
{
	static const char *const names[] = { "adversary",
					     "adversary, no nameless files",
					     "adversary, no renaming flags" };
	struct tally t;
	pthread_t thread;

	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(pthread_create(&thread, NULL, adversary, NULL), 0);
	/* For this thread only: the adversary can do everything. */
	ck_assert(seccomp_lack(rows[_i].lack));
	play(names[_i], &t, rows[_i].tries, rows[_i].lack < LACK_RENAME_FLAG);
	atomic_store(&should_stop, true);
	pthread_join(thread, NULL);
}

END_TEST

static Suite *change_adversary_suite(void)
{
	Suite *s = suite_create("change_adversary");
	TCase *tc = tcase_create("change_adversary");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 800);
	tcase_add_loop_test(tc, nothing_is_lost, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(change_adversary_suite)

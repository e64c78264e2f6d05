/*
 * The process and its surroundings on Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"
#include "words/host.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

/* A second Ctrl-C this long after the first means it. */
#define INSIST_SECONDS 2

/* A signal is of the whole process; what it stops is whose token this is. */
static _Atomic(struct cancel *) caught;
static volatile sig_atomic_t interrupted_at;

/* An output that was opened for reading only takes nothing either. */
static bool has_standard(int fd)
{
	const int flags = fcntl(fd, F_GETFL);

	return flags >= 0 &&
	       (fd == STDIN_FILENO || (flags & O_ACCMODE) != O_RDONLY);
}

/*
 * The next file that is opened gets the lowest number that is free.  Where a
 * standard stream is closed that would be its number, and the report, or a
 * complaint, would be written into a file that is examined or saved.
 */
static int fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int none;

		if (has_standard(fd))
			continue;
		none = open("/dev/null", O_RDWR | O_NOCTTY);
		if (none < 0 || dup2(none, fd) != fd)
			return err_fail(ERR_IO, errno, W_HOST_CLOSED_STREAMS);
		if (none != fd)
			close(none);
	}
	return 0;
}

int host_start(int *argc, char ***argv)
{
	struct rlimit limit;

	(void)argc;
	(void)argv;
	/* A walk keeps one handle for each folder on its way down. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	/* A closed pipe or a full quota is an error of write(), no death. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return fill_standard();
}

char *host_exe_path(void)
{
	char path[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n <= 0 || (size_t)n >= sizeof(path))
		return NULL;
	return mem_strndup(path, (size_t)n);
}

char *host_getenv(const char *name)
{
	return mem_strdup(getenv(name));
}

const char *host_kind(void)
{
	return "linux";
}

bool host_is_windows(void)
{
	return false;
}

bool host_is_system_account(void)
{
	return false;
}

const char *host_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strncmp(value, "ja", 2) == 0 ? "ja" : "en";
	}
	return "en";
}

char *host_computer_name(void)
{
	struct utsname names;

	if (uname(&names) != 0)
		return NULL;
	return mem_strdup(names.nodename);
}

static sig_atomic_t seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (sig_atomic_t)ts.tv_sec;
}

static void on_signal(int sig)
{
	const int saved = errno;

	if (cancel_set(atomic_load(&caught), CANCEL_INTERRUPT)) {
		interrupted_at = seconds_now();
	} else if (sig == SIGINT &&
		   seconds_now() - interrupted_at >= INSIST_SECONDS) {
		/*
		 * timeout(1) and shells send a signal twice at once, so only
		 * a later one is a person who insists.
		 */
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	errno = saved;
}

void host_catch_interrupt(struct cancel *c)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	struct sigaction old;

	atomic_store(&caught, c);
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* nohup and background jobs of sh ignore them on purpose. */
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
	}
}

unsigned host_cpu_count(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
		return (unsigned)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (unsigned)n : 1;
}

int host_random(void *buf, size_t nbytes)
{
	uint8_t *at = buf;

	while (nbytes > 0) {
		const size_t want = nbytes < 256 ? nbytes : 256;
		const ssize_t n = getrandom(at, want, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_fail(ERR_IO, errno, W_HOST_NO_RANDOM);
		at += n;
		nbytes -= (size_t)n;
	}
	return 0;
}

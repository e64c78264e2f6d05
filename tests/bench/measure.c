/*
 * Runs a program and writes what it took, for the speed tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	measure FILE PROGRAM [ARGUMENT]...
 *
 * Appends "wall-seconds cpu-seconds peak-KiB exit-code" to FILE.  The peak is
 * the high-water mark of resident memory (VmHWM) of the program itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec from;
	struct timespec to;
	struct rusage used;
	int status = 0;
	FILE *f;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: measure FILE PROGRAM [ARGUMENT]...\n", stderr);
		return 64;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("measure");
		return 70;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	f = fopen(argv[1], "a");
	if (!f) {
		perror(argv[1]);
		return 70;
	}
	status = WIFEXITED(status) ? WEXITSTATUS(status) :
				     128 + WTERMSIG(status);
	fprintf(f, "%.4f %.4f %ld %d\n",
		(double)(to.tv_sec - from.tv_sec) +
			(double)(to.tv_nsec - from.tv_nsec) / 1e9,
		seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss,
		status);
	fclose(f);
	return status;
}

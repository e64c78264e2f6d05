/*
 * Progress line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "progress.h"
#include "host/host.h"

#define SHOW_EVERY_MS 500
/* Before this much of the tree is done an estimate would be a guess. */
#define ESTIMATE_FROM_PPM 20000
#define ESTIMATE_FROM_MS  3000

void progress_begin(struct progress *p, bool quiet)
{
	p->began_ms = host_monotonic_ms();
	p->shown_ms = 0;
	p->is_on = !quiet && host_is_terminal(HOST_STDERR);
}

static void add_duration(struct str *out, int64_t ms)
{
	int64_t seconds = ms / 1000;
	int64_t minutes = (seconds + 30) / 60;

	if (minutes >= 60)
		str_addf(out, "%" PRId64 " h %" PRId64 " min", minutes / 60,
			 minutes % 60);
	else if (seconds >= 60)
		str_addf(out, "%" PRId64 " min", minutes);
	else
		str_addf(out, "%" PRId64 " s", seconds);
}

void progress_line(struct str *out, const struct file_walk_progress *now,
		   int64_t elapsed_ms)
{
	uint64_t ppm = __atomic_load_n(&now->done_ppm, __ATOMIC_RELAXED);
	uint64_t files = __atomic_load_n(&now->files_seen, __ATOMIC_RELAXED);
	uint64_t bytes = __atomic_load_n(&now->bytes_scanned, __ATOMIC_RELAXED);

	str_addf(out,
		 "%3" PRIu64 " %%  %" PRIu64 " files  %" PRIu64 ".%" PRIu64
		 " GB",
		 ppm / 10000, files, bytes / 1000000000,
		 bytes / 100000000 % 10);
	if (ppm < ESTIMATE_FROM_PPM || elapsed_ms < ESTIMATE_FROM_MS)
		return;
	str_add(out, "  about ");
	add_duration(out, (int64_t)((double)elapsed_ms * (1e6 - (double)ppm) /
				    (double)ppm));
	str_add(out, " left");
}

void progress_show(void *progress, const struct file_walk_progress *now)
{
	struct progress *p = progress;
	int64_t ms = host_monotonic_ms();
	struct str line = STR_INIT;

	if (!p->is_on || ms - p->shown_ms < SHOW_EVERY_MS)
		return;
	p->shown_ms = ms;
	str_add(&line, "\r");
	progress_line(&line, now, ms - p->began_ms);
	str_add(&line, "        ");
	if (!line.err)
		host_write(HOST_STDERR, line.buf, line.len, false);
	str_release(&line);
}

void progress_end(struct progress *p)
{
	static const char wipe[] = "\r                                       "
				   "                                       \r";

	if (p->is_on && p->shown_ms)
		host_write(HOST_STDERR, wipe, sizeof(wipe) - 1, false);
}

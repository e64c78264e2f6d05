/*
 * Fuzz the files of scheduled tasks: the first byte chooses .job or XML, the
 * rest is the file.  What comes out is bounded and names something.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "collect/task_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct task_file f;
	int err;

	if (!nbytes)
		return 0;
	err = data[0] & 1 ? task_read_job(data + 1, nbytes - 1, &f)
			  : task_read_xml(data + 1, nbytes - 1, &f);
	if (err && err != ERR_CORRUPT && err != ERR_NOMEM)
		abort();
	if (f.count > TASK_MAX_ACTIONS)
		abort();
	for (size_t i = 0; i < f.count; i++) {
		const char *text = f.actions[i].command ? f.actions[i].command
							: f.actions[i].clsid;

		/* Quotes, a blank, and three bytes for each unit. */
		if (!text || !*text || strlen(text) > 3 * nbytes + 4)
			abort();
	}
	task_file_release(&f);
	return 0;
}

/*
 * Files of scheduled tasks: what each would start.
 * SPDX-License-Identifier: Apache-2.0
 *
 * .job: [MS-TSCH] 2.4 (FIXDLEN_DATA and what follows it); the XML of Vista and
 * later: [MS-TSCH] 2.5.  Both parsers take hostile memory and are fuzzed.
 */
#ifndef COLLECT_TASK_FILE_H
#define COLLECT_TASK_FILE_H

#include "base/str.h"
#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

/* Windows allows 32 actions in one task. */
#define TASK_MAX_ACTIONS 32

struct task_action {
	char *command; /* the program and its arguments, NULL: a class */
	char *clsid;   /* "{…}" of a COM handler, NULL: a command */
	char *folder;  /* where the command is started, NULL: not said */
};

struct task_file {
	struct task_action actions[TASK_MAX_ACTIONS];
	size_t count;
	bool is_disabled;
	bool was_cut; /* more than that, or it ends too early */
};

/*
 * ERR_CORRUPT: it is no task file; what was read of one that is damaged is
 * kept with was_cut.  ERR_NOMEM.  task_file_release() in every case.
 */
int task_read_job(const uint8_t *data, size_t nbytes, struct task_file *ret);
int task_read_xml(const uint8_t *data, size_t nbytes, struct task_file *ret);
void task_file_release(struct task_file *f);

/* For the parsers: what one action says, each may be NULL. */
struct task_texts {
	char *command, *arguments, *folder, *clsid;
};

/* An action of these texts; takes them over. */
int task_add(struct task_file *f, struct task_texts *texts);
void task_texts_release(struct task_texts *t);

#endif

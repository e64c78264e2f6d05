/*
 * Which programs are never ended.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/process.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/fix.h"

/* The idle process and the kernel. */
#define PID_SYSTEM 4u

/*
 * Ending one of the first eight stops Windows with a blue screen or logs the
 * user off; a svchost.exe may hold what others cannot live without.
 */
static const char *const critical[] = {
	"csrss.exe",
	"lsass.exe",
	"services.exe",
	"smss.exe",
	"wininit.exe",
	"winlogon.exe",
	"system",
	"lsm.exe",
	"svchost.exe",
	"lsaiso.exe",
	"secure system",
	"registry",
	"logonui.exe",
	"userinit.exe",
	"memory compression",
	"system idle process",
};

void processes_release(struct vec *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct process *p = vec_at(list, i);

		mem_free(p->name);
		mem_free(p->path);
	}
	vec_release(list);
}

bool process_name_is_critical(const char *name)
{
	for (size_t i = 0; i < sizeof(critical) / sizeof(critical[0]); i++)
		if (utf_casecmp(name, critical[i]) == 0)
			return true;
	return false;
}

void process_classify(struct process *p)
{
	p->is_explorer = utf_casecmp(p->name, "explorer.exe") == 0;
	p->is_browser = utf_casecmp(p->name, "iexplore.exe") == 0;
}

int process_refuse(const struct process *p)
{
	const char *why = NULL;

	/* Without the start a later process of that number would be hit. */
	if (!p->name || !p->started)
		return err_fail(ERR_INVALID, 0, W_FIX_PROGRAM_UNKNOWN,
				(unsigned)p->pid);
	if (p->is_ours)
		why = W_FIX_PROGRAM_OURS;
	else if (p->is_explorer || utf_casecmp(p->name, "explorer.exe") == 0)
		why = W_FIX_PROGRAM_DESKTOP;
	else if (p->pid <= PID_SYSTEM || process_name_is_critical(p->name))
		why = W_FIX_PROGRAM_NEEDED;
	return why ? err_fail(ERR_DENIED, 0, W_FIX_PROGRAM_NOT_ENDED, p->name,
			      (unsigned)p->pid, why)
		   : 0;
}

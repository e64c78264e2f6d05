/*
 * Page, swap and hibernation files: which paths Windows' settings name.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_PAGE_FILES_H
#define COLLECT_PAGE_FILES_H

#include "target/target.h"

struct page_files;

/*
 * Reads the settings of the target, so in the thread that asks the target;
 * what comes out is only read, from any thread.  Settings that are not there
 * or cannot be read name nothing; a folder target has none.  ERR_NOMEM.
 */
int page_files_new(struct target *t, struct page_files **ret);
void page_files_free(struct page_files *p);
/* Whether the settings name that Windows path, in any case. */
bool page_files_has(const struct page_files *p, const char *wpath);
/* pagefile.sys, swapfile.sys or hiberfil.sys: anybody can call a file so. */
bool is_page_file_name(const char *name);

#endif

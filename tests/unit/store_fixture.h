/*
 * A store with scans in it, for tests of the store and of reports.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "report/report.h"
#include "store/store.h"

#define FX_STARTED INT64_C(129324384000000000) /* 2010-10-25T00:00:00Z */

/* A new path in the folder for temporary files; caller frees. */
char *fx_temp_path(const char *ending);
/* Removes the file and its journal. */
void fx_temp_remove(const char *path);

/* An offline Windows 7 named PC-01, a signed pack, a full scan. */
extern const struct target_info fx_target;
extern const struct pack_info fx_pack;
void fx_scan_begin(struct scan_begin *ret);
void fx_scan_end(struct scan_end *ret, const char *verdict, int exit_code);

/* Records one whole scan: lib.dll with a BHO, mstmp, one gap of each sort. */
int64_t fx_record_scan(struct store *s);
/* The same as steps that may fail, for fault injection. */
int fx_try_record_scan(struct store *s, int64_t *scan_id_ret);
/* Records a scan of which every text is hostile. */
int64_t fx_record_hostile_scan(struct store *s);

/* A report of the scan; 80 columns where text is wrapped; caller frees. */
char *fx_render(struct store *s, int64_t scan_id, enum report_format format,
		enum report_what what, const char *lang, bool to_file);
/* How often `part` stands in `text`. */
size_t fx_count(const char *text, const char *part);

/* First column of the first row as text, "" if none; caller frees. */
char *fx_query(struct store *s, const char *sql);
/* The same of any database, which must be `want`; NULL: it changes rows. */
void fx_database(const char *path, const char *sql, const char *want);

#endif

/*
 * The formats of reports.  A new one is a row here and a file with its
 * function.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

/* What a format can show beside what was asked for and the gaps. */
enum report_shows {
	REPORT_SHOWS_INVENTORY = 1, /* with the findings */
	REPORT_SHOWS_RULES = 2,	    /* their names */
	REPORT_SHOWS_HEADINGS = 4   /* of lists whose rows have their own */
};

/* REPORT_… of the enum, name, media type, REPORT_SHOWS_…, function */
#define REPORT_FORMATS(ROW)                                                    \
	ROW(TEXT, "text", "text/plain", 0, report_text)                        \
	ROW(HTML, "html", "text/html",                                         \
	    REPORT_SHOWS_INVENTORY | REPORT_SHOWS_RULES |                      \
		    REPORT_SHOWS_HEADINGS,                                     \
	    report_html)                                                       \
	ROW(JSON, "json", "application/json", REPORT_SHOWS_RULES, report_json) \
	ROW(NDJSON, "ndjson", "application/x-ndjson", REPORT_SHOWS_RULES,      \
	    report_ndjson)                                                     \
	ROW(CSV, "csv", "text/csv", REPORT_SHOWS_RULES, report_csv)

#endif

/*
 * One cell of a CSV file that a spreadsheet may open (csv.c says how).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REPORT_CSV_CELL_H
#define REPORT_CSV_CELL_H

#include "base/str.h"

/* Quoted where needed, and never a formula. */
void csv_add_cell(struct str *out, const char *text);

#endif

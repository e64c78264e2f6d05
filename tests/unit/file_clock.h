/*
 * For tests: times of files are coarser than programs are fast.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FILE_CLOCK_H
#define TESTS_FILE_CLOCK_H

/* Waits until what is changed now gets another time than the file has. */
void file_clock_moves_on(const char *path);

#endif

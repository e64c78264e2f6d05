/*
 * Private to agent/host: which of the three standard streams are there.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A service, a detached process or a start-up script of Group Policy may have
 * none.  There nothing can be told to anybody, which is no failure; an output
 * that is there and takes nothing (a full disk, a closed pipe) is one.
 */
#ifndef HOST_STANDARD_H
#define HOST_STANDARD_H

#include <stdbool.h>
#include <stdint.h>

/* What Windows tells of a standard handle; values as Windows has them. */
struct standard_told {
	uint64_t handle;   /* of GetStdHandle; all ones: that failed */
	uint32_t type;	   /* FILE_TYPE_*, 0: unknown */
	uint32_t os_error; /* of GetFileType where the type is unknown */
	uint32_t access;   /* what the handle may do; all ones: not told */
	bool is_folder;
	bool is_output;
};

/*
 * False where it is no handle, or a number that led to something in the
 * parent and here to nothing, or by chance to a file that the loader reads.
 */
bool standard_is_there(const struct standard_told *told);

#endif

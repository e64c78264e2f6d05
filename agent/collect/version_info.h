/*
 * The version resource of a program.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_VERSION_INFO_H
#define COLLECT_VERSION_INFO_H

#include "host/host.h"

struct version_info {
	char *file_version;  /* "9.0.8112.16421" from the fixed block */
	char *company;	     /* CompanyName, our UTF-8, NULL: none */
	char *product;	     /* ProductName */
	char *description;   /* FileDescription */
	char *original_name; /* OriginalFilename */
};

void version_info_release(struct version_info *v);
/*
 * Version resource of a PE image, 32 or 64 bit; reads only headers and the
 * resource through `f` at offsets.  ERR_NOT_FOUND: no PE or none there.
 * Hostile input: bounded, checked.
 */
int version_info_read(struct host_file *f, struct version_info *ret);
/* The same over a memory image of the file (fuzzing, members). */
int version_info_parse(const uint8_t *data, size_t nbytes,
		       struct version_info *ret);

#endif

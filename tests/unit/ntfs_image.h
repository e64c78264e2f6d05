/*
 * For tests: a small NTFS, made and mounted with ntfs-3g.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_NTFS_IMAGE_H
#define TESTS_NTFS_IMAGE_H

#include <stdbool.h>

struct ntfs_image {
	char *image;
	char *mount;
};

/* Below `folder`; false where this machine cannot do it. */
bool ntfs_image_make(const char *folder, const char *options,
		     struct ntfs_image *ret);
/* The same image again, after ntfs_image_unmount. */
bool ntfs_image_mount(struct ntfs_image *n, const char *options);
void ntfs_image_unmount(struct ntfs_image *n);
/* Unmounts and frees. */
void ntfs_image_end(struct ntfs_image *n);

#endif

/*
 * Why a volume was not entered, in words that say what to do (closed list).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_VOLUME_WHY_H
#define BASE_VOLUME_WHY_H

#include <stdbool.h>
#include <stddef.h>

enum volume_why {
	VOLUME_ENTERED,
	VOLUME_NO_MEDIUM, /* an empty drive for media: nothing to tell */
	VOLUME_LOCKED,	  /* BitLocker */
	VOLUME_RAW,	  /* no file system that this Windows knows */
	VOLUME_CORRUPT,
	VOLUME_NOT_READY, /* though it is no empty drive for media */
	VOLUME_DENIED,
	VOLUME_OTHER_MEDIUM, /* than was in it when it was asked first */
	VOLUME_UNREADABLE,   /* disk or cable */
	VOLUME_FAILED,	     /* any other failure */
	VOLUME_UNKNOWN,	     /* a partition that is no volume for Windows */
	VOLUME_OFFLINE,	     /* its disk is */
	VOLUME_BLANK,	     /* its disk has no partitions that Windows finds */
	VOLUME_LIST,	     /* there may be more than were listed */
	VOLUME_HIDDEN,	     /* no volume: what a 32-bit program is not shown */
	/* What a partition is for, instead of why it was not entered. */
	VOLUME_IS_EFI,
	VOLUME_IS_RESERVED,
	VOLUME_IS_RECOVERY,
	VOLUME_IS_LINUX,
	VOLUME_IS_SLEEP,
	VOLUME_IS_LDM,
	VOLUME_IS_POOL,
	VOLUME_WHY_COUNT
};

/* A sentence; "" for the first two. */
const char *volume_why_words(enum volume_why why);

#endif

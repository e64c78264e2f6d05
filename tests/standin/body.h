/*
 * Harmless file bodies that carry marks: programs, classes, pictures, jars.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STANDIN_BODY_H
#define STANDIN_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stand-ins are small; one that does not fit is a mistake in its recipe. */
#define BLOB_MAX_NBYTES (256u * 1024)

struct blob {
	size_t nbytes;
	bool overflow;
	uint8_t data[BLOB_MAX_NBYTES];
};

void blob_clear(struct blob *b);
void blob_add(struct blob *b, const void *data, size_t nbytes);
void blob_fill(struct blob *b, uint8_t byte, size_t nbytes);
void blob_le16(struct blob *b, unsigned value);
void blob_le32(struct blob *b, uint32_t value);
void blob_be16(struct blob *b, unsigned value);

/* A program: valid headers, code that only returns, the marks as data. */
struct pe_form {
	bool is_64bit;
	bool is_dll;
	bool is_delphi; /* section names, linker and time stamp of Delphi */
};

void body_pe(struct blob *out, const struct pe_form *form,
	     const struct blob *marks);
/* A compiled program with a section ".marks": puts the marks into it.
 * false: no such section, or it is too small. */
bool body_fill(struct blob *program, const struct blob *marks);

/* A Java class without methods whose constants are the given texts. */
struct class_constant {
	const uint8_t *text;
	size_t nbytes;
};

void body_class(struct blob *out, const struct class_constant *constants,
		size_t count);
/* A zip file with one member, stored. */
void body_zip(struct blob *out, const char *member, const struct blob *data);
/* JFIF header, then a comment segment with the marks, then the end mark. */
void body_jpeg(struct blob *out, const struct blob *marks);

/* folder_posix.c; true also if it is there already. */
bool folder_make(const char *path);

#endif

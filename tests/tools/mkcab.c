/*
 * Makes a cabinet file of some files.
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: mkcab stored|mszip|lzx CABINET NAME=FILE...
 *
 * "lzx" only says that it is: nothing can be read from it.
 */
#include "host/host.h"
#include "tests/tools/cab_maker.h"

#include <stdio.h>

#define MAX_FILES 64

/* Bytes of the file named behind '='. */
static void take(struct cab_row *row, char *text)
{
	char *file = strchr(text, '=');
	void *data = NULL;
	size_t nbytes = 0;

	if (!file ||
	    host_read_file(file + 1, (size_t)256 << 20, &data, &nbytes)) {
		fprintf(stderr, "mkcab: %s cannot be read\n", text);
		exit(1);
	}
	*file = '\0';
	row->name = text;
	row->data = data;
	row->nbytes = nbytes;
}

int main(int argc, char **argv)
{
	struct cab_row rows[MAX_FILES] = { 0 };
	struct cab_options o = { 0 };
	struct str out = STR_INIT;
	size_t count = 0;

	if (argc < 4 || argc - 3 > MAX_FILES) {
		fprintf(stderr, "usage: mkcab stored|mszip|lzx CABINET "
				"NAME=FILE...\n");
		return 64;
	}
	o.type = strcmp(argv[1], "mszip") == 0;
	for (int i = 3; i < argc; i++)
		take(&rows[count++], argv[i]);
	cab_make(&out, rows, count, &o);
	if (strcmp(argv[1], "lzx") == 0)
		bytes_put_le16((uint8_t *)out.buf + 36 + 6, 0x1503);
	if (host_write_file(argv[2], out.buf, out.len)) {
		fprintf(stderr, "mkcab: %s cannot be written\n", argv[2]);
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		mem_free((void *)(uintptr_t)rows[i].data);
	str_release(&out);
	return 0;
}

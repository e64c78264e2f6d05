/*
 * Writes a pack's folder, encoded, as C source: the built-in pack.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   mkpack FOLDER OUT.c [KEY.pub ...]
 *
 * The keys are minisign public keys that signed packs are checked with.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "match/pack.h"
#include <string.h>

#define MAX_KEY_NBYTES 4096

static void write_bytes(struct str *out, const uint8_t *data, size_t nbytes)
{
	str_add(out, "const unsigned char builtin_pack[] = {");
	for (size_t i = 0; i < nbytes; i++)
		str_addf(out, "%s%u,", i % 16 ? "" : "\n", data[i]);
	str_add(out, "\n};\n");
	str_addf(out, "const size_t builtin_pack_nbytes = %" PRIu64 ";\n",
		 (uint64_t)nbytes);
}

/* The line of a .pub file that is no comment. */
static int write_key(struct str *out, const char *path)
{
	void *data = NULL;
	size_t nbytes = 0;
	char *p;
	char *end;
	int ret;

	ret = host_read_file(path, MAX_KEY_NBYTES, &data, &nbytes);
	if (ret)
		return ret;
	p = data;
	end = p + nbytes;
	ret = ERR_CORRUPT;
	while (p < end) {
		char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((newline ? newline : end) - p);

		if (n && p[n - 1] == '\r')
			n--;
		if (n == 56 && !memchr(p, ' ', n) && !memchr(p, '"', n) &&
		    !memchr(p, '\\', n)) {
			str_add(out, "\t\"");
			str_addn(out, p, n);
			str_add(out, "\",\n");
			ret = 0;
		}
		p = newline ? newline + 1 : end;
	}
	mem_free(data);
	if (ret)
		return err_fail(ret, 0, "'%s' is no minisign public key", path);
	return 0;
}

int main(int argc, char **argv)
{
	struct str out = STR_INIT;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int ret;

	if (argc < 3) {
		fprintf(stderr, "usage: mkpack FOLDER OUT.c [KEY.pub ...]\n");
		return 64;
	}
	ret = pack_encode(argv[1], &data, &nbytes);
	if (ret)
		goto out;
	str_add(&out, "/* Written by mkpack. */\n"
		      "#include \"match/builtin.h\"\n\n");
	write_bytes(&out, data, nbytes);
	str_add(&out, "const char *const builtin_pack_keys[] = {\n");
	for (int i = 3; i < argc && !ret; i++)
		ret = write_key(&out, argv[i]);
	str_add(&out, "\tNULL,\n};\n");
	if (!ret && out.err)
		ret = err_fail(out.err, 0, "memory is short");
	if (!ret)
		ret = host_write_file(argv[2], str_text(&out), out.len);
out:
	if (ret)
		fprintf(stderr, "mkpack: %s\n", err_last()->text);
	mem_free(data);
	str_release(&out);
	return ret ? 1 : 0;
}

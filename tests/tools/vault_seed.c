/*
 * Writes what tests/fuzz/vault_fuzz.c starts from into a folder (the kept
 * ones: tests/fuzz/corpus/vault).  The same program writes the same bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   vault_seed FOLDER
 */
#include "tests/tools/vault_seal.h"

#include <stdio.h>

#define FIX_ID "00112233445566778899aabbccddeeff"

struct message {
	unsigned char tag;
	bool is_full; /* up to a whole chunk, with its last byte */
	size_t nbytes;
	unsigned char bytes[2048];
};

static struct message messages[8];
static size_t message_count;

static void add(unsigned char tag, bool is_full, const void *data,
		size_t nbytes)
{
	struct message *m = &messages[message_count++];

	m->tag = tag;
	m->is_full = is_full;
	m->nbytes = nbytes;
	memcpy(m->bytes, data, nbytes);
}

/* A description with every field; the content has so many bytes. */
static size_t make_head(unsigned char *buf, const void *hash, size_t nbytes)
{
	static const unsigned char xattrs[] = "user.a\0\3\0\0\0xyz";
	unsigned char part[9] = { 0 };
	unsigned char *p = buf;

	*p++ = 'H';
	p = seal_field(p, 1, 0, "\0\0\0\0", 4);
	p = seal_field(p, 2, 0, "C:\\a\xc0\x80\xed\xa0\x80\\mstmp.", 16);
	p = seal_field(p, 4, 0, "0123456789abcdef", 16);
	p = seal_field(p, 5, 0, "PC", 2);
	p = seal_field(p, 6, 0, FIX_ID, 32);
	p = seal_field(p, 7, 0, "\7\0\0\0", 4);
	p = seal_field(p, 8, 0, "why", 3);
	p = seal_field(p, 9, 0, "\0\x80\x3e\xd5\xde\xb1\x9d\1", 8);
	p = seal_field(p, 10, 0, hash, 32);
	seal_le(part, nbytes, 8);
	p = seal_field(p, 11, 0, part, 8);
	seal_le(part, 2, 8);
	part[8] = 's';
	p = seal_field(p, 11, 0, part, 9);
	p = seal_field(p, 32, 0, "\x27\1\0\0", 4);
	p = seal_field(p, 33, 0, FIX_ID, 32);
	p = seal_field(p, 34, 0, "MSTMP~1", 7);
	p = seal_field(p, 35, 0, "\1\0\4\x80", 4);
	p = seal_field(p, 36, 0, "\xa4\x81\0\0\0\0\0\0\0\0\0\0", 12);
	p = seal_field(p, 37, 0, FIX_ID, 16);
	p = seal_field(p, 38, 0, xattrs, sizeof(xattrs) - 1);
	p = seal_field(
		p, 39, 1,
		"\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\1\0\4\x80",
		28);
	p = seal_field(p, 40, 1, "\1\2\3\4", 4);
	p = seal_field(p, 1000, 1, "optional", 8);
	return (size_t)(p - buf);
}

static size_t make_end(unsigned char *buf, const void *hash, size_t nbytes)
{
	buf[0] = 'E';
	seal_le(buf + 1, 2, 4);
	seal_le(buf + 5, nbytes, 8);
	memcpy(buf + 13, hash, 32);
	seal_le(buf + 45, 2, 8);
	crypto_hash_sha256(buf + 53, (const unsigned char *)"de", 2);
	return 85;
}

/* An item whose content is "abc", or a whole chunk of "A" and then "abc". */
static void make_messages(bool has_chunk)
{
	static unsigned char content[65536 + 3];
	const size_t nbytes = has_chunk ? sizeof(content) : 3;
	unsigned char hash[32];
	unsigned char buf[2048];
	unsigned char data[16] = "D";

	memset(content, 'A', sizeof(content));
	memcpy(content + nbytes - 3, "abc", 3);
	crypto_hash_sha256(hash, content, nbytes);
	message_count = 0;
	add(SEAL_PUSH, false, buf, make_head(buf, hash, nbytes));
	memcpy(data + 13, "AAA", 3);
	if (has_chunk)
		add(SEAL_MESSAGE, true, data, 14);
	seal_le(data + 5, nbytes - 3, 8);
	memcpy(data + 13, "abc", 3);
	add(SEAL_PUSH, false, data, 16);
	seal_le(data + 1, 1, 4);
	seal_le(data + 5, 0, 8);
	memcpy(data + 13, "de", 2);
	add(SEAL_PUSH, false, data, 15);
	add(SEAL_FINAL, false, buf, make_end(buf, hash, nbytes));
}

static int write_seed(const char *dir, const char *name, int how,
		      const void *data, size_t nbytes)
{
	char path[1024];
	FILE *f;
	int ok;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL) {
		fprintf(stderr, "vault_seed: cannot write \"%s\"\n", path);
		return 1;
	}
	ok = fputc(how, f) != EOF && fwrite(data, 1, nbytes, f) == nbytes;
	return fclose(f) == 0 && ok ? 0 : 1;
}

static int write_messages(const char *dir, const char *name)
{
	unsigned char buf[8192];
	size_t n = 0;

	for (size_t i = 0; i < message_count; i++) {
		const struct message *m = &messages[i];

		seal_le(buf + n, m->nbytes | (m->is_full ? 0x8000 : 0), 2);
		buf[n + 2] = m->tag;
		memcpy(buf + n + 3, m->bytes, m->nbytes);
		n += 3 + m->nbytes;
	}
	return write_seed(dir, name, 2, buf, n);
}

static int write_item(const char *dir, const char *name)
{
	unsigned char buf[8192];
	struct seal s;

	seal_begin(&s, buf, sizeof(buf), 1);
	for (size_t i = 0; i < message_count; i++)
		seal_add(&s, messages[i].bytes, messages[i].nbytes,
			 messages[i].tag);
	return write_seed(dir, name, 0, buf, s.nbytes);
}

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc != 2 || sodium_init() < 0) {
		fprintf(stderr, "use: vault_seed FOLDER\n");
		return 64;
	}
	make_messages(true);
	bad |= write_messages(argv[1], "messages_chunk");
	make_messages(false);
	bad |= write_messages(argv[1], "messages");
	bad |= write_item(argv[1], "item");
	bad |= write_seed(argv[1], "description", 1, messages[0].bytes + 1,
			  messages[0].nbytes - 1);
	return bad;
}

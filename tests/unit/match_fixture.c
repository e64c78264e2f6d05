/*
 * Packs from text for the tests of matching.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match_fixture.h"
#include "base/err.h"
#include <string.h>

int fixture_pack_files(const char *const *pairs, struct pack **ret)
{
	struct pack_files files;
	int err = 0;

	pack_files_init(&files);
	for (size_t i = 0; pairs[i] && !err; i += 2)
		err = pack_files_add(&files, pairs[i], pairs[i + 1],
				     strlen(pairs[i + 1]));
	if (!err)
		err = pack_from_files(&files, "test", ret);
	pack_files_release(&files);
	return err;
}

int fixture_pack(const char *rules, struct pack **ret)
{
	const char *const pairs[] = { "rules/t.yar", rules, NULL, NULL };

	return fixture_pack_files(pairs, ret);
}

static int read_bytes(void *arg, uint64_t offset, void *buf, size_t nbytes,
		      size_t *nread_ret)
{
	struct fixture_bytes *b = arg;
	size_t end = b->fail_at < b->nbytes ? b->fail_at : b->nbytes;

	*nread_ret = 0;
	if (offset >= end)
		return 0;
	if (nbytes > end - offset)
		nbytes = (size_t)(end - offset);
	/* Short reads must be continued. */
	if (nbytes > 3)
		nbytes -= nbytes / 3;
	memcpy(buf, b->data + offset, nbytes);
	b->read_nbytes += nbytes;
	*nread_ret = nbytes;
	return 0;
}

void fixture_bytes_init(struct fixture_bytes *b, const void *data,
			size_t nbytes)
{
	memset(b, 0, sizeof(*b));
	b->data = data;
	b->nbytes = nbytes;
	b->fail_at = SIZE_MAX;
	b->source.nbytes = nbytes;
	b->source.read = read_bytes;
	b->source.arg = b;
}

uint32_t fixture_random(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	return (uint32_t)((*state >> 33) % below);
}

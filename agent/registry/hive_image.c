/*
 * The bytes of one hive, read where they are looked at.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_image.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/registry.h"

#include <string.h>

#define LARGE_NBYTES ((size_t)1 << 20)

/* One seek of a slow disk is worth about this many bytes of reading. */
#define PIECE_NBYTES ((size_t)64 << 10)

int hive_image_no_memory(uint64_t nbytes)
{
	return err_fail(nbytes > LARGE_NBYTES ? ERR_TOO_LARGE : ERR_NOMEM, 0,
			W_REGISTRY_NO_MEMORY_FOR, nbytes);
}

int hive_image_init_file(struct hive_image *img, struct host_file *file,
			 size_t nbytes)
{
	size_t pieces = nbytes / PIECE_NBYTES + 1;
	uint8_t *data = mem_zalloc(nbytes);
	uint8_t *loaded = mem_zalloc(pieces / 8 + 1);

	if (!data || !loaded) {
		mem_free(data);
		mem_free(loaded);
		return hive_image_no_memory(nbytes);
	}
	memset(img, 0, sizeof(*img));
	img->data = data;
	img->nbytes = nbytes;
	img->file = file;
	img->loaded = loaded;
	return 0;
}

void hive_image_init_memory(struct hive_image *img, uint8_t *data,
			    size_t nbytes)
{
	memset(img, 0, sizeof(*img));
	img->data = data;
	img->nbytes = nbytes;
}

void hive_image_release(struct hive_image *img)
{
	if (img->file)
		host_close(img->file);
	mem_free(img->data);
	mem_free(img->loaded);
	memset(img, 0, sizeof(*img));
}

static bool piece_is_loaded(const struct hive_image *img, size_t piece)
{
	return img->loaded[piece / 8] >> (piece % 8) & 1;
}

/*
 * A piece that cannot be read stays zero, which no parser takes for a cell,
 * and is tried again when it is next looked at.
 */
static int load_piece(struct hive_image *img, size_t piece)
{
	size_t start = piece * PIECE_NBYTES, got = 0;
	size_t n = img->nbytes - start;
	int err;

	if (n > PIECE_NBYTES)
		n = PIECE_NBYTES;
	err = host_pread(img->file, start, img->data + start, n, &got);
	if (!err && got < n)
		err = err_fail(ERR_CHANGED, 0, W_REGISTRY_BECAME_SHORTER);
	if (err) {
		memset(img->data + start, 0, n);
		img->read_failed = true;
		return err;
	}
	img->loaded[piece / 8] |= (uint8_t)(1u << (piece % 8));
	return 0;
}

static int load_range(struct hive_image *img, size_t offset, size_t nbytes)
{
	size_t last = (offset + nbytes - 1) / PIECE_NBYTES;
	int err;

	for (size_t i = offset / PIECE_NBYTES; i <= last; i++) {
		if (piece_is_loaded(img, i))
			continue;
		err = load_piece(img, i);
		if (err)
			return err;
	}
	return 0;
}

int hive_image_load_all(struct hive_image *img)
{
	int err = 0;

	if (!img->file)
		return 0;
	for (size_t at = 0; at < img->nbytes; at += PIECE_NBYTES)
		if (load_range(img, at, 1))
			err = ERR_IO;
	host_close(img->file);
	mem_free(img->loaded);
	img->file = NULL;
	img->loaded = NULL;
	return err;
}

const uint8_t *hive_image_at(struct hive_image *img, uint64_t offset,
			     size_t nbytes)
{
	if (offset > img->nbytes || nbytes > img->nbytes - offset)
		return NULL;
	if (img->file && nbytes && load_range(img, (size_t)offset, nbytes))
		return NULL;
	return img->data + offset;
}

/*
 * Any bytes as a hive and its three logs, then the result read as a hive.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Input: four lengths of four bytes (hive, LOG, LOG1, LOG2), then the bytes
 * one after the other.
 */
#include "base/mem.h"
#include "registry/registry.h"
#include "registry/replay.h"
#include "registry/replay_part.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* The hashes over log entries are made right, or no input gets past them. */
static void seal_entries(uint8_t *log, size_t nbytes)
{
	for (size_t at = 512; at + 40 <= nbytes; at += 512) {
		uint8_t *e = log + at;
		uint32_t size = bytes_le32(e + 4);

		if (memcmp(e, "HvLE", 4) || size < 40 || size > nbytes - at)
			continue;
		bytes_put_le64(e + 24, replay_marvin(e + 40, size - 40));
		bytes_put_le64(e + 32, replay_marvin(e, 32));
	}
}

static void seal_base(uint8_t *p, size_t nbytes)
{
	if (nbytes >= REGF_BASE_NBYTES)
		bytes_put_le32(p + 508, regf_checksum(p));
}

/* Next part of the input, never longer than what is left; a copy. */
static uint8_t *take(const uint8_t **data, size_t *nbytes, uint32_t want,
		     size_t *nbytes_ret)
{
	size_t n = want < *nbytes ? want : *nbytes;
	uint8_t *p = mem_dup(*data, n);

	*data += n;
	*nbytes -= n;
	*nbytes_ret = n;
	return p;
}

static int ignore(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 0;
}

static void read_it(const uint8_t *hive, size_t nbytes)
{
	struct reg_root *root;
	struct reg_key *key;

	if (reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root))
		return;
	if (!reg_open_key(root, "Key", &key)) {
		reg_each_subkey(key, ignore, NULL);
		reg_close_key(key);
	}
	reg_close(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct bytes logs[REPLAY_LOGS];
	uint8_t *copies[REPLAY_LOGS], *hive;
	struct replay_report report;
	uint32_t lengths[4];
	size_t hive_nbytes, before;

	if (nbytes < 16)
		return 0;
	for (int i = 0; i < 4; i++)
		lengths[i] = bytes_le32(data + 4 * i);
	data += 16;
	nbytes -= 16;
	hive = take(&data, &nbytes, lengths[0] & 0x7fffffff, &hive_nbytes);
	if (lengths[0] & 0x80000000u)
		seal_base(hive, hive_nbytes);
	for (int i = 0; i < REPLAY_LOGS; i++) {
		copies[i] =
			take(&data, &nbytes, lengths[i + 1], &logs[i].nbytes);
		logs[i].data = copies[i];
		seal_base(copies[i], logs[i].nbytes);
		seal_entries(copies[i], logs[i].nbytes);
	}
	before = hive_nbytes;
	if (!replay_run(&hive, &hive_nbytes, logs, &report)) {
		/* What it grows by is in the logs, but for one cell. */
		for (int i = 0; i < REPLAY_LOGS; i++)
			before += logs[i].nbytes;
		if (hive_nbytes > before + (1 << 20))
			abort();
		read_it(hive, hive_nbytes);
	}
	mem_free(hive);
	for (int i = 0; i < REPLAY_LOGS; i++)
		mem_free(copies[i]);
	return 0;
}

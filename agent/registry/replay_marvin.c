/*
 * Marvin32, the hash over log entries.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/replay_part.h"

/*
 * The seed in Windows' kernel.  The regf specification prints its bytes in
 * the other order; logs of Windows 10 show that this one is meant.
 */
#define SEED UINT64_C(0x82ef4d887a4e55c5)

static uint32_t rotate(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void mix(uint32_t *low, uint32_t *high, uint32_t word)
{
	*low += word;
	*high ^= *low;
	*low = rotate(*low, 20) + *high;
	*high = rotate(*high, 9) ^ *low;
	*low = rotate(*low, 27) + *high;
	*high = rotate(*high, 19);
}

uint64_t replay_marvin(const uint8_t *p, size_t nbytes)
{
	uint32_t low = (uint32_t)SEED, high = (uint32_t)(SEED >> 32);
	uint32_t last = 0x80;
	size_t rest = nbytes % 4;

	for (; nbytes >= 4; nbytes -= 4, p += 4)
		mix(&low, &high, bytes_le32(p));
	for (size_t i = rest; i > 0; i--)
		last = last << 8 | p[i - 1];
	mix(&low, &high, last);
	mix(&low, &high, 0);
	return (uint64_t)high << 32 | low;
}

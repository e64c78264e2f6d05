/*
 * hivex writes in the buffer it reads: see hivex_shim.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hivex.h"
#include "hivex-internal.h"

void hivex_shim_let_write(hive_h *h)
{
	h->writable = 1;
}

size_t hivex_shim_stop_writing(hive_h *h)
{
	h->writable = 0;
	return h->endpages;
}

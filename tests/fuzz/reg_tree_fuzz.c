/*
 * Fuzz saved keys: what is decoded is encoded to the very same bytes, and
 * can be compared and written as text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "registry/reg_tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct reg_tree *t = NULL;
	struct str text = STR_INIT;
	uint8_t *again = NULL;
	size_t n = 0;

	if (reg_tree_decode(data, nbytes, &t))
		return 0;
	if (reg_tree_encode(t, &again, &n) || n != nbytes ||
	    memcmp(again, data, n) != 0)
		abort();
	if (reg_tree_differs(t, t, REG_TREE_NO_ORDER, NULL) ||
	    reg_tree_differs(t, t, 0, NULL))
		abort();
	reg_tree_to_reg(t, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Fuzz", &text);
	if (strlen(str_text(&text)) != text.len)
		abort();
	str_release(&text);
	mem_free(again);
	reg_tree_free(t);
	return 0;
}

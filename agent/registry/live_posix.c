/*
 * There is no live Windows registry on this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/registry.h"

#include "base/err.h"
#include "words/registry.h"

int reg_open_live(enum reg_live_root which, enum reg_view view, reg_gap_fn gap,
		  void *gap_arg, struct reg_root **ret)
{
	(void)which;
	(void)view;
	(void)gap;
	(void)gap_arg;
	(void)ret;
	return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NO_LIVE);
}

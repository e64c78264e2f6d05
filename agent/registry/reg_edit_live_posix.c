/*
 * There is no running Windows registry on this host.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_edit.h"

#include "base/err.h"
#include "words/registry.h"

int reg_edit_live(enum reg_live_root which, struct reg_edit **ret)
{
	(void)which;
	(void)ret;
	return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NO_LIVE);
}

/*
 * There is no live target on Linux: target_open() refuses it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/protect_private.h"

#include "base/err.h"
#include "words/trust.h"

static int refuse(const struct protect_subject *s)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_TRUST_WINDOWS_ONLY, s->wpath);
}

int protect_check_live(struct protect *p, const struct protect_subject *s,
		       struct protect_result *ret)
{
	(void)p;
	(void)ret;
	return refuse(s);
}

int protect_signed_live(struct protect *p, const struct protect_subject *s,
			struct protect_result *ret)
{
	(void)p;
	(void)ret;
	return refuse(s);
}

/*
 * mstmpsweep undo: what fix did, taken back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "host/host.h"
#include "words/undo.h"

static int undo(struct console *c, bool item)
{
	struct session_choice choice;
	struct session_fix_result r;
	int ret;

	console_choice(c->o, &choice);
	if (item)
		(void)session_undo_item(c->session, c->o->vault, c->o->out, &r);
	else
		(void)session_undo(c->session, &choice, &r);
	ret = console_code(c, &r.facts);
	session_fix_release(&r);
	return ret;
}

int cmd_undo(const struct options *o)
{
	struct console c;
	struct host_stat st;
	bool item;
	int ret;

	if (o->vault && host_stat(o->vault, true, &st)) {
		complain_last(W_UNDO_WHAT_VAULT);
		return EXIT_NO_START;
	}
	item = o->vault && st.type == HOST_FILE;
	if (o->out && !item) {
		complain("%s", W_UNDO_OUT_OF_ITEM);
		return EXIT_USAGE;
	}
	/* To write an item into a file no Windows is needed. */
	ret = console_open(&c, o, !item || !o->out);
	if (!ret) {
		ret = undo(&c, item);
		session_close(c.session);
	}
	return ret;
}

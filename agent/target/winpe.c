/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/winpe.h"
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/control_set.h"

#include <string.h>

#define CURRENT "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

/* As one of the words that blanks and slashes part. */
static bool has_word(const char *text, const char *word)
{
	while (*text) {
		const size_t n = strcspn(text, " \t/");

		if (n == strlen(word) && ascii_ncasecmp(text, word, n) == 0)
			return true;
		text += n + (text[n] != '\0');
	}
	return false;
}

static bool is_on_x(const char *system_root)
{
	return system_root && ascii_istarts_with(system_root, "X:");
}

/*
 * Control\MiniNT is what tools go by (google/glazier), and drive X:, where
 * Windows PE has itself.  Builders of rescue sticks take the key away again,
 * because some programs refuse to run where it is; what the loader told the
 * kernel (MININT) stays, and the version key.
 *
 * Malware makes the key on normal PCs, since the event log stops where it is
 * (Sigma rule "Disable Security Events Logging Adding Reg Key MiniNt").  To
 * examine such a PC after all would mean to call some stick clean that was
 * built otherwise than we thought; to stop at the key keeps nobody from the
 * truth, as it is loud, never "clean", and says how to go on.  So the key alone
 * is enough to refuse, and only the words depend on what else there is.
 */
enum winpe winpe_decide(const struct winpe_facts *f)
{
	if (f->start_options && has_word(f->start_options, "MININT"))
		return WINPE_YES;
	if (f->has_version && is_on_x(f->system_root))
		return WINPE_YES;
	if (!f->has_minint)
		return WINPE_NO;
	return f->has_version || is_on_x(f->system_root) ? WINPE_YES
							 : WINPE_CLAIMED;
}

static void no_gap(void *arg, const char *key_path, const char *why)
{
	(void)arg;
	(void)key_path;
	(void)why;
}

/* One that may not be opened is there. */
static bool has_key(struct reg_root *root, const char *above, const char *name)
{
	char *path = wpath_append(above, name);
	struct reg_key *key = NULL;
	const int err = path ? reg_open_key(root, path, &key) : err_nomem();

	mem_free(path);
	if (err)
		return err != ERR_NOT_FOUND;
	reg_close_key(key);
	return true;
}

static enum winpe ask(struct reg_root *root, const char *control)
{
	char *options =
		reg_root_get_text(root, control, "SystemStartOptions", NULL);
	char *windows = reg_root_get_text(root, CURRENT, "SystemRoot", NULL);
	const struct winpe_facts f = {
		.has_minint = has_key(root, control, "MiniNT"),
		.has_version = has_key(root, CURRENT, "WinPE"),
		.start_options = options,
		.system_root = windows,
	};
	const enum winpe ret = winpe_decide(&f);

	mem_free(windows);
	mem_free(options);
	return ret;
}

enum winpe target_winpe(void)
{
	struct reg_root *root = NULL;
	char *control = NULL;
	enum winpe ret = WINPE_NO;

	if (reg_open_live(REG_LIVE_MACHINE, REG_VIEW_64, no_gap, NULL, &root))
		return WINPE_NO;
	if (!reg_control_path(root, "Control", &control))
		ret = ask(root, control);
	mem_free(control);
	reg_close(root);
	return ret;
}

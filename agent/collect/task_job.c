/*
 * Tasks of Windows up to XP: .job files ([MS-TSCH] 2.4).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/task_file.h"

#include <string.h>

/* FIXDLEN_DATA */
#define FIXED_NBYTES	68u
#define FILE_VERSION_AT 2u
#define NAME_OFFSET_AT	20u
#define FLAGS_AT	48u
#define FLAG_DISABLED	0x4u

void task_file_release(struct task_file *f)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		mem_free(f->actions[i].command);
		mem_free(f->actions[i].clsid);
		mem_free(f->actions[i].folder);
	}
	memset(f, 0, sizeof(*f));
}

/*
 * The program and its arguments as one line: in quotes a name with blanks, or
 * with a variable, which may stand for some.
 */
static char *command_line(const char *command, const char *arguments)
{
	const bool wants_quotes = *command != '"' && strpbrk(command, " \t%");
	struct str line = STR_INIT;

	str_addf(&line, wants_quotes ? "\"%s\"" : "%s", command);
	if (arguments && *arguments)
		str_addf(&line, " %s", arguments);
	return str_detach(&line);
}

void task_texts_release(struct task_texts *t)
{
	mem_free(t->command);
	mem_free(t->arguments);
	mem_free(t->folder);
	mem_free(t->clsid);
	memset(t, 0, sizeof(*t));
}

int task_add(struct task_file *f, struct task_texts *texts)
{
	const bool is_class = texts->clsid && *texts->clsid;
	struct task_action a = { .command = NULL };
	int err = 0;

	if (!is_class && (!texts->command || !*texts->command))
		goto out;
	if (f->count == TASK_MAX_ACTIONS) {
		f->was_cut = true;
		goto out;
	}
	if (is_class) {
		a.clsid = texts->clsid;
		texts->clsid = NULL;
	} else {
		a.command = command_line(texts->command, texts->arguments);
		if (!a.command) {
			err = ERR_NOMEM;
			goto out;
		}
		a.folder = texts->folder;
		texts->folder = NULL;
	}
	f->actions[f->count++] = a;
out:
	task_texts_release(texts);
	return err;
}

/* A counted text, and the final NUL in the count; ERR_CORRUPT: cut off. */
static int take_text(const uint8_t *data, size_t nbytes, size_t *at, char **ret)
{
	struct str text = STR_INIT;
	size_t count;

	if (nbytes - *at < 2)
		return ERR_CORRUPT;
	count = bytes_le16(data + *at);
	*at += 2;
	if (count > (nbytes - *at) / 2)
		return ERR_CORRUPT;
	for (size_t i = 0; i < count; i++) {
		if (data[*at + 2 * i] || data[*at + 2 * i + 1])
			continue;
		utf_from_utf16le(&text, data + *at, i);
		goto out;
	}
	utf_from_utf16le(&text, data + *at, count);
out:
	*at += 2 * count;
	str_add(&text, "");
	*ret = str_detach(&text);
	return *ret ? 0 : ERR_NOMEM;
}

int task_read_job(const uint8_t *data, size_t nbytes, struct task_file *ret)
{
	struct task_texts texts = { .command = NULL };
	size_t at;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (nbytes < FIXED_NBYTES || bytes_le16(data + FILE_VERSION_AT) != 1)
		return ERR_CORRUPT;
	ret->is_disabled = (bytes_le32(data + FLAGS_AT) & FLAG_DISABLED) != 0;
	at = bytes_le16(data + NAME_OFFSET_AT);
	if (at < FIXED_NBYTES || at > nbytes)
		return ERR_CORRUPT;
	err = take_text(data, nbytes, &at, &texts.command);
	if (err)
		return err;
	err = take_text(data, nbytes, &at, &texts.arguments);
	if (!err)
		err = take_text(data, nbytes, &at, &texts.folder);
	if (err == ERR_CORRUPT) {
		ret->was_cut = true;
		err = 0;
	}
	if (err) {
		task_texts_release(&texts);
		return err;
	}
	return task_add(ret, &texts);
}

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
	}
	memset(f, 0, sizeof(*f));
}

/* The program and its arguments as one line; a name with blanks in quotes. */
static char *command_line(const char *command, const char *arguments)
{
	const bool wants_quotes = *command != '"' && strchr(command, ' ');
	struct str line = STR_INIT;

	str_addf(&line, wants_quotes ? "\"%s\"" : "%s", command);
	if (arguments && *arguments)
		str_addf(&line, " %s", arguments);
	return str_detach(&line);
}

int task_add(struct task_file *f, char *command, char *arguments, char *clsid)
{
	char *line = NULL;
	int err = 0;

	if (clsid && *clsid) {
		line = mem_strdup(clsid);
		err = line ? 0 : ERR_NOMEM;
	} else if (command && *command) {
		line = command_line(command, arguments);
		err = line ? 0 : ERR_NOMEM;
	}
	if (line && f->count == TASK_MAX_ACTIONS) {
		f->was_cut = true;
		mem_free(line);
	} else if (line && clsid && *clsid) {
		f->actions[f->count++].clsid = line;
	} else if (line) {
		f->actions[f->count++].command = line;
	}
	mem_free(command);
	mem_free(arguments);
	mem_free(clsid);
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
	char *command = NULL, *arguments = NULL;
	size_t at;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (nbytes < FIXED_NBYTES || bytes_le16(data + FILE_VERSION_AT) != 1)
		return ERR_CORRUPT;
	ret->is_disabled = (bytes_le32(data + FLAGS_AT) & FLAG_DISABLED) != 0;
	at = bytes_le16(data + NAME_OFFSET_AT);
	if (at < FIXED_NBYTES || at > nbytes)
		return ERR_CORRUPT;
	err = take_text(data, nbytes, &at, &command);
	if (err)
		return err;
	err = take_text(data, nbytes, &at, &arguments);
	if (err == ERR_CORRUPT) {
		ret->was_cut = true;
		err = 0;
	}
	if (err) {
		mem_free(command);
		return err;
	}
	return task_add(ret, command, arguments, NULL);
}

/*
 * Services and drivers: the program of ImagePath, or the DLL that svchost.exe
 * loads for one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/command.h"
#include "collect/server.h"
#include "collect/walk.h"

#include <string.h>

/* Types and starts of SERVICE_* in winsvc.h. */
#define TYPE_DRIVERS   0x0bu /* kernel, file system, recognizer */
#define TYPE_PROGRAMS  0x30u
#define START_DISABLED 4u

/* 0: there is none, or it has its gap. */
static uint32_t number_of(struct gap_sink *gaps, struct reg_key *key,
			  const char *path, const char *name)
{
	struct reg_value v;
	uint32_t n = 0;
	int err = reg_get_value(key, name, &v);

	place_unreadable(gaps, err, path, name);
	if (err)
		return 0;
	if (!reg_value_u32(&v, &n))
		n = 0;
	reg_value_release(&v);
	return n;
}

static char *text_of(struct gap_sink *gaps, struct reg_key *key,
		     const char *path, const char *name, uint32_t *type_ret)
{
	char *text = place_get_server(gaps, key, path, name, name, type_ret);

	if (text && *text)
		return text;
	mem_free(text);
	return NULL;
}

/* Below Parameters, and from Windows 8 on in the key itself, too. */
static char *service_dll(struct points_walk *w, struct reg_key *key,
			 const struct entry *e, uint32_t *type_ret)
{
	struct reg_key *parameters = NULL;
	char *text = NULL;
	int err =
		place_open(w->z.gaps, key, e->path, "Parameters", &parameters);

	place_unreadable(w->z.gaps, err, e->path, "Parameters");
	if (!err)
		text = text_of(w->z.gaps, parameters, e->path, "ServiceDll",
			       type_ret);
	reg_close_key(parameters);
	return text ? text
		    : text_of(w->z.gaps, key, e->path, "ServiceDll", type_ret);
}

/*
 * Windows' own svchost.exe alone: any other program of that name, or with that
 * name among its arguments, is started itself.
 */
static bool is_svchost(struct points_walk *w, const char *image)
{
	static const char *const folders[] = { "System32", "SysWOW64" };
	const char *windows = target_variable(w->z.t, NULL, 0, "SystemRoot");
	const int native = w->z.is_64bit ? 64 : 32;
	char *line = target_expand(w->z.t, NULL, native, image);
	struct str name = STR_INIT, raw = STR_INIT, own = STR_INIT;
	const char *rest;
	char *path = NULL;
	bool is = false;

	if (windows && line && command_name(line, 0, &name, &rest) &&
	    !str_addf(&raw, "\"%s\"", str_text(&name)))
		path = server_normalise_form(w->z.t, NULL, native,
					     str_text(&raw), NULL);
	for (size_t i = 0; path && !is && i < 2; i++) {
		str_clear(&own);
		str_addf(&own, "%s\\%s\\svchost.exe", windows, folders[i]);
		is = !own.err && utf_casecmp(path, str_text(&own)) == 0;
	}
	mem_free(path);
	mem_free(line);
	str_release(&own);
	str_release(&raw);
	str_release(&name);
	return is;
}

/* Without ImagePath a driver is the file of its name. */
static char *driver_of_name(const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "System32\\drivers\\%s.sys", name);
	return str_detach(&path);
}

static void read_image(struct points_walk *w, struct reg_key *key,
		       struct entry *e)
{
	const uint32_t type = number_of(w->z.gaps, key, e->path, "Type");
	char *dll = NULL;
	uint32_t dll_type;

	e->is_driver = (type & TYPE_DRIVERS) && !(type & TYPE_PROGRAMS);
	if (e->is_driver)
		e->loader = "kernel";
	e->exec = text_of(w->z.gaps, key, e->path, "ImagePath", &e->exec_type);
	if (!e->exec && e->is_driver) {
		e->exec = driver_of_name(e->name);
		e->exec_type = REG_TYPE_SZ;
	}
	/* What it runs there is the subject, and has a row of its own. */
	if (e->exec && !e->is_driver && is_svchost(w, e->exec))
		dll = service_dll(w, key, e, &dll_type);
	if (dll) {
		mem_free(e->exec);
		e->exec = NULL;
	}
	mem_free(dll);
}

int walk_service(struct points_walk *w, struct reg_key *key, struct entry *e)
{
	mem_free(e->label);
	e->label = place_get_text(w->z.gaps, key, e->path, "DisplayName");
	if (number_of(w->z.gaps, key, e->path, "Start") == START_DISABLED)
		e->why_not = "disabled";
	if (e->row->point == POINT_SERVICE_DLL) {
		e->exec = service_dll(w, key, e, &e->exec_type);
		e->loader = "svchost.exe";
	} else {
		read_image(w, key, e);
	}
	return entry_emit_programs(w, e);
}

/*
 * The table of extension points (threat.md 8): add a row, and the walker,
 * the documentation and the tests follow.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/points.h"

#define IE	 "Microsoft\\Internet Explorer\\"
#define EXPLORER "Microsoft\\Windows\\CurrentVersion\\Explorer\\"

static const struct point_row rows[] = {
	{ POINT_BHO, POINT_BASE_SOFTWARE, EXPLORER "Browser Helper Objects",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_NAME, 1,
	  POINT_IS_ADDON | POINT_MACHINE_ONLY, SIDE_ALL,
	  "browser helper objects, loaded into every window" },
	/* Entries may sit one subkey deeper. */
	{ POINT_MIME_FILTER, POINT_BASE_CLASSES, "PROTOCOLS\\Filter",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_VALUE, 2, 0, SIDE_ALL,
	  "MIME filters, loaded for every page of that type" },
	{ POINT_PROTOCOL_HANDLER, POINT_BASE_CLASSES, "PROTOCOLS\\Handler",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_VALUE, 2, 0, SIDE_ALL,
	  "protocol handlers, loaded for every address of that scheme" },
	{ POINT_NAMESPACE_HANDLER, POINT_BASE_CLASSES,
	  "PROTOCOLS\\Name-Space Handler", POINT_ENTRY_SUBKEY,
	  POINT_CLSID_VALUE, 3, 0, SIDE_ALL,
	  "name-space handlers in front of a protocol" },
	{ POINT_TOOLBAR, POINT_BASE_SOFTWARE, IE "Toolbar", POINT_ENTRY_VALUE,
	  POINT_CLSID_NAME, 1, POINT_IS_ADDON, SIDE_ALL, "toolbars" },
	{ POINT_TOOLBAR, POINT_BASE_SOFTWARE, IE "Toolbar\\ShellBrowser",
	  POINT_ENTRY_VALUE, POINT_CLSID_NAME, 1, POINT_IS_ADDON, SIDE_ALL,
	  "toolbars shown in Explorer windows" },
	{ POINT_TOOLBAR, POINT_BASE_SOFTWARE, IE "Toolbar\\WebBrowser",
	  POINT_ENTRY_VALUE, POINT_CLSID_NAME, 1, POINT_IS_ADDON, SIDE_ALL,
	  "toolbars shown in browser windows" },
	{ POINT_URL_SEARCH_HOOK, POINT_BASE_SOFTWARE, IE "URLSearchHooks",
	  POINT_ENTRY_VALUE, POINT_CLSID_NAME, 1, 0, SIDE_ALL,
	  "URL search hooks, asked about every unfinished address" },
	{ POINT_EXPLORER_BAR, POINT_BASE_SOFTWARE, IE "Explorer Bars",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_NAME, 1, POINT_IS_ADDON, SIDE_ALL,
	  "explorer bars" },
	{ POINT_EXTENSION_BUTTON, POINT_BASE_SOFTWARE, IE "Extensions",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_BUTTON, 1, POINT_IS_ADDON, SIDE_ALL,
	  "buttons and menu items" },
	/*
	 * TROJ_MONKIF.SMKP writes its class to Software\CLSID; no Windows
	 * looks there.
	 */
	{ POINT_SOFTWARE_CLSID, POINT_BASE_SOFTWARE, "CLSID",
	  POINT_ENTRY_SUBKEY, POINT_CLSID_SELF, 1, POINT_WRONG_PLACE, SIDE_ALL,
	  "classes written below Software instead of Classes" },
};

size_t points_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const struct point_row *points_row(size_t index)
{
	return index < points_count() ? &rows[index] : NULL;
}

static const char *clsid_words(const struct point_row *row)
{
	switch (row->clsid) {
	case POINT_CLSID_VALUE:
		return "value CLSID of the subkey";
	case POINT_CLSID_BUTTON:
		return "values ClsidExtension, BandCLSID, CLSID or Exec";
	case POINT_CLSID_SELF:
		return "name of the subkey, which is the class itself";
	case POINT_CLSID_NAME:
		break;
	}
	return row->entry == POINT_ENTRY_VALUE ? "name of the value"
					       : "name of the subkey";
}

static void describe_sides(struct str *out, unsigned sides)
{
	static const char *const words[] = { "class", "ProgID",
					     "TypeLib and Interface", "AppID" };
	const char *comma = "";
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(sides & 1u << i))
			continue;
		str_addf(out, "%s%s", comma, words[i]);
		comma = ", ";
	}
}

int points_describe(struct str *out)
{
	size_t i;

	for (i = 0; i < points_count(); i++) {
		const struct point_row *row = &rows[i];

		str_addf(out, "%s: %s\n", point_name(row->point), row->help);
		if (row->base == POINT_BASE_CLASSES)
			str_addf(out,
				 "  key    HKLM\\SOFTWARE\\Classes\\%s,"
				 " HKU\\<SID>_Classes\\%s\n",
				 row->key, row->key);
		else
			str_addf(out,
				 "  key    HKLM\\SOFTWARE[\\Wow6432Node]\\%s,"
				 " HKU\\<SID>\\Software\\%s\n",
				 row->key, row->key);
		str_addf(out, "  class  %s\n", clsid_words(row));
		str_add(out, "  sides  ");
		describe_sides(out, row->sides);
		str_add(out, "\n");
		if (row->flags & POINT_MACHINE_ONLY)
			str_add(out, "  note   read from HKLM only; an entry"
				     " of a user is listed\n");
		if (row->flags & POINT_WRONG_PLACE)
			str_add(out, "  note   listed, never loaded\n");
		if (row->depth > 1)
			str_addf(out, "  note   entries down to level %u\n",
				 row->depth);
	}
	return out->err;
}

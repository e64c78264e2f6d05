/*
 * The table of extension points as text, for people and documentation.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/points.h"

static void describe_place(struct str *out, const struct point_row *row)
{
	str_add(out, "  key    ");
	switch (row->base) {
	case POINT_BASE_CLASSES:
		str_addf(out,
			 "HKLM\\SOFTWARE\\Classes\\%s,"
			 " HKU\\<SID>_Classes\\%s\n",
			 row->key, row->key);
		return;
	case POINT_BASE_CONTROL_SET:
		str_addf(out, "HKLM\\SYSTEM\\<control set in use>\\%s\n",
			 row->key);
		return;
	case POINT_BASE_WINDOWS_FOLDER:
		str_addf(out, "%%SystemRoot%%\\%s\n", row->key);
		return;
	case POINT_BASE_SOFTWARE:
		break;
	}
	if (!(row->flags & POINT_NOT_OF_MACHINE))
		str_addf(out, "HKLM\\SOFTWARE%s\\%s",
			 row->flags & POINT_NATIVE_VIEW ? ""
							: "[\\Wow6432Node]",
			 row->key);
	if (!(row->flags & (POINT_NOT_OF_MACHINE | POINT_NOT_OF_USERS)))
		str_add(out, ", ");
	if (!(row->flags & POINT_NOT_OF_USERS))
		str_addf(out, "HKU\\<SID>\\Software\\%s", row->key);
	str_add(out, "\n");
}

static const char *class_words(const struct point_row *row)
{
	switch (row->leads) {
	case LEADS_BY_VALUE:
		return "value CLSID of the subkey";
	case LEADS_BY_BUTTON:
		return "values ClsidExtension, BandCLSID, CLSID or Exec";
	case LEADS_BY_SELF:
		return "name of the subkey, which is the class itself";
	case LEADS_BY_DATA:
		return "data of the value";
	default:
		return row->entry == POINT_ENTRY_SUBKEY ? "name of the subkey"
							: "name of the value";
	}
}

/* "Shell|Userinit" as "Shell, Userinit" */
static void add_values(struct str *out, const char *values)
{
	for (; *values; values++) {
		if (*values == '|')
			str_add(out, ", ");
		else
			str_addch(out, *values);
	}
}

static void describe_program(struct str *out, const struct point_row *row)
{
	const char *what = row->leads == LEADS_BY_FILE ? "file" : "program";

	str_addf(out, "  %-7s", what);
	if (row->entry == POINT_ENTRY_FILE)
		str_add(out, "command, or class, that the file names");
	else if (row->entry == POINT_ENTRY_TEXT_VALUE)
		str_add(out, "data of each value");
	else if (!row->values)
		str_add(out, "default value of the subkey");
	else if (row->entry == POINT_ENTRY_SUBKEY)
		str_add(out, "value of the subkey: ");
	else
		str_add(out, "value: ");
	if (row->values)
		add_values(out, row->values);
	if (row->separators)
		str_add(out, " (each of the list)");
	str_add(out, "\n");
}

static void describe_sides(struct str *out, unsigned sides)
{
	static const char *const words[] = { "class", "ProgID",
					     "TypeLib and Interface", "AppID" };
	const char *comma = "";
	size_t i;

	str_add(out, "  sides  ");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(sides & 1u << i))
			continue;
		str_addf(out, "%s%s", comma, words[i]);
		comma = ", ";
	}
	str_add(out, "\n");
}

static void describe_notes(struct str *out, const struct point_row *row)
{
	if (row->flags & POINT_MACHINE_ONLY)
		str_add(out, "  note   read from HKLM only; an entry of a user"
			     " is listed\n");
	if (row->flags & POINT_WRONG_PLACE)
		str_add(out, "  note   listed, never loaded\n");
	if (row->flags & POINT_UNTIL_XP)
		str_add(out, "  note   loaded up to Windows XP and Server"
			     " 2003; listed on later ones\n");
	if (row->flags & POINT_LISTED_ONLY)
		str_add(out, "  note   a quick scan reads its files only"
			     " outside the Windows folder\n");
	if (row->depth > 1)
		str_addf(out, "  note   entries down to level %u\n",
			 row->depth);
}

int points_describe(struct str *out)
{
	size_t i;

	for (i = 0; i < points_count(); i++) {
		const struct point_row *row = points_row(i);

		str_addf(out, "%s: %s\n", point_name(row->point), row->help);
		describe_place(out, row);
		if (point_leads_to_class(row)) {
			str_addf(out, "  class  %s\n", class_words(row));
			describe_sides(out, row->sides);
		} else {
			describe_program(out, row);
		}
		describe_notes(out, row);
	}
	return out->err;
}

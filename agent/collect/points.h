/*
 * The table of extension points: where Internet Explorer loads other
 * people's code (threat.md 8).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_POINTS_H
#define COLLECT_POINTS_H

#include "collect/registration.h"

/* Below what the key lies, and with it how the views are split. */
enum point_base {
	/*
	 * HKLM\SOFTWARE\<key> (64) and HKLM\SOFTWARE\Wow6432Node\<key> (32);
	 * HKCU\Software\<key> is shared.
	 */
	POINT_BASE_SOFTWARE,
	/*
	 * The classes: shared on 64-bit Windows 7 and later, split before;
	 * of the machine, of UsrClass.dat, of NTUSER.DAT where real.
	 */
	POINT_BASE_CLASSES
};

/* What below the key is one registration. */
enum point_entry {
	POINT_ENTRY_SUBKEY, /* every subkey */
	POINT_ENTRY_VALUE   /* every value whose name looks like a CLSID */
};

/* Where an entry says which class it is. */
enum point_clsid {
	POINT_CLSID_NAME,   /* its own name */
	POINT_CLSID_VALUE,  /* value CLSID of the subkey, or one below */
	POINT_CLSID_BUTTON, /* ClsidExtension, BandCLSID, CLSID or Exec */
	POINT_CLSID_SELF    /* its name, and the subkey is the class key */
};

enum {
	/* Manage Add-ons, policy and kill bit govern it. */
	POINT_IS_ADDON = 1,
	/* Internet Explorer reads the machine's list only. */
	POINT_MACHINE_ONLY = 2,
	/* No Windows loads from there. */
	POINT_WRONG_PLACE = 4
};

/* Side keys that may belong to a registration here. */
enum {
	SIDE_CLASS = 1,
	SIDE_PROGID = 2,
	SIDE_TYPELIB = 4, /* with the interfaces that name it */
	SIDE_APPID = 8,
	SIDE_ALL = 15
};

struct point_row {
	enum point point;
	enum point_base base;
	const char *key;
	enum point_entry entry;
	enum point_clsid clsid;
	unsigned depth; /* subkey levels that are looked at */
	unsigned flags;
	unsigned sides;
	const char *help;
};

size_t points_count(void);
const struct point_row *points_row(size_t index);
/* The table as text for people and for the documentation. */
int points_describe(struct str *out);

#endif

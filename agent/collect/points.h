/*
 * The table of extension points: where Internet Explorer (FACTS.md 8) and
 * Windows itself load or start other people's programs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sources for Windows' own: Microsoft, "Run and RunOnce Registry Keys",
 * "Winlogon and GINA", "AppInit DLLs and Secure Boot", "Image File Execution
 * Options", "Task Scheduler File Format" ([MS-TSCH] 2.4), and the public list
 * of places that Sysinternals Autoruns shows.
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
	POINT_BASE_CLASSES,
	/* HKLM\SYSTEM\<control set in use>\<key>; no view. */
	POINT_BASE_CONTROL_SET,
	/* Files: %SystemRoot%\<key>. */
	POINT_BASE_WINDOWS_FOLDER
};

/* What below the key is one registration. */
enum point_entry {
	POINT_ENTRY_SUBKEY,	 /* every subkey */
	POINT_ENTRY_CLSID_VALUE, /* every value whose name looks like a CLSID */
	POINT_ENTRY_TEXT_VALUE,	 /* every value that is a text */
	POINT_ENTRY_NAMED_VALUE, /* the values in `values` */
	POINT_ENTRY_FILE	 /* every file */
};

/* How an entry leads to a program. */
enum point_leads {
	/* By a class, … */
	LEADS_BY_NAME,	 /* which is its own name */
	LEADS_BY_VALUE,	 /* value CLSID of the subkey, or one below */
	LEADS_BY_BUTTON, /* ClsidExtension, BandCLSID, CLSID or Exec */
	LEADS_BY_SELF,	 /* its name, and the subkey is the class key */
	LEADS_BY_DATA,	 /* data of the value */
	/* … or by a text in its data, or in the value `values`: */
	LEADS_BY_COMMAND, /* a command line, as CreateProcess takes it */
	LEADS_BY_FILE,	  /* the path of a DLL, or a URL */
	LEADS_BY_SERVICE, /* ImagePath and ServiceDll */
	LEADS_BY_JOB,	  /* what a .job file names */
	LEADS_BY_TASK	  /* what a task's XML names */
};

enum {
	/* Manage Add-ons, policy and kill bit govern it. */
	POINT_IS_ADDON = 1,
	/* Internet Explorer reads the machine's list only. */
	POINT_MACHINE_ONLY = 2,
	/* No Windows loads from there. */
	POINT_WRONG_PLACE = 4,
	/* Only of the machine: no list of a user is looked for. */
	POINT_NOT_OF_USERS = 8,
	/* Only of users. */
	POINT_NOT_OF_MACHINE = 16,
	/* Only of the view that is Windows' own. */
	POINT_NATIVE_VIEW = 32,
	/* No Windows from Vista on reads it. */
	POINT_UNTIL_XP = 64,
	/* The loader is no process of the browser. */
	POINT_NO_BROWSER = 128,
	/* A quick scan lists it, and reads its files only where they lie
	 * outside the Windows folder. */
	POINT_LISTED_ONLY = 256
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
	enum point_leads leads;
	/* LEADS_BY_COMMAND, LEADS_BY_FILE: the values that say so, '|'
	 * between; NULL: each. */
	const char *values;
	/* A value holds several, with one of these between; NULL: one. */
	const char *separators;
	unsigned depth; /* subkey levels that are looked at */
	unsigned flags;
	unsigned sides;
};

size_t points_count(void);
const struct point_row *points_row(size_t index);
/* Whether its entries name a class, not a program. */
bool point_leads_to_class(const struct point_row *row);
/* Whether `name` is one of row->values. */
bool point_names_value(const struct point_row *row, const char *name);

#endif

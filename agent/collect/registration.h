/*
 * Registrations: what Internet Explorer or Windows would load, and from where.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The walker reads the extension points of one table (points.c), for the
 * machine and every user, in both views, and resolves each CLSID as Internet
 * Explorer at medium integrity does (CONTRACT.md 6), each command line as
 * CreateProcess does.
 */
#ifndef COLLECT_REGISTRATION_H
#define COLLECT_REGISTRATION_H

#include "base/str.h"
#include "base/vec.h"
#include "collect/entry_value.h"
#include "collect/point.h"
#include "target/target.h"

/* Why an entry does not load: "user_hive", … stable, static; NULL: no more. */
const char *why_not_word(size_t index);

enum file_exists {
	EXISTS_NO,
	EXISTS_YES,
	EXISTS_UNKNOWN
};

/* A key that belongs to a registration beside the point's own. */
struct side_key {
	const char *kind; /* "clsid", "progid", "typelib", "interface",
			     "appid", "treat_as" (static text) */
	char *key;	  /* physical path */
	char digest[65];  /* reg_tree_digest(), "": not known */
};

struct registration {
	enum point point;
	int view;	  /* 64, 32, 0 = shared */
	char *user_name;  /* NULL: machine */
	char *user_sid;	  /* NULL: machine or unknown */
	char *name;	  /* subkey or value name: MIME type, scheme, … */
	char *label;	  /* default value of the point's key, NULL: none */
	char *clsid;	  /* "{UPPER-CASE}", raw text if malformed, NULL */
	char *class_name; /* default value of the CLSID key, NULL */
	char *class_key;  /* physical CLSID key used, NULL: not found */
	char *progid;
	char *named_by; /* the ProgID that the entry has for a CLSID, NULL */
	char *typelib;
	char *appid;
	char *treat_as; /* CLSID that TreatAs leads to, NULL */
	char *threading;
	char *loader;	  /* mscoree.dll, rundll32.exe … when the subject is
			     behind it; "kernel" for a driver */
	char *server_raw; /* as stored, NULL: no server value; of a list,
			     the one that this row is of */
	uint32_t server_type; /* REG_TYPE_* of server_raw */
	char *server_path;    /* normalised; true spelling if the file exists */
	char *place; /* the same, the target's own folders as variables:
			"%ProgramFiles%\\Shared\\lib.dll"; NULL */
	const char *location; /* target_location_for() the row's user, static;
				 NULL: no path */
	char *beside;	      /* beside_files(): "lib.sig (PGP)"; NULL: none */
	enum file_exists exists;
	bool is_bare; /* no folder: the first of the loader's search */
	char **also;  /* files of that name which come later in it */
	size_t also_count;
	bool not_read;	     /* listed only: the file was not looked into */
	bool on_demand;	     /* Windows Installer descriptor: no orphan */
	bool loads;	     /* Internet Explorer, or Windows, would load it */
	const char *why_not; /* when !loads: a word of why_not_word() */
	bool disabled;	     /* Ext\Settings, policy or kill bit forbids it */
	char *registry_key;  /* physical path of the point's key; of a task
			       the path of its file */
	int64_t last_write;  /* of that key */
	struct side_key *sides;
	size_t side_count;
	/* Of the server's file, filled by collect/version_info.h: */
	char *sha256;
	char *md5;
	char *sha1;
	uint64_t file_size;
	char *file_version;
	char *publisher; /* CompanyName of the version resource */
	char *product;
	const char *trust; /* a word of the store, static; NULL: unchecked */
	char *known;	   /* what the known list says it is, NULL: unknown */
	enum file_exists version_resource; /* whether it has one */
	/*
	 * Who could have written what the entry leads to: NULL the machine
	 * (administrators), else the user, as in registry_key ("S-1-5-21-…").
	 */
	char *class_owner; /* the class and what it is treated as */
	char *path_owner;  /* variables and folders that make the path */
	/* Filled by the judge, of what has a finding: what that scores without
	 * what others than the owner of this row wrote. */
	int own_score;
};

void registration_free(struct registration *r);

/*
 * Text shown to YARA: fixed form, one "field: value" line each, in this
 * order, every line present, values through utf_display() so that no value
 * can forge a line:
 *   mstmpsweep registration 1
 *   point: view: user: sid: key: name: label: clsid: class: progid: typelib:
 *   treat_as: threading: loader: server: path: place: location: exists: loads:
 *   disabled: publisher: version: version_resource: beside: known:
 * Absent values give "field: " (with the blank). user is "machine" for the
 * machine. exists is yes, no or unknown; loads/disabled yes or no.
 */
int registration_text(const struct registration *r, struct str *out);

/*
 * Walk all extension points.  `fn` owns nothing: the registration is freed
 * after the call unless *keep_ret is set to true.  A non-zero return of fn
 * stops and is returned.
 */
typedef int (*registration_fn)(void *arg, struct registration *r,
			       bool *keep_ret);

struct registrations_options {
	struct gap_sink *gaps; /* may be NULL */
	/* Files below the Windows folder that only services, tasks or Image
	 * File Execution Options lead to are not read
	 * (registration.not_read). */
	bool is_quick;
	const struct cancel *cancel; /* NULL: set by nobody */
};

int registrations_walk(struct target *t, const struct registrations_options *o,
		       registration_fn fn, void *arg);

/*
 * Normalise a server value as CONTRACT.md section 6 says (variables of target
 * and user, quotes, arguments, "..", slashes, \??\, relative names, missing
 * NUL, trailing dots and spaces); no look at the file system.  Caller frees.
 * Pure: tested by table.
 */
char *server_normalise(struct target *t, const struct target_user *user,
		       int view, const char *raw);

/*
 * What the keys beside a registration hold now, so that fix can tell whether
 * they are still the same.  What cannot be read stays unknown; 0, ERR_NOMEM.
 */
int registration_digest_sides(struct target *t, struct registration *r);

#endif

/*
 * Makes the stand-ins: two trees of harmless files, one that the rules of a
 * pack must hit and one that they must not, from a recipe.  Texts that could
 * alarm somebody's antivirus stand in the source tree only encoded.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   mkstandin make RECIPE MARKS OUT [DLL32 DLL64]
 *   mkstandin encode < plain > MARKS      lines: name TAB text with escapes
 *   mkstandin decode < MARKS > plain
 *
 * A recipe has one instruction a line; README.md beside this file lists
 * them.  OUT gets hits/<rule>/…, near/<rule>/…, expected.tsv (path TAB rules
 * that must hit, and no others) and cases.tsv (the same with the variables
 * of each case).  A case that is no plain file has its variables beside it in
 * <name>.vars: registrations in the trees themselves, members of archives in
 * members/…, anything else in others/….
 */
#include "body.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_NBYTES	 4096
#define MARK_MAX_COUNT	 256
#define MARK_MAX_NBYTES	 256
#define CONSTANT_MAX	 32
#define FIELD_MAX_NBYTES 512
#define XOR_KEY		 0xA5

struct mark {
	char name[64];
	uint8_t data[MARK_MAX_NBYTES];
	size_t nbytes;
};

/* The lines of a registration's text, in their fixed order. */
static const char *const reg_fields[] = {
	"point",     "view",	  "user",    "sid",
	"key",	     "name",	  "label",   "clsid",
	"class",     "progid",	  "typelib", "treat_as",
	"threading", "loader",	  "server",  "path",
	"place",     "location",  "exists",  "loads",
	"disabled",  "publisher", "version", "version_resource",
	"beside",    "known",
};

#define REG_FIELD_COUNT (sizeof(reg_fields) / sizeof(*reg_fields))

enum body {
	BODY_RAW,
	BODY_PE32,
	BODY_PE64,
	BODY_DELPHI,
	BODY_DLL32,
	BODY_DLL64,
	BODY_JPEG,
	BODY_CLASS,
	BODY_JAR,
	BODY_REG
};

static const char *const body_names[] = { "raw",   "pe32",  "pe64", "delphi",
					  "dll32", "dll64", "jpeg", "class",
					  "jar",   "reg" };

#define BODY_COUNT (sizeof(body_names) / sizeof(*body_names))

struct entry {
	bool is_open;
	char path[LINE_MAX_NBYTES]; /* below OUT, "/" separated */
	char rule[128];
	bool is_hit;
	enum body body;
	char member[256];
	char location[64];
	char wpath[LINE_MAX_NBYTES]; /* on a disk, "": as in the tree */
	char object[32];	     /* "": what the body says */
	char expect[LINE_MAX_NBYTES];
	char reg[REG_FIELD_COUNT][FIELD_MAX_NBYTES];
	struct class_constant constants[CONSTANT_MAX];
	size_t constant_count;
	struct blob marks;
};

static struct mark marks[MARK_MAX_COUNT];
static size_t mark_count;
static struct entry entry;
static struct blob content, member_content;
static struct blob programs[2]; /* compiled, 32 and 64 bit */
static const char *out_dir;
static FILE *expected_file, *cases_file;
static const char *input_name = "standard input";
static unsigned line_number;

static void fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mkstandin: %s:%u: ", input_name, line_number);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void copy_text(char *to, size_t size, const char *from)
{
	if (strlen(from) >= size)
		fail("'%s' is too long", from);
	memcpy(to, from, strlen(from) + 1);
}

static void write_file(const char *path, const void *data, size_t nbytes)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, nbytes, f) != nbytes || fclose(f) != 0)
		fail("cannot write '%s': %s", path, strerror(errno));
}

static void make_folders_of(const char *path)
{
	char folder[2 * LINE_MAX_NBYTES];

	copy_text(folder, sizeof(folder), path);
	for (char *p = folder + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (!folder_make(folder))
			fail("cannot make '%s': %s", folder, strerror(errno));
		*p = '/';
	}
}

/* ---- escapes and marks ------------------------------------------------- */

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static const struct mark *mark_find(const char *name, size_t nbytes)
{
	for (size_t i = 0; i < mark_count; i++)
		if (strlen(marks[i].name) == nbytes &&
		    memcmp(marks[i].name, name, nbytes) == 0)
			return &marks[i];
	fail("there is no mark '%.*s'", (int)nbytes, name);
}

/* \n \0 \t \\ \xHH, and @{mark}. Returns the number of bytes. */
static size_t unescape(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;

	while (*text) {
		const struct mark *m = NULL;
		uint8_t byte = (uint8_t)*text++;

		if (byte == '@' && *text == '{') {
			const char *end = strchr(text, '}');

			if (!end)
				fail("'@{' without '}'");
			m = mark_find(text + 1, (size_t)(end - text - 1));
			text = end + 1;
		} else if (byte == '\\') {
			char c = *text;

			if (c != '\0')
				text++;
			if (c == 'x' && hex_digit(text[0]) >= 0 &&
			    hex_digit(text[1]) >= 0) {
				byte = (uint8_t)(hex_digit(text[0]) * 16 +
						 hex_digit(text[1]));
				text += 2;
			} else if (c == 'n') {
				byte = '\n';
			} else if (c == 't') {
				byte = '\t';
			} else if (c == '0') {
				byte = '\0';
			} else if (c == '\\') {
				byte = '\\';
			} else {
				fail("unknown escape");
			}
		}
		if (n + (m ? m->nbytes : 1) > size)
			fail("the text is too long");
		if (m) {
			memcpy(out + n, m->data, m->nbytes);
			n += m->nbytes;
		} else {
			out[n++] = byte;
		}
	}
	return n;
}

static char *split_tab(char *line)
{
	char *tab = strchr(line, '\t');

	if (!tab)
		fail("a tab is missing");
	*tab = '\0';
	return tab + 1;
}

static bool read_line(FILE *f, char line[LINE_MAX_NBYTES])
{
	size_t n;

	while (fgets(line, LINE_MAX_NBYTES, f)) {
		line_number++;
		n = strlen(line);
		if (n + 1 == LINE_MAX_NBYTES)
			fail("the line is too long");
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		if (n != 0 && line[0] != '#')
			return true;
	}
	return false;
}

static void marks_read(const char *path)
{
	char line[LINE_MAX_NBYTES];
	FILE *f = fopen(path, "rb");

	input_name = path;
	line_number = 0;
	if (!f)
		fail("cannot read: %s", strerror(errno));
	while (read_line(f, line)) {
		const char *hex = split_tab(line);
		struct mark *m = &marks[mark_count];

		if (mark_count == MARK_MAX_COUNT)
			fail("too many marks");
		copy_text(m->name, sizeof(m->name), line);
		m->nbytes = 0;
		for (; hex[0] && hex[1]; hex += 2) {
			int high = hex_digit(hex[0]), low = hex_digit(hex[1]);

			if (high < 0 || low < 0 || m->nbytes == MARK_MAX_NBYTES)
				fail("this is no encoded mark");
			m->data[m->nbytes++] =
				(uint8_t)((high * 16 + low) ^ XOR_KEY);
		}
		mark_count++;
	}
	fclose(f);
}

static int encode(void)
{
	char line[LINE_MAX_NBYTES];
	uint8_t data[MARK_MAX_NBYTES];

	printf("# Marks for stand-ins, every byte XOR %02x; see README.md.\n",
	       XOR_KEY);
	while (read_line(stdin, line)) {
		const char *text = split_tab(line);
		size_t n = unescape(text, data, sizeof(data));

		printf("%s\t", line);
		for (size_t i = 0; i < n; i++)
			printf("%02x", data[i] ^ XOR_KEY);
		putchar('\n');
	}
	return 0;
}

static int decode(void)
{
	char line[LINE_MAX_NBYTES];

	while (read_line(stdin, line)) {
		const char *hex = split_tab(line);

		printf("%s\t", line);
		for (; hex[0] && hex[1]; hex += 2) {
			int c = (hex_digit(hex[0]) * 16 + hex_digit(hex[1])) ^
				XOR_KEY;

			if (c == '\\')
				printf("\\\\");
			else if (c >= ' ' && c < 127)
				putchar(c);
			else
				printf("\\x%02x", (unsigned)c);
		}
		putchar('\n');
	}
	return 0;
}

/* ---- one entry --------------------------------------------------------- */

static char *reg_field(const char *name)
{
	for (size_t i = 0; i < REG_FIELD_COUNT; i++)
		if (strcmp(reg_fields[i], name) == 0)
			return entry.reg[i];
	fail("a registration has no field '%s'", name);
}

static void entry_open(const char *tree, char *args)
{
	char *path = strchr(args, ' ');

	if (!path)
		fail("a rule and a path are needed");
	*path++ = '\0';
	memset(&entry, 0, offsetof(struct entry, marks));
	blob_clear(&entry.marks);
	entry.is_open = true;
	entry.is_hit = strcmp(tree, "hits") == 0;
	copy_text(entry.rule, sizeof(entry.rule), args);
	copy_text(entry.location, sizeof(entry.location), "other");
	if ((size_t)snprintf(entry.path, sizeof(entry.path), "%s/%s/%s", tree,
			     args, path) >= sizeof(entry.path))
		fail("the path is too long");
}

/* As agent/base/filetype.h says, of what the recipes hold. */
static bool is_signature(const struct blob *b)
{
	static const char armour[] = "-----BEGIN PGP SIGNATURE-----";

	return (b->nbytes >= sizeof(armour) - 1 &&
		memcmp(b->data, armour, sizeof(armour) - 1) == 0) ||
	       (b->nbytes >= 7 && b->data[0] == 0x89 && b->data[3] == 4 &&
		b->data[4] == 0);
}

static bool is_text(const struct blob *b)
{
	for (size_t i = 0; i < b->nbytes && i < 64; i++)
		if ((b->data[i] < ' ' && !strchr("\t\n\r\f", b->data[i])) ||
		    b->data[i] == 0 || b->data[i] == 0x7f)
			return false;
	return b->nbytes > 0;
}

static const char *type_of(const struct blob *b)
{
	const uint8_t *d = b->data;

	if (is_signature(b))
		return "PGP";
	if (is_text(b) && memcmp(d, "MZ", 2) != 0)
		return "TEXT";

	if (b->nbytes < 4)
		return "";
	if (memcmp(d, "MZ", 2) == 0)
		return "EXE";
	if (memcmp(d, "PK\x03\x04", 4) == 0)
		return "ZIP";
	if (memcmp(d, "\xFF\xD8\xFF", 3) == 0)
		return "JPEG";
	if (memcmp(d, "\xCA\xFE\xBA\xBE", 4) == 0)
		return "CLASS";
	if (memcmp(d + 1, "WS", 2) == 0 && strchr("FCZ", d[0]))
		return "SWF";
	return "";
}

/* The variables of a case; wpath is a Windows path. */
struct case_vars {
	char filename[LINE_MAX_NBYTES];
	char filepath[LINE_MAX_NBYTES];
	char extension[LINE_MAX_NBYTES];
	char place[LINE_MAX_NBYTES];
	const char *filetype, *object, *point, *view, *location;
};

/* Where `what` stands in the path as whole components, whatever the case. */
static const char *find_folders(const char *wpath, const char *what)
{
	const size_t n = strlen(what);
	const char *found = NULL;

	for (; *wpath; wpath++) {
		if (strncasecmp(wpath, what, n) == 0 &&
		    (wpath[n] == '\\' || wpath[n] == '\0'))
			found = wpath;
	}
	return found;
}

/* "\Users\Taro" of a path with `what`, which ends before the name. */
static const char *after_name(const char *found, const char *what)
{
	found += strlen(what);
	return *found ? found + 1 + strcspn(found + 1, "\\") : found;
}

/*
 * The folder as the rules get it in `place`: at any depth as in a scanned
 * folder, of a path with a drive at its root.
 */
static void place_from_folder(char *out, size_t size, const char *folder)
{
	static const struct {
		const char *what, *variable;
		bool takes_name;
	} rows[] = {
		{ "\\AppData\\Local\\VirtualStore",
		  "%LOCALAPPDATA%\\VirtualStore", false },
		{ "\\Program Files\\Common Files", "%CommonProgramFiles%",
		  false },
		{ "\\Program Files (x86)\\Common Files",
		  "%CommonProgramFiles(x86)%", false },
		{ "\\Program Files", "%ProgramFiles%", false },
		{ "\\Program Files (x86)", "%ProgramFiles(x86)%", false },
		{ "\\PROGRA~1", "%ProgramFiles%", false },
		{ "\\ProgramData", "%ProgramData%", false },
		{ "\\AppData\\Local", "%LOCALAPPDATA%", false },
		{ "\\AppData\\Roaming", "%APPDATA%", false },
		{ "\\Local Settings\\Application Data", "%LOCALAPPDATA%",
		  false },
		{ "\\Application Data", "%APPDATA%", false },
		{ "\\Users", "%USERPROFILE%", true },
		{ "\\Documents and Settings", "%USERPROFILE%", true },
		{ "\\Windows", "%SystemRoot%", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *found = find_folders(folder, rows[i].what);
		bool is_machines = i >= 1 && i <= 6;

		if (!found || (is_machines && folder[0] && folder[1] == ':' &&
			       found != folder + 2))
			continue;
		found = rows[i].takes_name ? after_name(found, rows[i].what)
					   : found + strlen(rows[i].what);
		if ((size_t)snprintf(out, size, "%s%s", rows[i].variable,
				     found) >= size)
			fail("'%s' is too long", folder);
		return;
	}
	copy_text(out, size, folder);
}

static void vars_from_wpath(struct case_vars *v, const char *wpath)
{
	const char *slash = strrchr(wpath, '\\');
	const char *dot;

	copy_text(v->filename, sizeof(v->filename), slash ? slash + 1 : wpath);
	copy_text(v->filepath, sizeof(v->filepath), wpath);
	v->filepath[slash ? slash - wpath : 0] = '\0';
	place_from_folder(v->place, sizeof(v->place), v->filepath);
	dot = strrchr(v->filename, '.');
	copy_text(v->extension, sizeof(v->extension), dot && dot[1] ? dot : "");
	for (char *p = v->extension; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
}

static void to_wpath(char *out, size_t size, const char *path)
{
	if ((size_t)snprintf(out, size, "\\%s", path) >= size)
		fail("the path is too long");
	for (char *p = out; *p; p++)
		if (*p == '/')
			*p = '\\';
}

static void write_vars(const char *path, const struct case_vars *v)
{
	char text[5 * LINE_MAX_NBYTES];
	int n = snprintf(text, sizeof(text),
			 "filename=%s\nfilepath=%s\nextension=%s\n"
			 "filetype=%s\nowner=\nobject=%s\npoint=%s\nview=%s\n"
			 "location=%s\nplace=%s\n",
			 v->filename, v->filepath, v->extension, v->filetype,
			 v->object, v->point, v->view, v->location, v->place);

	if (n < 0 || (size_t)n >= sizeof(text))
		fail("the variables are too long");
	write_file(path, text, (size_t)n);
}

static void write_case(const char *shown, const char *scanned,
		       const struct case_vars *v, const char *expect)
{
	fprintf(expected_file, "%s\t%s\n", shown, expect);
	fprintf(cases_file, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
		scanned, v->filename, v->filepath, v->extension, v->filetype,
		v->object, v->point, v->view, v->location, v->place, expect);
}

static void reg_default(const char *name, const char *value)
{
	if (reg_field(name)[0] == '\0')
		copy_text(reg_field(name), FIELD_MAX_NBYTES, value);
}

/* The line of the text: the place with the file's name. */
static void place_line(const struct case_vars *v)
{
	if ((size_t)snprintf(reg_field("place"), FIELD_MAX_NBYTES, "%s\\%s",
			     v->place, v->filename) >= FIELD_MAX_NBYTES)
		fail("the place is too long");
}

/* What the recipe says goes before what the path looks like. */
static void place_of_line(struct case_vars *v)
{
	char *slash;

	copy_text(v->place, sizeof(v->place), reg_field("place"));
	slash = strrchr(v->place, '\\');
	v->place[slash ? slash - v->place : 0] = '\0';
}

static void make_registration(struct case_vars *v)
{
	char location[FIELD_MAX_NBYTES];

	reg_default("view", "32");
	reg_default("user", "machine");
	reg_default("exists", "yes");
	reg_default("loads", "yes");
	reg_default("disabled", "no");
	reg_default("version_resource", "yes");
	vars_from_wpath(v, reg_field("path"));
	/* As the walker does: an unknown server has an unknown location. */
	copy_text(location, sizeof(location),
		  reg_field("path")[0] ? entry.location : "unknown");
	copy_text(reg_field("location"), FIELD_MAX_NBYTES, location);
	if (reg_field("place")[0])
		place_of_line(v);
	else if (reg_field("path")[0])
		place_line(v);
	v->object = "registration";
	v->point = reg_field("point");
	v->view = reg_field("view");
	v->location = reg_field("location");
	blob_clear(&content);
	blob_add(&content, "mstmpsweep registration 1\n", 26);
	for (size_t i = 0; i < REG_FIELD_COUNT; i++) {
		blob_add(&content, reg_fields[i], strlen(reg_fields[i]));
		blob_add(&content, ": ", 2);
		blob_add(&content, entry.reg[i], strlen(entry.reg[i]));
		blob_add(&content, "\n", 1);
	}
}

static void make_program(void)
{
	struct blob *program = &programs[entry.body == BODY_DLL64];
	struct pe_form form = {
		.is_64bit = entry.body == BODY_PE64 || entry.body == BODY_DLL64,
		.is_dll = true,
		.is_delphi = entry.body == BODY_DELPHI,
	};

	if ((entry.body == BODY_DLL32 || entry.body == BODY_DLL64) &&
	    program->nbytes != 0) {
		memcpy(content.data, program->data, program->nbytes);
		content.nbytes = program->nbytes;
		if (!body_fill(&content, &entry.marks))
			fail("the compiled program has no room for the marks");
		return;
	}
	body_pe(&content, &form, &entry.marks);
}

static void make_body(void)
{
	switch (entry.body) {
	case BODY_JPEG:
		body_jpeg(&content, &entry.marks);
		break;
	case BODY_CLASS:
		body_class(&content, entry.constants, entry.constant_count);
		break;
	case BODY_JAR:
		body_class(&member_content, entry.constants,
			   entry.constant_count);
		body_zip(&content, entry.member, &member_content);
		break;
	case BODY_RAW:
		blob_clear(&content);
		blob_add(&content, entry.marks.data, entry.marks.nbytes);
		break;
	case BODY_REG: /* made with its variables */
		break;
	default:
		make_program();
	}
}

/* A recipe that contradicts itself proves nothing. */
static void check_expect(void)
{
	const char *p = entry.expect;
	const size_t n = strlen(entry.rule);
	bool is_listed = false;

	while (*p && !is_listed) {
		const size_t len = strcspn(p, ",");

		is_listed = len == n && memcmp(p, entry.rule, n) == 0;
		p += len + (p[len] == ',');
	}
	if (is_listed != entry.is_hit)
		fail("'%s' must %sexpect '%s'", entry.path,
		     entry.is_hit ? "" : "not ", entry.rule);
}

static void full_path(char *out, size_t size, const char *relative)
{
	if ((size_t)snprintf(out, size, "%s/%s", out_dir, relative) >= size)
		fail("the path is too long");
}

/* The jar is a case that hits nothing; its member, written out beside the
 * tree for test programs that do not open archives, is the other one. */
static void write_member(struct case_vars *v)
{
	char inner[LINE_MAX_NBYTES], copy[LINE_MAX_NBYTES];
	char wpath[2 * LINE_MAX_NBYTES], path[2 * LINE_MAX_NBYTES];

	if (snprintf(inner, sizeof(inner), "%s!%s", entry.path, entry.member) >=
		    (int)sizeof(inner) ||
	    snprintf(copy, sizeof(copy), "members/%s.%s", entry.path,
		     entry.member) >= (int)sizeof(copy))
		fail("the path is too long");
	/* As the walker has it, the folder of an inner name ends with "!". */
	if (!strchr(entry.member, '/') &&
	    snprintf(path, sizeof(path), "%s!/%s", entry.path, entry.member) >=
		    (int)sizeof(inner))
		fail("the path is too long");
	to_wpath(wpath, sizeof(wpath),
		 strchr(entry.member, '/') ? inner : path);
	vars_from_wpath(v, wpath);
	v->filetype = type_of(&member_content);
	v->object = "member";
	full_path(path, sizeof(path), copy);
	make_folders_of(path);
	write_file(path, member_content.data, member_content.nbytes);
	write_case(inner, copy, v, entry.expect);
	if (strlen(path) + 6 > sizeof(path))
		fail("the path is too long");
	memcpy(path + strlen(path), ".vars", 6);
	write_vars(path, v);
}

/* What is no file to the scanner must not lie where files are scanned. */
static void move_to_others(void)
{
	char path[sizeof(entry.path)];

	if ((size_t)snprintf(path, sizeof(path), "others/%s", entry.path) >=
	    sizeof(path))
		fail("the path is too long");
	copy_text(entry.path, sizeof(entry.path), path);
}

static void entry_close(void)
{
	static struct case_vars v;
	char wpath[2 * LINE_MAX_NBYTES], path[2 * LINE_MAX_NBYTES];

	if (!entry.is_open)
		return;
	entry.is_open = false;
	check_expect();
	make_body();
	if (entry.body == BODY_REG) {
		/* The text's own name must not look like a file's. */
		if (strlen(entry.path) + 5 > sizeof(entry.path))
			fail("the path is too long");
		memcpy(entry.path + strlen(entry.path), ".txt", 5);
		make_registration(&v);
		v.filetype = "";
	} else {
		if (entry.object[0])
			move_to_others();
		to_wpath(wpath, sizeof(wpath), entry.path);
		vars_from_wpath(&v, entry.wpath[0] ? entry.wpath : wpath);
		if (entry.wpath[0])
			copy_text(v.place, sizeof(v.place), v.filepath);
		v.filetype = type_of(&content);
		v.object = "file";
		v.point = v.view = "";
		v.location = entry.location;
	}
	if (entry.object[0])
		v.object = entry.object;
	if (content.overflow || entry.marks.overflow)
		fail("'%s' is too large", entry.path);
	full_path(path, sizeof(path), entry.path);
	make_folders_of(path);
	write_file(path, content.data, content.nbytes);
	write_case(entry.path, entry.path, &v,
		   entry.body == BODY_JAR ? "" : entry.expect);
	if (entry.body == BODY_REG || entry.object[0] || entry.wpath[0]) {
		if (strlen(path) + 6 > sizeof(path))
			fail("the path is too long");
		memcpy(path + strlen(path), ".vars", 6);
		write_vars(path, &v);
	}
	if (entry.body == BODY_JAR)
		write_member(&v);
}

/* ---- instructions ------------------------------------------------------ */

static void add_constant(const char *name)
{
	const struct mark *m = mark_find(name, strlen(name));

	if (entry.constant_count == CONSTANT_MAX)
		fail("too many constants");
	entry.constants[entry.constant_count].text = m->data;
	entry.constants[entry.constant_count++].nbytes = m->nbytes;
}

static void set_body(char *args)
{
	char *rest = strchr(args, ' ');

	if (rest) {
		*rest++ = '\0';
		copy_text(entry.member, sizeof(entry.member), rest);
	}
	for (size_t i = 0; i < BODY_COUNT; i++) {
		if (strcmp(args, body_names[i]) == 0) {
			entry.body = (enum body)i;
			if ((entry.body == BODY_JAR) != (rest != NULL))
				fail("a jar, and only a jar, has a member");
			return;
		}
	}
	fail("unknown body '%s'", args);
}

/* mark NAME: the bytes and a NUL; wide NAME: the same in UTF-16LE. */
static void add_mark(const char *name, bool is_wide)
{
	const struct mark *m = mark_find(name, strlen(name));

	for (size_t i = 0; i < m->nbytes; i++) {
		blob_add(&entry.marks, &m->data[i], 1);
		if (is_wide)
			blob_fill(&entry.marks, 0, 1);
	}
	blob_fill(&entry.marks, 0, is_wide ? 2 : 1);
}

static void set_reg(char *args)
{
	char *value = strchr(args, ' ');
	size_t n;
	char *to;

	if (!value)
		fail("a field and a value are needed");
	*value++ = '\0';
	to = reg_field(args);
	n = unescape(value, (uint8_t *)to, FIELD_MAX_NBYTES - 1);
	to[n] = '\0';
	entry.body = BODY_REG;
}

static void instruction(char *line)
{
	uint8_t data[LINE_MAX_NBYTES];
	char *args = strchr(line, ' ');

	if (args)
		*args++ = '\0';
	else
		args = line + strlen(line);
	if (strcmp(line, "hit") == 0 || strcmp(line, "near") == 0) {
		entry_close();
		entry_open(line[0] == 'h' ? "hits" : "near", args);
		return;
	}
	if (!entry.is_open)
		fail("'%s' before the first 'hit' or 'near'", line);
	if (strcmp(line, "body") == 0)
		set_body(args);
	else if (strcmp(line, "mark") == 0)
		add_mark(args, false);
	else if (strcmp(line, "wide") == 0)
		add_mark(args, true);
	else if (strcmp(line, "constant") == 0)
		add_constant(args);
	else if (strcmp(line, "text") == 0)
		blob_add(&entry.marks, data,
			 unescape(args, data, sizeof(data)));
	else if (strcmp(line, "fill") == 0)
		blob_fill(&entry.marks, '.', strtoul(args, NULL, 10));
	else if (strcmp(line, "location") == 0)
		copy_text(entry.location, sizeof(entry.location), args);
	else if (strcmp(line, "wpath") == 0)
		copy_text(entry.wpath, sizeof(entry.wpath), args);
	else if (strcmp(line, "object") == 0)
		copy_text(entry.object, sizeof(entry.object), args);
	else if (strcmp(line, "reg") == 0)
		set_reg(args);
	else if (strcmp(line, "expect") == 0)
		copy_text(entry.expect, sizeof(entry.expect), args);
	else
		fail("unknown instruction '%s'", line);
}

static void program_read(const char *path, struct blob *out)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		fail("cannot read '%s': %s", path, strerror(errno));
	out->nbytes = fread(out->data, 1, sizeof(out->data), f);
	if (ferror(f) || !feof(f))
		fail("'%s' cannot be read whole", path);
	fclose(f);
}

static FILE *list_open(const char *name, const char *head)
{
	char path[2 * LINE_MAX_NBYTES];
	FILE *f;

	full_path(path, sizeof(path), name);
	make_folders_of(path);
	f = fopen(path, "wb");
	if (!f)
		fail("cannot write '%s': %s", path, strerror(errno));
	fprintf(f, "# %s\n", head);
	return f;
}

static int make(int argc, char **argv)
{
	char line[LINE_MAX_NBYTES];
	FILE *f;

	out_dir = argv[4];
	marks_read(argv[3]);
	for (int i = 5; i < argc; i++)
		program_read(argv[i], &programs[i - 5]);
	input_name = argv[2];
	line_number = 0;
	f = fopen(argv[2], "rb");
	if (!f)
		fail("cannot read: %s", strerror(errno));
	expected_file = list_open("expected.tsv", "path\trules that must hit");
	cases_file = list_open("cases.tsv",
			       "file\tfilename\tfilepath\textension\tfiletype\t"
			       "object\tpoint\tview\tlocation\tplace\trules");
	while (read_line(f, line))
		instruction(line);
	entry_close();
	fclose(f);
	if (fclose(expected_file) != 0 || fclose(cases_file) != 0)
		fail("cannot write the lists: %s", strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "encode") == 0)
		return encode();
	if (argc == 2 && strcmp(argv[1], "decode") == 0)
		return decode();
	if (argc >= 5 && argc <= 7 && strcmp(argv[1], "make") == 0)
		return make(argc, argv);
	fputs("usage: mkstandin make RECIPE MARKS OUT [DLL32 DLL64]\n"
	      "       mkstandin encode < plain > MARKS\n"
	      "       mkstandin decode < MARKS > plain\n",
	      stderr);
	return 64;
}

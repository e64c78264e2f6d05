/*
 * Writes a large SOFTWARE-like hive for the speed tests.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	mkhive_big FILE [MEGABYTES [HIVE]]	(default 100)
 *
 * Thousands of classes in both views, interfaces, and installer components
 * up to the wanted size; among them a few browser extensions whose classes
 * lie anywhere in the hive; and all that is in HIVE.  The same arguments give
 * the same bytes.
 */
#include "registry/reg_tree.h"
#include "tests/tools/hive_maker.h"

#include "base/err.h"

#include <inttypes.h>
#include <stdio.h>

#define CLASSES	   12000
#define INTERFACES 30000
/* Measured: what one installer component takes in the file. */
#define COMPONENT_NBYTES 330
#define CLASS_NBYTES	 1250
#define INTERFACE_NBYTES 560

static uint64_t state = 20100924;

/* xorshift: the same numbers everywhere. */
static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static void make_guid(char out[39])
{
	uint32_t a = next(), b = next(), c = next(), d = next();

	snprintf(out, 39, "{%08" PRIX32 "-%04X-%04X-%04X-%04X%08" PRIX32 "}", a,
		 (unsigned)(b >> 16), (unsigned)(b & 0xffff),
		 (unsigned)(c >> 16), (unsigned)(c & 0xffff), d);
}

static void make_class(struct hive_maker_key *clsids, const char *guid,
		       const char *folder, unsigned i)
{
	struct hive_maker_key *k = hive_maker_child(clsids, guid);
	struct hive_maker_key *server;
	char text[128];

	snprintf(text, sizeof(text), "Sample class %u", i);
	hive_maker_text(k, "", 1, text);
	server = hive_maker_child(k, "InprocServer32");
	snprintf(text, sizeof(text), "%%SystemRoot%%\\%s\\sample%u.dll", folder,
		 i % 900);
	hive_maker_text(server, "", 2, text);
	hive_maker_text(server, "ThreadingModel", 1, "Apartment");
	snprintf(text, sizeof(text), "Sample.Class%u.1", i);
	hive_maker_text(hive_maker_child(k, "ProgID"), "", 1, text);
	hive_maker_text(hive_maker_child(k, "TypeLib"), "", 1, guid);
}

static void make_view(struct hive_maker_key *root, const char *classes,
		      const char *bhos, const char *folder)
{
	struct hive_maker_key *clsids = hive_maker_path(root, classes), *bho;
	char guid[39], path[256];

	for (unsigned i = 0; i < CLASSES; i++) {
		make_guid(guid);
		make_class(clsids, guid, folder, i);
		if (i % 1500)
			continue;
		snprintf(path, sizeof(path), "%s\\%s", bhos, guid);
		bho = hive_maker_path(root, path);
		hive_maker_text(bho, "", 1, "Sample helper");
	}
}

static void make_interfaces(struct hive_maker_key *root)
{
	struct hive_maker_key *all =
		hive_maker_path(root, "Classes\\Interface");
	char guid[39];

	for (unsigned i = 0; i < INTERFACES; i++) {
		struct hive_maker_key *k;

		make_guid(guid);
		k = hive_maker_child(all, guid);
		hive_maker_text(k, "", 1, "ISample");
		hive_maker_text(hive_maker_child(k, "ProxyStubClsid32"), "", 1,
				guid);
	}
}

static void make_components(struct hive_maker_key *root, size_t count)
{
	struct hive_maker_key *all = hive_maker_path(
		root, "Microsoft\\Windows\\CurrentVersion\\"
		      "Installer\\UserData\\S-1-5-18\\Components");
	char name[64], text[160];

	for (size_t i = 0; i < count; i++) {
		struct hive_maker_key *k;

		snprintf(name, sizeof(name),
			 "%08" PRIX32 "%08" PRIX32 "%08" PRIX32 "%08" PRIX32,
			 next(), next(), next(), next());
		k = hive_maker_child(all, name);
		snprintf(text, sizeof(text),
			 "C:\\Program Files\\Sample Product %u\\bin\\"
			 "module%u.dll",
			 (unsigned)(i % 300), (unsigned)i);
		hive_maker_text(k, "00002109F10040800000000000F01FEC", 1, text);
		hive_maker_text(k, "VersionNumber", 1, "14.0.4763.1000");
	}
}

static void add_tree(struct hive_maker_key *to, const struct reg_tree *t)
{
	for (size_t i = 0; i < t->value_count; i++)
		hive_maker_value(to, t->values[i].name, t->values[i].type,
				 t->values[i].data, t->values[i].nbytes);
	for (size_t i = 0; i < t->child_count; i++)
		add_tree(hive_maker_path(to, t->children[i]->name),
			 t->children[i]);
}

static bool add_hive(struct hive_maker_key *to, const char *path)
{
	struct reg_hive_files files = { .hive = path };
	struct reg_root *root = NULL;
	struct reg_tree *t = NULL;
	struct reg_key *key = NULL;
	bool ok = !reg_open_hive(&files, NULL, NULL, NULL, &root) &&
		  !reg_open_key(root, "", &key) && !reg_tree_read(key, &t);

	if (ok)
		add_tree(to, t);
	else
		fprintf(stderr, "mkhive_big: %s\n", err_last()->text);
	reg_close_key(key);
	reg_close(root);
	reg_tree_free(t);
	return ok;
}

int main(int argc, char **argv)
{
	size_t want = (argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 100)
		      << 20;
	size_t fixed =
		2 * CLASSES * CLASS_NBYTES + INTERFACES * INTERFACE_NBYTES;
	struct hive_maker_key *root = hive_maker_new("ROOT");
	uint8_t *hive;
	size_t nbytes, left;
	FILE *f;

	if (argc < 2) {
		fprintf(stderr, "usage: mkhive_big FILE [MEGABYTES [HIVE]]\n");
		return 64;
	}
	left = want > fixed ? want - fixed : 0;
	make_components(root, left / 2 / COMPONENT_NBYTES);
	make_view(root, "Classes\\CLSID",
		  "Microsoft\\Windows\\CurrentVersion\\Explorer\\"
		  "Browser Helper Objects",
		  "System32");
	make_view(root, "Classes\\Wow6432Node\\CLSID",
		  "Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
		  "Browser Helper Objects",
		  "SysWOW64");
	make_interfaces(root);
	if (argc > 3 && !add_hive(root, argv[3]))
		return 70;
	make_components(root, left / 2 / COMPONENT_NBYTES);
	hive = hive_maker_write(root, &nbytes);
	hive_maker_free(root);
	f = fopen(argv[1], "wb");
	if (!f || fwrite(hive, 1, nbytes, f) != nbytes || fclose(f)) {
		fprintf(stderr, "%s cannot be written\n", argv[1]);
		return 70;
	}
	printf("%s: %" PRIu64 " bytes\n", argv[1], (uint64_t)nbytes);
	mem_free(hive);
	return 0;
}

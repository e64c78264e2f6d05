/*
 * The digest of programs against osslsigncode, where that is installed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * osslsigncode extract-data writes what would be signed; the file's digest
 * stands in it as an OCTET STRING.
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/authenticode.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS_MAX 4

static bool is_installed(void)
{
	return system("osslsigncode --version >/dev/null 2>&1") == 0;
}

/* The data to be signed contain that digest. */
static bool names_digest(const uint8_t *data, size_t nbytes, const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t want[34] = { 0x04, (uint8_t)n };

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		want[2 + i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return memmem(data, nbytes, want, n + 2) != NULL;
}

/* False: osslsigncode does not read that file. */
static bool compare(const char *path, const char *algorithm, const char *hex)
{
	struct str command = STR_INIT;
	size_t nbytes = 0;
	void *data = NULL;
	char out[64];
	int rc;

	snprintf(out, sizeof(out), "osslsigncode-%d.out", (int)getpid());
	unlink(out);
	str_addf(&command,
		 "osslsigncode extract-data -h %s -in '%s' -out %s "
		 ">/dev/null 2>&1",
		 algorithm, path, out);
	rc = system(str_text(&command));
	str_release(&command);
	if (rc != 0 || host_read_file(out, 1 << 20, &data, &nbytes) != 0)
		return false;
	ck_assert_msg(names_digest(data, nbytes, hex), "%s %s: %s", path,
		      algorithm, hex);
	mem_free(data);
	unlink(out);
	return true;
}

/* How many files of the folder and below could be compared. */
static int compare_folder(const char *folder, int depth)
{
	struct host_dir *dir = NULL;
	struct host_dirent de;
	int count = 0;

	if (host_dir_open(folder, &dir) != 0)
		return 0;
	while (host_dir_next(dir, &de) == 1) {
		char *path = host_join(folder, de.name);
		struct authenticode_digest d;
		struct host_file *f = NULL;

		if (de.st.type == HOST_DIR && depth > 0)
			count += compare_folder(path, depth - 1);
		/* Each costs two processes; these show tricks with headers. */
		if (de.st.type == HOST_FILE && host_open(path, 0, &f) == 0 &&
		    authenticode_digest(f, &d) == 0 &&
		    compare(path, "sha1", d.sha1) &&
		    compare(path, "sha256", d.sha256))
			count++;
		host_close(f);
		mem_free(path);
	}
	host_dir_close(dir);
	return count;
}

START_TEST(authenticode_as_osslsigncode)
{
	char *pe = host_join(unit_data_dir(_i), "pe");
	int count;

	if (!is_installed())
		UNIT_SKIP("osslsigncode is not installed");
	count = compare_folder(pe, 1);
	mem_free(pe);
	ck_assert_int_ge(count, _i == 0 ? 10 : 50);
	/* What we build ourselves, where it is built. */
	if (_i == 0) {
		compare_folder("build/win32", 0);
		compare_folder("build/win64", 0);
	}
}

END_TEST

static Suite *authenticode_osslsigncode_suite(void)
{
	Suite *s = suite_create("authenticode_osslsigncode");
	TCase *c = tcase_create("authenticode_osslsigncode");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, authenticode_as_osslsigncode, 0,
			    unit_data_count());
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(authenticode_osslsigncode_suite)

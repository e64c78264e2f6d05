/*
 * The digest of programs against osslsigncode, where that is installed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It signs a copy with a key made for this; the file's digest stands in the
 * signature as an OCTET STRING.  (extract-data would be shorter; Debian 12's
 * does not know it.)
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "trust/authenticode.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS_MAX 4

static bool is_installed(void)
{
	return system("osslsigncode --version >/dev/null 2>&1 && "
		      "openssl version >/dev/null 2>&1") == 0;
}

/* A new folder with a key that nobody trusts, and its certificate. */
static void make_key(char *dir)
{
	struct str command = STR_INIT;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	str_addf(
		&command,
		"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x "
		"-keyout %s/key -out %s/cert >/dev/null 2>&1",
		dir, dir);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
}

static void remove_key(const char *dir)
{
	struct str command = STR_INIT;

	str_addf(&command, "rm -r %s", dir);
	ck_assert_int_eq(system(str_text(&command)), 0);
	str_release(&command);
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

/* False: osslsigncode does not sign that file. */
static bool compare(const char *dir, const char *path, const char *algorithm,
		    const char *hex)
{
	struct str command = STR_INIT;
	size_t nbytes = 0;
	void *data = NULL;
	char signature[64];
	int rc;

	snprintf(signature, sizeof(signature), "%s/signature", dir);
	str_addf(&command,
		 "{ rm -f %s/signed %s && osslsigncode sign -h %s "
		 "-certs %s/cert -key %s/key -in '%s' -out %s/signed && "
		 "osslsigncode extract-signature -in %s/signed -out %s; "
		 "} >/dev/null 2>&1",
		 dir, signature, algorithm, dir, dir, path, dir, dir,
		 signature);
	rc = system(str_text(&command));
	str_release(&command);
	if (rc != 0 || host_read_file(signature, 1 << 20, &data, &nbytes) != 0)
		return false;
	ck_assert_msg(names_digest(data, nbytes, hex), "%s %s: %s", path,
		      algorithm, hex);
	mem_free(data);
	return true;
}

/* How many files of the folder and below could be compared. */
static int compare_folder(const char *key, const char *folder, int depth)
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
			count += compare_folder(key, path, depth - 1);
		/* Each costs four processes; these show tricks with headers. */
		if (de.st.type == HOST_FILE && host_open(path, 0, &f) == 0 &&
		    authenticode_digest(f, &d) == 0 &&
		    compare(key, path, "sha1", d.sha1) &&
		    compare(key, path, "sha256", d.sha256))
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
	char key[] = "osslsigncode.XXXXXX";
	int count;

	if (!is_installed())
		UNIT_SKIP("osslsigncode is not installed");
	make_key(key);
	count = compare_folder(key, pe, 1);
	mem_free(pe);
	ck_assert_int_ge(count, _i == 0 ? 10 : 50);
	/* What we build ourselves, where it is built. */
	if (_i == 0) {
		compare_folder(key, "build/win32", 0);
		compare_folder(key, "build/win64", 0);
	}
	remove_key(key);
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

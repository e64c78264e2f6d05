/*
 * Real hives that may be packed (tests/data) and that all readers read whole.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNIT_REAL_HIVES_H
#define UNIT_REAL_HIVES_H

static const char *const real_hive_names[] = {
	"dfwinreg/SECURITY",
	"ez-registry/BCD",
	"ez-registry/SAM",
	"ez-registry/SAM_RootValue",
	"ez-registry/SAM_hasBigEndianDWord",
	"ez-registry/UsrClassDeletedBags.dat",
	"plaso/NTUSER-RunTests.DAT",
	"plaso/NTUSER-WIN7.DAT",
	"plaso/NTUSER.DAT",
	"plaso/regf/100_sub_keys.hiv",
	"plaso/regf/UsrClass.dat",
	"python-registry/REORGANIZED_VALUES_TESTS",
	"regipy/BCD",
	"regipy/NTUSER-WSL.DAT",
	"regipy/transactions_NTUSER.DAT",
};

#endif

/*
 * The real hives, and which tests each of them is for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "real_hives.h"
#include "base/str.h"

#define BOTH (REAL_HIVE_CHANGE | REAL_HIVE_COMPARE)

struct real_hive {
	const char *name;
	unsigned uses;
};

static const struct real_hive here[] = {
	{ "dfwinreg/SECURITY", BOTH },
	{ "ez-registry/BCD", BOTH },
	{ "ez-registry/SAM", REAL_HIVE_CHANGE },
	{ "ez-registry/SAM_RootValue", REAL_HIVE_CHANGE },
	{ "ez-registry/SAM_hasBigEndianDWord", BOTH },
	{ "ez-registry/UsrClassDeletedBags.dat", BOTH },
	{ "plaso/NTUSER-RunTests.DAT", REAL_HIVE_CHANGE },
	{ "plaso/NTUSER-WIN7.DAT", BOTH },
	{ "plaso/NTUSER.DAT", BOTH },
	{ "plaso/regf/100_sub_keys.hiv", BOTH },
	{ "plaso/regf/UsrClass.dat", BOTH },
	{ "python-registry/REORGANIZED_VALUES_TESTS", BOTH },
	{ "regipy/BCD", BOTH },
	{ "regipy/NTUSER-WSL.DAT", BOTH },
	{ "regipy/amcache.hve", REAL_HIVE_COMPARE },
	{ "regipy/transactions_NTUSER.DAT", REAL_HIVE_CHANGE },
	{ NULL, 0 },
};

/* More, that may not be copied. */
static const struct real_hive more[] = {
	{ "hivex/minimal", REAL_HIVE_COMPARE },
	{ "libguestfs/windows-software", BOTH },
	{ "libguestfs/windows-system", BOTH },
	{ "made/SOFTWARE_bho_basic", BOTH },
	{ "nt-hive/testhive", BOTH },
	{ "plaso/regf/NTUSER.DAT", BOTH },
	{ "regipy/NTUSER.DAT", REAL_HIVE_CHANGE },
	{ "regipy/SAM", REAL_HIVE_CHANGE },
	{ "velociraptor/Amcache.hve", REAL_HIVE_COMPARE },
	{ "yarp/BigDataHive", BOTH },
	{ "yarp/DeletedDataHive", REAL_HIVE_CHANGE },
	{ "yarp/DeletedTreeHive", REAL_HIVE_CHANGE },
	{ "yarp/ManySubkeysHive", BOTH },
	{ "yarp/NewDirtyHive1/NewDirtyHive", REAL_HIVE_CHANGE },
	{ "yarp/NewDirtyHive1/RecoveredHive_Windows10", BOTH },
	{ "yarp/OldDirtyHive/OldDirtyHive", REAL_HIVE_CHANGE },
	{ "yarp/OldDirtyHive/RecoveredHive_Windows7", BOTH },
	{ "yarp/PairHive", REAL_HIVE_CHANGE },
	{ "yarp/SlackHive", REAL_HIVE_CHANGE },
	{ "yarp/TwoOwnersHive", REAL_HIVE_CHANGE },
	{ "yarp/UnicodeHive", BOTH },
	{ NULL, 0 },
};

const char *real_hive_name(int folder, enum real_hive_use use, int i)
{
	const struct real_hive *hive = folder == 0 ? here : more;

	for (; hive->name; hive++)
		if ((hive->uses & (unsigned)use) && i-- == 0)
			break;
	return hive->name;
}

int real_hive_count(int folder, enum real_hive_use use)
{
	int n = 0;

	while (real_hive_name(folder, use, n))
		n++;
	return n;
}

char *real_hive_path(int folder, const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/hives/%s", unit_data_dir(folder), name);
	return str_detach(&path);
}

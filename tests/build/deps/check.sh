# Check, for the unit tests.
# SPDX-License-Identifier: Apache-2.0
SHIM_DIRS=agent/deps/check
UNINSTRUMENTED=yes

SRCS="src/check.c src/check_error.c src/check_list.c src/check_log.c
	src/check_msg.c src/check_pack.c src/check_print.c src/check_run.c
	src/check_str.c lib/libcompat.c"
if host_is_windows "$host"; then
	SRCS="$SRCS lib/alarm.c lib/clock_gettime.c lib/getline.c
		lib/localtime_r.c lib/strsignal.c lib/timer_create.c
		lib/timer_delete.c lib/timer_settime.c"
fi
SRC_CFLAGS="-DHAVE_CONFIG_H -I$top/agent/deps/check"

recipe_prepare()
{
	# The tree has a check_stdint.h of its own, made for another system.
	echo '#include <stdint.h>' >"$S/check_stdint.h"
	SRC_CFLAGS="$SRC_CFLAGS -I$S/src -I$S/lib -I$S"
}

recipe_install()
{
	cp "$S/src/check.h" "$S/check_stdint.h" "$D/include/"
}

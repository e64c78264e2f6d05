# libsodium, portable C with the vector code chosen at run time.
# SPDX-License-Identifier: Apache-2.0
UNINSTRUMENTED=yes

SRC_CFLAGS="-DCONFIGURED=1 -DSODIUM_STATIC=1 -DNATIVE_LITTLE_ENDIAN=1
	-DHAVE_ATOMIC_OPS=1 -DHAVE_C11_MEMORY_FENCES=1
	-DHAVE_GCC_MEMORY_FENCES=1 -DHAVE_INLINE_ASM=1 -DHAVE_INTTYPES_H=1
	-DHAVE_STDINT_H=1 -DHAVE_RAISE=1 -DHAVE_SYS_PARAM_H=1"
# No vector code on i686: 1.0.18's does not compile there without flags for
# single files, and machines of that kind gain little.
test "$host" = win32 || SRC_CFLAGS="$SRC_CFLAGS -DHAVE_TI_MODE=1
	-DHAVE_CPUID=1 -DHAVE_MMINTRIN_H=1 -DHAVE_EMMINTRIN_H=1
	-DHAVE_PMMINTRIN_H=1 -DHAVE_TMMINTRIN_H=1 -DHAVE_SMMINTRIN_H=1
	-DHAVE_AVXINTRIN_H=1 -DHAVE_AVX2INTRIN_H=1"
host_is_windows "$host" || SRC_CFLAGS="$SRC_CFLAGS -D_GNU_SOURCE=1
	-DTLS=_Thread_local -DHAVE_CATCHABLE_ABRT=1 -DHAVE_CATCHABLE_SEGV=1
	-DHAVE_CLOCK_GETTIME=1 -DHAVE_GETPID=1 -DHAVE_MADVISE=1
	-DHAVE_MLOCK=1 -DHAVE_MMAP=1 -DHAVE_MPROTECT=1 -DHAVE_NANOSLEEP=1
	-DHAVE_POSIX_MEMALIGN=1 -DHAVE_PTHREAD=1 -DHAVE_SYSCONF=1
	-DHAVE_SYS_AUXV_H=1 -DHAVE_SYS_MMAN_H=1 -DHAVE_SYS_RANDOM_H=1
	-DHAVE_GETRANDOM=1 -DHAVE_LINUX_COMPATIBLE_GETRANDOM=1
	-DHAVE_WEAK_SYMBOLS=1 -DHAVE_EXPLICIT_BZERO=1"

recipe_prepare()
{
	local inc=$S/src/libsodium/include

	sed -e "s/@VERSION@/$version/" \
		-e "s/@SODIUM_LIBRARY_VERSION_MAJOR@/26/" \
		-e "s/@SODIUM_LIBRARY_VERSION_MINOR@/0/" \
		-e "s/@SODIUM_LIBRARY_MINIMAL_DEF@//" \
		"$inc/sodium/version.h.in" >"$inc/sodium/version.h"
	SRCS=$(cd "$S" && find src/libsodium -name '*.c' | sort)
	SRC_CFLAGS="$SRC_CFLAGS -I$inc -I$inc/sodium"
}

recipe_install()
{
	cp -r "$S/src/libsodium/include/." "$D/include/"
	find "$D/include" -name private -prune -exec rm -rf {} +
	find "$D/include" -type f ! -name '*.h' -delete
}

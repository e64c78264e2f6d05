/*
 * Every host is little-endian x86; mingw-w64 has no <endian.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEPS_HIVEX_ENDIAN_H
#define DEPS_HIVEX_ENDIAN_H

#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN 1234
#endif
#ifndef __BIG_ENDIAN
#define __BIG_ENDIAN 4321
#endif
#ifndef __BYTE_ORDER
#define __BYTE_ORDER __LITTLE_ENDIAN
#endif

#endif

/*
 * config.h for libarchive: read zip, jar and cab from memory or a callback,
 * write zip. No files of its own, no charset conversion, no crypto library.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What Windows XP's msvcrt lacks (the *_s functions, bcrypt) is not named on
 * Windows, so it cannot be imported.
 */
#ifndef DEPS_ARCHIVE_CONFIG_H
#define DEPS_ARCHIVE_CONFIG_H

#define __LIBARCHIVE_CONFIG_H_INCLUDED 1

#define HAVE_LIBZ   1
#define HAVE_ZLIB_H 1

#define STDC_HEADERS	 1
#define HAVE_CTYPE_H	 1
#define HAVE_ERRNO_H	 1
#define HAVE_FCNTL_H	 1
#define HAVE_INTTYPES_H	 1
#define HAVE_LIMITS_H	 1
#define HAVE_LOCALE_H	 1
#define HAVE_MEMORY_H	 1
#define HAVE_STDARG_H	 1
#define HAVE_STDINT_H	 1
#define HAVE_STDLIB_H	 1
#define HAVE_STRING_H	 1
#define HAVE_SYS_STAT_H	 1
#define HAVE_SYS_TIME_H	 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_TIME_H	 1
#define HAVE_UNISTD_H	 1
#define HAVE_WCHAR_H	 1
#define HAVE_WCTYPE_H	 1

#define HAVE_DECL_INT32_MAX   1
#define HAVE_DECL_INT32_MIN   1
#define HAVE_DECL_INT64_MAX   1
#define HAVE_DECL_INT64_MIN   1
#define HAVE_DECL_INTMAX_MAX  1
#define HAVE_DECL_INTMAX_MIN  1
#define HAVE_DECL_SIZE_MAX    1
#define HAVE_DECL_SSIZE_MAX   1
#define HAVE_DECL_UINT32_MAX  1
#define HAVE_DECL_UINT64_MAX  1
#define HAVE_DECL_UINTMAX_MAX 1

#define HAVE_EILSEQ		    1
#define HAVE_FCNTL		    1
#define HAVE_INTMAX_T		    1
#define HAVE_UINTMAX_T		    1
#define HAVE_WCHAR_T		    1
#define HAVE_LONG_LONG_INT	    1
#define HAVE_UNSIGNED_LONG_LONG	    1
#define HAVE_UNSIGNED_LONG_LONG_INT 1

#define HAVE_FSTAT     1
#define HAVE_FTRUNCATE 1
#define HAVE_GETPID    1
#define HAVE_MBRTOWC   1
#define HAVE_MEMMOVE   1
#define HAVE_MEMSET    1
#define HAVE_SETLOCALE 1
#define HAVE_STRCHR    1
#define HAVE_STRDUP    1
#define HAVE_STRERROR  1
#define HAVE_STRFTIME  1
#define HAVE_STRRCHR   1
#define HAVE_TZSET     1
#define HAVE_VPRINTF   1
#define HAVE_WCRTOMB   1
#define HAVE_WCSCMP    1
#define HAVE_WCSCPY    1
#define HAVE_WCSLEN    1
#define HAVE_WCTOMB    1
#define HAVE_WMEMCMP   1
#define HAVE_WMEMCPY   1
#define HAVE_WMEMMOVE  1

#ifdef _WIN32
#define HAVE_IO_H	1
#define HAVE_WINCRYPT_H 1
#define HAVE_WINDOWS_H	1
#define HAVE_WINIOCTL_H 1
#define HAVE__FSEEKI64	1
#define SIZEOF_WCHAR_T	2
typedef short gid_t;
typedef short uid_t;
typedef unsigned int id_t;
#else
#define HAVE_GMTIME_R	 1
#define HAVE_LANGINFO_H	 1
#define HAVE_LOCALTIME_R 1
#define HAVE_NL_LANGINFO 1
#define HAVE_TIMEGM	 1
#define SIZEOF_WCHAR_T	 4
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#endif

#endif

/*
 * What a file carries beside its content: released, and compared.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The comparison decides whether an undo succeeded, so it names what differs
 * and shows both sides where they are short.
 */
#include "host/change.h"
#include "host/descriptor.h"
#include "host/fail.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/host.h"

#include <errno.h>
#include <string.h>

/* [MS-FSA] 2.1.5.15.13: what setting a short name answers. */
#define STATUS_TAKEN 0xC0000035u /* STATUS_OBJECT_NAME_COLLISION */
#define STATUS_OFF                                                             \
	0xC000019Fu /* STATUS_SHORT_NAMES_NOT_ENABLED_ON_VOLUME, Windows 7 */

void host_meta_release(struct host_meta *m)
{
	if (m == NULL)
		return;
	mem_free(m->short_name);
	mem_free(m->security);
	mem_free(m->xattrs);
	memset(m, 0, sizeof(*m));
}

static bool has_all(const struct host_meta *want, const struct host_meta *got,
		    uint32_t field)
{
	return !(want->known & field) || (got->known & field);
}

static bool lacks(const struct host_meta *want, const struct host_meta *got,
		  char *text, size_t nbytes)
{
	static const struct {
		uint32_t field;
		const char *text;
	} fields[] = {
		{ META_ATTRS, W_HOST_NO_ATTRIBUTES },
		{ META_TIMES, W_HOST_NO_TIMES },
		{ META_SHORT, W_HOST_NO_SHORT },
		{ META_SECURITY, W_HOST_NO_SECURITY },
		{ META_POSIX, W_HOST_NO_MODE },
		{ META_OBJECT, W_HOST_NO_OBJECT },
		{ META_XATTRS, W_HOST_NO_XATTRS },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (has_all(want, got, fields[i].field))
			continue;
		str_copy(text, fields[i].text, nbytes);
		return true;
	}
	return false;
}

static bool time_differs(const char *name, int64_t want, int64_t got,
			 char *text, size_t nbytes)
{
	if (want == 0 || want == got)
		return false;
	snprintf(text, nbytes, W_HOST_DIFFERS_TIME, name, got, want);
	return true;
}

static bool times_differ(const struct host_meta *want,
			 const struct host_meta *got, char *text, size_t nbytes)
{
	if (!(want->known & META_TIMES))
		return false;
	return time_differs(W_HOST_TIME_CREATION, want->created, got->created,
			    text, nbytes) ||
	       time_differs(W_HOST_TIME_WRITE, want->written, got->written,
			    text, nbytes) ||
	       time_differs(W_HOST_TIME_ACCESS, want->accessed, got->accessed,
			    text, nbytes);
}

static bool short_name_differs(const struct host_meta *want,
			       const struct host_meta *got, char *text,
			       size_t nbytes)
{
	const char *a = want->short_name != NULL ? want->short_name : "";
	const char *b = got->short_name != NULL ? got->short_name : "";

	if (!(want->known & META_SHORT) || strcmp(a, b) == 0)
		return false;
	snprintf(text, nbytes, W_HOST_DIFFERS_SHORT, b, a);
	return true;
}

static bool posix_differs(const struct host_meta *want,
			  const struct host_meta *got, char *text,
			  size_t nbytes)
{
	if (!(want->known & META_POSIX))
		return false;
	if (want->mode == got->mode && want->uid == got->uid &&
	    want->gid == got->gid)
		return false;
	snprintf(text, nbytes, W_HOST_DIFFERS_MODE, got->mode, got->uid,
		 got->gid, want->mode, want->uid, want->gid);
	return true;
}

struct xattr {
	const char *name;
	const uint8_t *value;
	uint32_t nbytes;
};

/* 1: there is one, *at behind it; 0: the end; -1: broken. */
static int xattr_next(const struct bytes *list, size_t *at, struct xattr *ret)
{
	const size_t left = list->nbytes - *at;
	const uint8_t *name = list->data + *at;
	const uint8_t *end;
	const uint8_t *nbytes;
	uint64_t next;

	if (left == 0)
		return 0;
	end = memchr(name, 0, left);
	if (end == NULL)
		return -1;
	next = (uint64_t)(end - list->data) + 1;
	nbytes = bytes_at(list, next, 4);
	if (nbytes == NULL)
		return -1;
	next += 4;
	ret->name = (const char *)name;
	ret->nbytes = bytes_le32(nbytes);
	ret->value = bytes_at(list, next, ret->nbytes);
	if (ret->value == NULL)
		return -1;
	*at = (size_t)next + ret->nbytes;
	return 1;
}

/* Each of `a` is in `b` and has that value (or any, if !values). */
static bool xattrs_within(const struct bytes *a, const struct bytes *b,
			  bool values, const char **name_ret)
{
	size_t at = 0;
	struct xattr x;
	int more;

	*name_ret = "?";
	while ((more = xattr_next(a, &at, &x)) > 0) {
		size_t other_at = 0;
		struct xattr y;
		bool found = false;

		*name_ret = x.name;
		while (!found && xattr_next(b, &other_at, &y) > 0)
			found = strcmp(x.name, y.name) == 0;
		if (!found)
			return false;
		if (values && (x.nbytes != y.nbytes ||
			       memcmp(x.value, y.value, x.nbytes) != 0))
			return false;
	}
	return more == 0;
}

static bool xattrs_differ(const struct host_meta *want,
			  const struct host_meta *got, char *text,
			  size_t nbytes)
{
	static const uint8_t none[1];
	const struct bytes a = { want->xattrs ? want->xattrs : none,
				 want->xattrs ? want->xattrs_nbytes : 0 };
	const struct bytes b = { got->xattrs ? got->xattrs : none,
				 got->xattrs ? got->xattrs_nbytes : 0 };
	const char *name;

	if (!(want->known & META_XATTRS))
		return false;
	if (!xattrs_within(&a, &b, true, &name))
		snprintf(text, nbytes, W_HOST_DIFFERS_XATTR, name);
	else if (!xattrs_within(&b, &a, false, &name))
		snprintf(text, nbytes, W_HOST_DIFFERS_XATTR_NEW, name);
	else
		return false;
	return true;
}

const char *host_meta_differs(const struct host_meta *want,
			      const struct host_meta *got, char *text_ret,
			      size_t text_nbytes)
{
	const uint32_t known = want->known;

	if (lacks(want, got, text_ret, text_nbytes))
		return text_ret;
	if ((known & META_ATTRS) &&
	    ((want->attrs ^ got->attrs) & META_ATTRS_KEPT)) {
		snprintf(text_ret, text_nbytes, W_HOST_DIFFERS_ATTRIBUTES,
			 got->attrs & META_ATTRS_KEPT,
			 want->attrs & META_ATTRS_KEPT);
		return text_ret;
	}
	if (times_differ(want, got, text_ret, text_nbytes) ||
	    short_name_differs(want, got, text_ret, text_nbytes))
		return text_ret;
	if ((known & META_SECURITY) &&
	    !descriptor_is_same(want->security, want->security_nbytes,
				got->security, got->security_nbytes)) {
		snprintf(text_ret, text_nbytes, W_HOST_DIFFERS_SECURITY);
		return text_ret;
	}
	if (posix_differs(want, got, text_ret, text_nbytes))
		return text_ret;
	if ((known & META_OBJECT) && memcmp(want->object_id, got->object_id,
					    sizeof(want->object_id)) != 0) {
		snprintf(text_ret, text_nbytes, W_HOST_DIFFERS_OBJECT);
		return text_ret;
	}
	return xattrs_differ(want, got, text_ret, text_nbytes) ? text_ret
							       : NULL;
}

int host_meta_check(const struct host_meta *want, const struct host_meta *got,
		    const char *path)
{
	char why[HOST_TEXT_NBYTES];

	if (host_meta_differs(want, got, why, sizeof(why)) == NULL)
		return 0;
	return err_fail(ERR_IO, 0, W_HOST_META_NOT_TAKEN, path, why);
}

/* ---- the short name ---------------------------------------------- */

enum host_short_fate host_short_of_status(uint32_t status)
{
	if (status == STATUS_OFF)
		return HOST_SHORT_OFF;
	return status == STATUS_TAKEN ? HOST_SHORT_TAKEN : HOST_SHORT_KEPT;
}

enum host_short_fate host_short_of_errno(int os_error)
{
	/* ntfs-3g 2022.10.3 looks for the name before it changes anything. */
	return os_error == EEXIST ? HOST_SHORT_TAKEN : HOST_SHORT_KEPT;
}

int host_meta_check_sparing(const struct host_meta *want,
			    const struct host_meta *got, const char *path,
			    enum host_short_fate why, struct host_short *ret)
{
	struct host_meta rest = *want;
	int err = host_meta_check(want, got, path);

	if (ret == NULL)
		return err;
	if (err == 0 || !(want->known & META_SHORT) || want->short_name == NULL)
		return err;
	rest.known &= ~META_SHORT;
	err = host_meta_check(&rest, got, path);
	if (err != 0)
		return err;
	ret->fate = why == HOST_SHORT_KEPT ? HOST_SHORT_LOST : why;
	str_copy(ret->name, want->short_name, sizeof(ret->name));
	return 0;
}

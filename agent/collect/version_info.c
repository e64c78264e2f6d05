/*
 * The version resource of a PE image: only headers, the resource folders on
 * the way and the resource itself are read.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Headers (base/pe.h) -> data directory 2 -> type 16 -> first name ->
 * first language -> VS_VERSIONINFO (Microsoft, "PE Format" and "VERSIONINFO
 * resource").  Every number of the file is hostile: sizes are bounded here,
 * and one function (bytes_at) turns offsets into pointers.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pe.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/version_info.h"

#include <string.h>

#define MAX_ENTRIES    4096 /* of one resource folder */
#define MAX_RESOURCE   ((size_t)256 << 10)
#define MAX_CHILDREN   1024
#define MAX_TEXT_UNITS 1024

#define TYPE_VERSION	16
#define FIXED_SIGNATURE 0xfeef04bdu
#define FIXED_NBYTES	52
#define IN_SUBFOLDER	0x80000000u

/* ---- the image --------------------------------------------------------- */

struct image {
	const struct source *source;
	struct pe pe;
	struct pe_sections sections;
	uint32_t resources; /* RVA */
};

static int image_open(struct image *im, const struct source *source)
{
	const struct pe_directory *d;
	struct pe *pe = &im->pe;
	int err;

	memset(im, 0, sizeof(*im));
	im->source = source;
	err = pe_read(source, pe);
	if (err)
		return err == ERR_CORRUPT ? ERR_NOT_FOUND : err;
	d = &pe->directories[PE_DIRECTORY_RESOURCE];
	/* Within what the file itself calls its header. */
	if (pe->directory_count <= PE_DIRECTORY_RESOURCE ||
	    d->at + 4 > pe->optional_at + pe->optional_nbytes || !d->start)
		return ERR_NOT_FOUND;
	im->resources = d->start;
	return pe_sections_read(source, pe, &im->sections);
}

static int read_rva(const struct image *im, uint64_t rva, void *buf,
		    size_t nbytes)
{
	uint64_t offset;

	if (!pe_offset(&im->sections, rva, &offset))
		return ERR_CORRUPT;
	return source_read_all(im->source, offset, buf, nbytes);
}

/*
 * One resource folder: the entry with this number, or the first if `id` is
 * 0.  *ret is its offset field.
 */
static int find_entry(const struct image *im, uint32_t folder, uint32_t id,
		      uint32_t *ret)
{
	uint8_t head[16];
	uint8_t entry[8];
	uint32_t count;
	uint32_t i;
	int err;

	err = read_rva(im, (uint64_t)im->resources + folder, head,
		       sizeof(head));
	if (err)
		return err;
	count = (uint32_t)bytes_le16(head + 12) + bytes_le16(head + 14);
	if (count > MAX_ENTRIES)
		count = MAX_ENTRIES;
	for (i = 0; i < count; i++) {
		err = read_rva(im,
			       (uint64_t)im->resources + folder + 16 +
				       (uint64_t)i * 8,
			       entry, sizeof(entry));
		if (err)
			return err;
		if (!id || bytes_le32(entry) == id) {
			*ret = bytes_le32(entry + 4);
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

/* The bytes of the first version resource; caller frees. */
static int read_resource(const struct image *im, uint8_t **ret,
			 size_t *nbytes_ret)
{
	uint32_t at = 0;
	uint8_t row[16];
	uint8_t *data;
	size_t nbytes;
	int level;
	int err;

	for (level = 0; level < 3; level++) {
		err = find_entry(im, at, level ? 0 : TYPE_VERSION, &at);
		if (err)
			return err;
		if (!(at & IN_SUBFOLDER))
			break;
		at &= ~IN_SUBFOLDER;
	}
	if (level == 3)
		return ERR_CORRUPT; /* deeper than Windows goes */
	err = read_rva(im, (uint64_t)im->resources + at, row, sizeof(row));
	if (err)
		return err;
	nbytes = bytes_le32(row + 4);
	if (nbytes > MAX_RESOURCE)
		nbytes = MAX_RESOURCE;
	if (nbytes > im->source->nbytes)
		return ERR_CORRUPT;
	data = mem_alloc(nbytes + 1);
	if (!data)
		return ERR_NOMEM;
	err = read_rva(im, bytes_le32(row), data, nbytes);
	if (err) {
		mem_free(data);
		return err;
	}
	*ret = data;
	*nbytes_ret = nbytes;
	return 0;
}

/* ---- VS_VERSIONINFO ---------------------------------------------------- */

/* One node: length, value length, type, key, value, children. */
struct node {
	struct bytes all;
	const uint8_t *key; /* UTF-16 */
	size_t key_units;
	size_t value;	     /* offset in `all` */
	size_t value_length; /* as stored: bytes or UTF-16 units */
};

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static bool node_parse(const struct bytes *from, size_t offset,
		       struct node *ret)
{
	const uint8_t *p = bytes_at(from, offset, 6);
	size_t at = 6;
	size_t nbytes;

	if (!p)
		return false;
	nbytes = bytes_le16(p);
	if (nbytes < 6)
		return false;
	if (nbytes > from->nbytes - offset)
		nbytes = from->nbytes - offset;
	ret->all.data = p;
	ret->all.nbytes = nbytes;
	ret->value_length = bytes_le16(p + 2);
	ret->key = p + 6;
	ret->key_units = 0;
	while ((p = bytes_at(&ret->all, at, 2)) != NULL && bytes_le16(p)) {
		ret->key_units++;
		at += 2;
	}
	ret->value = align4(at + 2);
	return true;
}

static bool key_is(const struct node *n, const char *key)
{
	size_t i;

	if (strlen(key) != n->key_units)
		return false;
	for (i = 0; i < n->key_units; i++)
		if (bytes_le16(n->key + 2 * i) > 127 ||
		    ascii_lower(n->key[2 * i]) !=
			    ascii_lower((unsigned char)key[i]))
			return false;
	return true;
}

/* The child that follows `*offset`; false: no more. */
static bool next_child(const struct node *parent, size_t *offset,
		       struct node *ret)
{
	size_t at = align4(*offset);

	if (at >= parent->all.nbytes || !node_parse(&parent->all, at, ret))
		return false;
	*offset = at + ret->all.nbytes;
	return true;
}

static bool find_child(const struct node *parent, size_t start, const char *key,
		       struct node *ret)
{
	size_t at = start;
	unsigned i;

	for (i = 0; i < MAX_CHILDREN && next_child(parent, &at, ret); i++)
		if (!key || key_is(ret, key))
			return true;
	return false;
}

/* Up to the first NUL; blanks at both ends are padding. */
static char *node_text(const struct node *n)
{
	struct str s = STR_INIT;
	const uint8_t *p;
	size_t start = n->value;
	size_t end = start;

	while (end - start < (size_t)2 * MAX_TEXT_UNITS &&
	       (p = bytes_at(&n->all, end, 2)) != NULL && bytes_le16(p))
		end += 2;
	while (end > start && bytes_le16(n->all.data + end - 2) == ' ')
		end -= 2;
	while (end > start && bytes_le16(n->all.data + start) == ' ')
		start += 2;
	if (end == start)
		return NULL;
	utf_from_utf16le(&s, n->all.data + start, (end - start) / 2);
	return str_detach(&s);
}

/* The table of the first language listed in VarFileInfo, else the first. */
static bool choose_table(const struct node *root, size_t children,
			 const struct node *strings, struct node *ret)
{
	struct node var;
	struct node translation;
	const uint8_t *p;
	char key[16];

	if (find_child(root, children, "VarFileInfo", &var) &&
	    find_child(&var, var.value, "Translation", &translation)) {
		p = bytes_at(&translation.all, translation.value, 4);
		if (p) {
			snprintf(key, sizeof(key), "%04x%04x",
				 (unsigned)bytes_le16(p),
				 (unsigned)bytes_le16(p + 2));
			if (find_child(strings, strings->value, key, ret))
				return true;
		}
	}
	return find_child(strings, strings->value, NULL, ret);
}

static char *fixed_version(const struct node *root)
{
	const uint8_t *p = bytes_at(&root->all, root->value, FIXED_NBYTES);
	struct str s = STR_INIT;
	uint32_t high;
	uint32_t low;

	if (!p || root->value_length < FIXED_NBYTES ||
	    bytes_le32(p) != FIXED_SIGNATURE)
		return NULL;
	high = bytes_le32(p + 8);
	low = bytes_le32(p + 12);
	str_addf(&s, "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32, high >> 16,
		 high & 0xffff, low >> 16, low & 0xffff);
	return str_detach(&s);
}

static void read_strings(const struct node *table, struct version_info *v)
{
	struct {
		const char *key;
		char **text;
	} fields[] = {
		{ "CompanyName", &v->company },
		{ "ProductName", &v->product },
		{ "FileDescription", &v->description },
		{ "OriginalFilename", &v->original_name },
		/* Only where the fixed block is missing. */
		{ "FileVersion", &v->file_version },
	};
	struct node n;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!*fields[i].text &&
		    find_child(table, table->value, fields[i].key, &n))
			*fields[i].text = node_text(&n);
}

static int parse_resource(const uint8_t *data, size_t nbytes,
			  struct version_info *ret)
{
	struct bytes all = { data, nbytes };
	struct version_info v = { NULL, NULL, NULL, NULL, NULL };
	struct node root;
	struct node strings;
	struct node table;
	size_t children;

	if (!node_parse(&all, 0, &root) || !key_is(&root, "VS_VERSION_INFO"))
		return ERR_CORRUPT;
	v.file_version = fixed_version(&root);
	children = root.value + align4(root.value_length);
	if (find_child(&root, children, "StringFileInfo", &strings) &&
	    choose_table(&root, children, &strings, &table))
		read_strings(&table, &v);
	*ret = v;
	return 0;
}

/* ---- outside ------------------------------------------------------------ */

void version_info_release(struct version_info *v)
{
	mem_free(v->file_version);
	mem_free(v->company);
	mem_free(v->product);
	mem_free(v->description);
	mem_free(v->original_name);
	memset(v, 0, sizeof(*v));
}

static int read_from(const struct source *source, struct version_info *ret)
{
	struct image im;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err = image_open(&im, source);

	if (!err)
		err = read_resource(&im, &data, &nbytes);
	if (!err)
		err = parse_resource(data, nbytes, ret);
	mem_free(data);
	pe_sections_release(&im.sections);
	return err;
}

int version_info_read(struct host_file *f, struct version_info *ret)
{
	struct source source = host_source(f, UINT64_MAX);

	return read_from(&source, ret);
}

int version_info_parse(const uint8_t *data, size_t nbytes,
		       struct version_info *ret)
{
	struct source source = source_of_memory(data, nbytes);

	return read_from(&source, ret);
}

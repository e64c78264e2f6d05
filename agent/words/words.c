/*
 * Texts in the language of the person.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "words/words.h"
#include "words/words_table.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* No text has more; the table's test knows. */
#define MAX_ARGS 9
/* "A: B; C", each of them a sentence. */
#define MAX_DEPTH 4
/* Tries of one row, so that no hostile sentence takes long. */
#define MAX_TRIES 4096

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- conversions of printf --------------------------------------- */

struct spec {
	unsigned index; /* of "%2$s", from 1; 0: the next one */
	unsigned width;
	int precision; /* -1: none, -2: the argument before it */
	bool is_zero;  /* filled with zeros */
	bool is_wide;  /* 64 bits */
	char letter;
};

/* Behind the '%'; the end of it. */
static const char *read_spec(const char *s, struct spec *ret)
{
	char *end;

	memset(ret, 0, sizeof(*ret));
	ret->precision = -1;
	if (is_digit(*s)) {
		const unsigned long n = strtoul(s, &end, 10);

		if (*end == '$') {
			ret->index = (unsigned)n;
			s = end + 1;
		}
	}
	for (; *s && strchr("-+ #0", *s); s++)
		ret->is_zero = ret->is_zero || *s == '0';
	ret->width = (unsigned)strtoul(s, &end, 10);
	s = end;
	if (*s == '.' && s[1] == '*') {
		ret->precision = -2;
		s += 2;
	} else if (*s == '.') {
		ret->precision = (int)strtoul(s + 1, &end, 10);
		s = end;
	}
	/* "I64" is msvcrt's "ll"; "l" is as wide as a long. */
	for (; *s && strchr("hlzjI64", *s); s++)
		ret->is_wide = ret->is_wide || *s == 'I' ||
			       (*s == 'l' && (s[1] == 'l' ||
					      sizeof(long) == sizeof(int64_t)));
	ret->letter = *s;
	return *s ? s + 1 : s;
}

/* ---- a row by its text ------------------------------------------- */

/* Texts compared with each conversion taken as one '%'. */
static int compare(const char *a, const char *b)
{
	struct spec spec;

	for (;;) {
		const bool is_a = *a == '%', is_b = *b == '%';

		if (*a != *b || !*a)
			return (int)(unsigned char)*a - (int)(unsigned char)*b;
		a++;
		b++;
		if (is_a && is_b && (*a != '%' || *b != '%')) {
			a = read_spec(a, &spec);
			b = read_spec(b, &spec);
		}
	}
}

static const struct words_row *find(const char *en)
{
	size_t low = 0, high = words_row_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = compare(en, words_rows[mid].en);

		if (c == 0)
			return &words_rows[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const char *words_in(const char *en, const char *lang)
{
	const struct words_row *row = lang_is_ja(lang) ? find(en) : NULL;

	return row && row->ja ? row->ja : en;
}

/* ---- arguments --------------------------------------------------- */

/* What was put in for each conversion, one after the other in `text`. */
struct args {
	struct str text;
	size_t end[MAX_ARGS];
	unsigned count;
};

static void add_signed(struct str *out, const struct spec *spec, int64_t v)
{
	if (spec->is_zero)
		str_addf(out, "%0*" PRId64, (int)spec->width, v);
	else
		str_addf(out, "%*" PRId64, (int)spec->width, v);
}

static void add_unsigned(struct str *out, const struct spec *spec, uint64_t v)
{
	const int width = (int)spec->width;

	if (spec->letter == 'x')
		spec->is_zero ? str_addf(out, "%0*" PRIx64, width, v)
			      : str_addf(out, "%*" PRIx64, width, v);
	else if (spec->letter == 'X')
		spec->is_zero ? str_addf(out, "%0*" PRIX64, width, v)
			      : str_addf(out, "%*" PRIX64, width, v);
	else if (spec->letter == 'o')
		spec->is_zero ? str_addf(out, "%0*" PRIo64, width, v)
			      : str_addf(out, "%*" PRIo64, width, v);
	else
		spec->is_zero ? str_addf(out, "%0*" PRIu64, width, v)
			      : str_addf(out, "%*" PRIu64, width, v);
}

static void add_text(struct str *out, int precision, const char *text)
{
	if (precision < 0)
		str_add(out, text);
	else
		str_addf(out, "%.*s", precision, text);
}

static void take(struct args *a, const struct spec *spec, va_list *ap)
{
	int precision = spec->precision;

	if (precision == -2)
		precision = va_arg(*ap, int);
	switch (spec->letter) {
	case 's':
		add_text(&a->text, precision, va_arg(*ap, const char *));
		break;
	case 'c':
		str_addch(&a->text, (char)va_arg(*ap, int));
		break;
	case 'd':
	case 'i':
		add_signed(&a->text, spec,
			   spec->is_wide ? va_arg(*ap, int64_t)
					 : va_arg(*ap, int));
		break;
	default:
		add_unsigned(&a->text, spec,
			     spec->is_wide ? va_arg(*ap, uint64_t)
					   : va_arg(*ap, unsigned));
	}
	a->end[a->count++] = a->text.len;
}

static void take_all(struct args *a, const char *en, va_list *ap)
{
	struct spec spec;

	for (const char *s = strchr(en, '%'); s; s = strchr(s, '%')) {
		if (*++s == '%') {
			s++;
			continue;
		}
		s = read_spec(s, &spec);
		if (!spec.letter || a->count == MAX_ARGS)
			return;
		take(a, &spec, ap);
	}
}

/* The text of a row with these put in. */
static void put_in(struct str *out, const char *text, const struct args *a)
{
	unsigned next = 0;

	for (const char *s = text; *s;) {
		const size_t n = strcspn(s, "%");
		struct spec spec;
		unsigned i;

		str_addn(out, s, n);
		s += n;
		if (!*s)
			break;
		if (*++s == '%') {
			str_addch(out, *s++);
			continue;
		}
		s = read_spec(s, &spec);
		i = spec.index ? spec.index - 1 : next++;
		if (i < a->count) {
			const size_t begin = i ? a->end[i - 1] : 0;

			str_addn(out, str_text(&a->text) + begin,
				 a->end[i] - begin);
		}
	}
}

int words_add(struct str *out, const char *lang, const char *en, ...)
{
	const char *text = words_in(en, lang);
	struct args a = { .text = STR_INIT };
	va_list ap;

	va_start(ap, en);
	if (text == en) {
		str_vaddf(out, en, ap);
	} else {
		va_list copy;

		va_copy(copy, ap);
		take_all(&a, en, &copy);
		va_end(copy);
		if (a.text.err && !out->err)
			out->err = a.text.err;
		put_in(out, text, &a);
		str_release(&a.text);
	}
	va_end(ap);
	return out->err;
}

/* ---- finished sentences ------------------------------------------ */

struct range {
	const char *s;
	const char *end;
	bool is_quoted;
};

struct found {
	struct range args[MAX_ARGS];
	unsigned count;
	unsigned tries;
};

static bool fits(const char *en, const char *s, const char *end, bool is_quoted,
		 struct found *f);

/* What one number may be made of; hexadecimal for x and X. */
static const char *skip_number(const char *s, const char *end, char letter)
{
	while (s < end && *s == ' ')
		s++;
	s += s < end && *s == '-';
	while (s < end && (is_digit(*s) || ((letter == 'x' || letter == 'X') &&
					    strchr("abcdefABCDEF", *s))))
		s++;
	return s;
}

/*
 * A text argument ends where the rest of the row fits; one in quotes at a
 * quote, another never inside of quotes, where a name may say anything.
 */
static bool fits_text(const char *rest, struct range arg, const char *end,
		      struct found *f)
{
	const unsigned n = f->count - 1;
	bool is_inside = false;

	if (!*rest) {
		f->args[n].end = end;
		return true;
	}
	for (const char *s = arg.s; s <= end && f->tries; s++) {
		if (!is_inside || arg.is_quoted) {
			f->args[n].end = s;
			f->count = n + 1;
			f->tries--;
			if (fits(rest, s, end, arg.is_quoted, f))
				return true;
		}
		if (s < end && *s == '"')
			is_inside = !is_inside;
	}
	return false;
}

/* Whether s … end is the text `en` with arguments put in; which they are. */
static bool fits(const char *en, const char *s, const char *end, bool is_quoted,
		 struct found *f)
{
	struct spec spec;

	while (*en) {
		if (*en != '%' || en[1] == '%') {
			en += *en == '%';
			if (s == end || *s != *en)
				return false;
			is_quoted = *en == '"' ? !is_quoted : is_quoted;
			en++;
			s++;
			continue;
		}
		en = read_spec(en + 1, &spec);
		if (!spec.letter || f->count == MAX_ARGS)
			return false;
		f->args[f->count++] = (struct range){ s, end, is_quoted };
		if (spec.letter == 's' || spec.letter == 'c')
			return fits_text(en, f->args[f->count - 1], end, f);
		s = skip_number(s, end, spec.letter);
		if (s == f->args[f->count - 1].s)
			return false;
		f->args[f->count - 1].end = s;
	}
	return s == end;
}

/* How much of a row is its own text: the more, the surer it is meant. */
static size_t own_nbytes(const char *en)
{
	struct spec spec;
	size_t n = 0;

	while (*en) {
		if (*en == '%' && en[1] != '%') {
			en = read_spec(en + 1, &spec);
		} else {
			n++;
			en += *en == '%' ? 2 : 1;
		}
	}
	return n;
}

/* "%s: %s" only joins sentences: nothing tells that it is meant. */
static bool only_joins(const char *en)
{
	struct spec spec;

	while (*en) {
		if (*en == '%' && en[1] != '%')
			en = read_spec(en + 1, &spec);
		else if ((*en | 32) >= 'a' && (*en | 32) <= 'z')
			return false;
		else
			en++;
	}
	return true;
}

static bool translate(struct str *out, const char *s, const char *end,
		      unsigned depth);

/* The arguments, translated where they are sentences; whether one is. */
static bool take_found(struct args *a, const struct found *f, unsigned depth)
{
	bool is_known = false;

	for (unsigned i = 0; i < f->count; i++) {
		const struct range *r = &f->args[i];

		if (r->is_quoted || !translate(&a->text, r->s, r->end, depth))
			str_addn(&a->text, r->s, (size_t)(r->end - r->s));
		else
			is_known = true;
		a->end[a->count++] = a->text.len;
	}
	return is_known;
}

static bool add_row(struct str *out, const struct words_row *row,
		    const struct found *f, unsigned depth)
{
	struct args a = { .text = STR_INIT };
	bool ok = take_found(&a, f, depth) || !only_joins(row->en);

	if (a.text.err && !out->err)
		out->err = a.text.err;
	if (ok)
		put_in(out, row->ja, &a);
	str_release(&a.text);
	return ok;
}

static bool begins_so(const char *en, const char *s, const char *end)
{
	return *en == '%' || (s < end && *s == *en);
}

static bool fits_row(const struct words_row *row, const char *s,
		     const char *end, struct found *ret)
{
	ret->count = 0;
	ret->tries = MAX_TRIES;
	return row->ja && fits(row->en, s, end, false, ret);
}

/* Of the rows that say something the one with most of its own words. */
static const struct words_row *find_sentence(const char *s, const char *end,
					     struct found *ret)
{
	const struct words_row *best = NULL;
	struct found f;
	size_t most = 0;

	for (size_t i = 0; i < words_row_count; i++) {
		const struct words_row *row = &words_rows[i];
		size_t n;

		/* Most of them differ in their first letter. */
		if (!begins_so(row->en, s, end))
			continue;
		n = own_nbytes(row->en);
		if (n > most && !only_joins(row->en) &&
		    fits_row(row, s, end, &f)) {
			best = row;
			*ret = f;
			most = n;
		}
	}
	return best;
}

/* False, and nothing appended: no row has it. */
static bool translate(struct str *out, const char *s, const char *end,
		      unsigned depth)
{
	const struct words_row *row;
	struct found f;

	if (s == end || depth == MAX_DEPTH)
		return false;
	row = find_sentence(s, end, &f);
	if (row)
		return add_row(out, row, &f, depth + 1);
	for (size_t i = 0; i < words_row_count; i++)
		if (only_joins(words_rows[i].en) &&
		    fits_row(&words_rows[i], s, end, &f) &&
		    add_row(out, &words_rows[i], &f, depth + 1))
			return true;
	return false;
}

int words_translate(struct str *out, const char *lang, const char *sentence)
{
	const char *end = sentence + strlen(sentence);

	if (!lang_is_ja(lang) || !translate(out, sentence, end, 0))
		str_add(out, sentence);
	return out->err;
}

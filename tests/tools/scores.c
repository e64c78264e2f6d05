/*
 * How the scores of a pack add up, computed from the pack by the formula that
 * the program uses: SCORES.md from a page with cases.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   scores [--example] PACK PAGE
 *
 * Lines of the page are printed as they are, "{rule}" as the score of that
 * rule, and
 *   = CASE = RULES = VERDICT   as a row: what the rules give; "-": none hit
 *   =! …                       the same; the worked example of score.c
 *   @rules                     as a table of all rules
 * A verdict that is not the one that comes out ends it with exit code 1.
 * --example prints the worked example alone, as score.c shows it.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "verdict/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_NBYTES 4096
#define CASE_MAX_RULES	16

struct page {
	struct pack *pack;
	unsigned line;
	bool only_example;
	bool failed;
};

struct score_case {
	const struct rule_info *rules[CASE_MAX_RULES];
	size_t count;
	struct score_sum sum;
};

static void fail(const struct page *p, const char *fmt, ...) FMT_PRINTF(2, 3);

static void fail(const struct page *p, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "scores: line %u: ", p->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static const struct rule_info *find_rule(const struct page *p, const char *name,
					 size_t nbytes)
{
	for (size_t i = 0; i < pack_rule_count(p->pack); i++) {
		const struct rule_info *r = pack_rule(p->pack, i);

		if (strlen(r->name) == nbytes &&
		    memcmp(r->name, name, nbytes) == 0)
			return r;
	}
	fail(p, "there is no rule %.*s", (int)nbytes, name);
	return NULL;
}

static void read_rules(const struct page *p, const char *names,
		       struct score_case *c)
{
	while (*names && strcmp(names, "-") != 0) {
		size_t n = strcspn(names, " ");

		if (c->count == CASE_MAX_RULES)
			fail(p, "too many rules");
		c->rules[c->count++] = find_rule(p, names, n);
		names += n;
		names += strspn(names, " ");
	}
	score_rules(c->rules, c->count, &c->sum);
}

static bool does_count(const struct score_case *c, const struct rule_info *r)
{
	return c->sum.best[r->evidence] == r;
}

static int by_score(const void *a, const void *b)
{
	const struct rule_info *const *x = a;
	const struct rule_info *const *y = b;

	return rule_compare(*x, *y);
}

/* "60 + 60/2 = 90" of what counts, highest first. */
static void print_sum(const struct score_case *c)
{
	const struct rule_info *counting[EV_COUNT];
	size_t count = 0;

	for (int e = 0; e < EV_COUNT; e++)
		if (c->sum.best[e])
			counting[count++] = c->sum.best[e];
	if (count > 1)
		qsort(counting, count, sizeof(*counting), by_score);
	for (size_t i = 0; i < count; i++) {
		printf("%s%d", i ? " + " : "", counting[i]->score);
		if (i)
			printf("/%d", 1 << i);
	}
	printf("%s = %d", count ? "" : "-", c->sum.score);
}

static const char *verdict_of(const struct score_case *c)
{
	return c->count ? verdict_name(score_verdict(c->sum.score)) : "nothing";
}

static void print_row(const char *what, const struct score_case *c)
{
	printf("| %s | ", what);
	for (size_t i = 0; i < c->count; i++) {
		bool counts = does_count(c, c->rules[i]);

		printf("%s%s`%s` %d%s", i ? ", " : "", counts ? "" : "(",
		       c->rules[i]->name, c->rules[i]->score,
		       counts ? "" : ")");
	}
	printf("%s | ", c->count ? "" : "none");
	print_sum(c);
	printf(" | %s |\n", verdict_of(c));
}

static void print_example(const struct score_case *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct rule_info *r = c->rules[i];

		printf(" *\t%s %d %s%s%s%s\n", r->name, r->score,
		       evidence_name(r->evidence), r->fact[0] ? ", " : "",
		       r->fact, does_count(c, r) ? "" : ": not again");
	}
	printf(" *\t");
	print_sum(c);
	printf(": %s\n", verdict_of(c));
}

/* "= case = rules = verdict", cut at its equal signs. */
static void print_case(struct page *p, char *line)
{
	bool is_example = line[1] == '!';
	char *what = line + (is_example ? 3 : 2);
	char *rules = strstr(what, " = ");
	char *verdict = rules ? strstr(rules + 3, " = ") : NULL;
	struct score_case c = { .count = 0 };

	if (!verdict)
		fail(p, "a case, its rules and the verdict are needed");
	*rules = *verdict = '\0';
	read_rules(p, rules + 3, &c);
	if (strcmp(verdict_of(&c), verdict + 3) != 0) {
		fprintf(stderr, "scores: line %u: %d is %s, not %s: %s\n",
			p->line, c.sum.score, verdict_of(&c), verdict + 3,
			what);
		p->failed = true;
	}
	if (p->only_example && is_example)
		print_example(&c);
	else if (!p->only_example)
		print_row(what, &c);
}

static const char *or_dash(const char *word)
{
	return word[0] ? word : "-";
}

static void print_rules(const struct page *p)
{
	puts("| rule | score | evidence | fact | not beside | family | role "
	     "|\n|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < pack_rule_count(p->pack); i++) {
		const struct rule_info *r = pack_rule(p->pack, i);

		printf("| `%s` | %d | %s | %s | %s | %s | %s |\n", r->name,
		       r->score, evidence_name(r->evidence), or_dash(r->fact),
		       or_dash(r->unless), or_dash(r->family),
		       or_dash(r->role));
	}
}

static void print_text(const struct page *p, const char *line)
{
	while (*line) {
		size_t n = strcspn(line, "{");
		size_t name;

		printf("%.*s", (int)n, line);
		line += n;
		if (!*line)
			break;
		name = strcspn(line + 1, "}");
		printf("%d", find_rule(p, line + 1, name)->score);
		line += name + 2;
	}
	putchar('\n');
}

static void print_line(struct page *p, char *line)
{
	if (strncmp(line, "= ", 2) == 0 || strncmp(line, "=! ", 3) == 0)
		print_case(p, line);
	else if (p->only_example)
		return;
	else if (strcmp(line, "@rules") == 0)
		print_rules(p);
	else
		print_text(p, line);
}

int main(int argc, char **argv)
{
	struct page p = { .line = 0 };
	char line[LINE_MAX_NBYTES];
	FILE *f;

	if (argc > 1 && strcmp(argv[1], "--example") == 0) {
		p.only_example = true;
		argv++;
		argc--;
	}
	if (argc != 3) {
		fputs("usage: scores [--example] PACK PAGE\n", stderr);
		return 64;
	}
	if (pack_open(argv[1], NULL, &p.pack)) {
		fprintf(stderr, "scores: %s\n", err_last()->text);
		return 65;
	}
	f = fopen(argv[2], "rb");
	if (!f) {
		fprintf(stderr, "scores: cannot read '%s'\n", argv[2]);
		return 65;
	}
	while (fgets(line, sizeof(line), f)) {
		size_t n = strlen(line);

		p.line++;
		if (!n || line[n - 1] != '\n')
			fail(&p, "the line is too long or not ended");
		line[n - 1] = '\0';
		print_line(&p, line);
	}
	fclose(f);
	pack_free(p.pack);
	return p.failed;
}

/*
 * Hostile pack files: the container, its lists, what checks them strictly, and
 * its signature.  Rules are not compiled; libyara's compiler is not ours to
 * fuzz.  Their text is read for line numbers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/pack_internal.h"
#include "match/rule_source.h"
#include "base/mem.h"
#include "pack_check.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* Lists that could be read, as --strict looks at them. */
static void check(const struct pack_files *files,
		  const struct pack_lists *lists)
{
	struct vec problems = VEC_INIT(struct pack_problem, 1000);
	struct pack p;

	memset(&p, 0, sizeof(p));
	p.files = *files;
	p.lists = *lists;
	pack_check_lists(&p, &problems);
	pack_check_texts(&p, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		struct pack_problem *x = vec_at(&problems, i);

		mem_free(x->text);
	}
	vec_release(&problems);
}

static void find_lines(const uint8_t *data, size_t nbytes)
{
	char *text = mem_strndup((const char *)data, nbytes);

	if (!text)
		return;
	rule_source_line(text, "a");
	rule_source_string_line(text, "a", "$a");
	rule_source_word_line(text, "a", "a\n", 2);
	mem_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const char *const lists_of[] = {
		"pack.txt",   "texts.tsv", "allow.tsv",
		"places.tsv", "known.tsv", "restore.tsv",
	};
	struct pack_signature signature;
	struct pack_lists lists;
	struct pack_files files;
	size_t end = 0;

	pack_files_init(&files);
	pack_lists_init(&lists);
	if (pack_files_decode(&files, data, nbytes, &end) == 0) {
		uint8_t *again = NULL;
		size_t again_nbytes = 0;

		if (end > nbytes)
			abort();
		if (pack_lists_read(&lists, &files) == 0)
			check(&files, &lists);
		if (pack_files_encode(&files, &again, &again_nbytes) == 0)
			mem_free(again);
		pack_signature_parse((const char *)data + end, nbytes - end,
				     &signature);
	}
	pack_lists_release(&lists);
	pack_files_release(&files);
	/* As a list and as a signature, for what no container wraps. */
	pack_files_init(&files);
	pack_lists_init(&lists);
	if (nbytes &&
	    pack_files_add(&files, lists_of[data[0] % 6], data + 1,
			   nbytes - 1) == 0 &&
	    pack_lists_read(&lists, &files) == 0)
		check(&files, &lists);
	pack_lists_release(&lists);
	pack_files_release(&files);
	pack_signature_parse((const char *)data, nbytes, &signature);
	find_lines(data, nbytes);
	return 0;
}

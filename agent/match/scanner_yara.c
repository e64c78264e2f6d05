/*
 * The three ways a group of rules is put to libyara.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "match/scanner_internal.h"
#include "match/verify.h"
#include "words/match.h"
#include <string.h>

static void add_match(struct scanner *s, YR_SCAN_CONTEXT *context,
		      YR_RULE *rule)
{
	size_t index = (size_t)(rule - s->group->rules->rules_table);
	struct rule_match *m = vec_push(&s->matches);
	YR_STRING *string;
	YR_MATCH *match;

	if (!m) {
		scanner_note_error(s, err_last()->err);
		return;
	}
	m->rule = pack_rule(s->pack, s->group->first_rule + index);
	yr_rule_strings_foreach(rule, string)
	{
		yr_string_matches_foreach(context, string, match)
		{
			str_copy(m->string_id, string->identifier,
				 sizeof(m->string_id));
			m->offset = (uint64_t)(match->base + match->offset);
			m->length = (uint32_t)match->match_length;
			return;
		}
	}
}

static int on_yara(YR_SCAN_CONTEXT *context, int message, void *data,
		   void *user)
{
	struct scanner *s = user;

	if (s->blocks)
		blocks_on_message(s->blocks, message, data);
	if (message == CALLBACK_MSG_RULE_MATCHING)
		add_match(s, context, data);
	/*
	 * Too many matches or slow strings: go on, as the yara program does;
	 * the time bound ends what would not.
	 */
	return CALLBACK_CONTINUE;
}

static int yara_error(struct scanner *s, int yret)
{
	switch (yret) {
	case ERROR_SUCCESS:
		return 0;
	case ERROR_INSUFFICIENT_MEMORY:
		return err_nomem();
	case ERROR_SCAN_TIMEOUT:
		return err_fail(ERR_UNSUPPORTED, 0, W_MATCH_RULES_SLOW,
				s->group->file, SCAN_TIMEOUT_S);
	default:
		return err_fail(ERR_UNSUPPORTED, 0, W_MATCH_YARA_GAVE_UP,
				s->group->file, yret);
	}
}

/* The group's scanner with the variables of this artefact. */
static YR_SCANNER *ready_scanner(struct scanner *s, size_t index)
{
	struct group_scanner *gs = &s->groups[index];
	int yret;

	if (!gs->yara) {
		yret = yr_scanner_create(s->group->rules, &gs->yara);
		if (yret != ERROR_SUCCESS) {
			gs->yara = NULL;
			scanner_note_error(s, yara_error(s, yret));
			return NULL;
		}
		/* Bytes are in our memory; faults need no handler. */
		yr_scanner_set_flags(gs->yara,
				     SCAN_FLAGS_REPORT_RULES_MATCHING |
					     SCAN_FLAGS_NO_TRYCATCH);
		yr_scanner_set_timeout(gs->yara, SCAN_TIMEOUT_S);
		yr_scanner_set_callback(gs->yara, on_yara, s);
		memset(gs->var_version, 0, sizeof(gs->var_version));
	}
	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		if (gs->var_version[i] == s->var_version[i])
			continue;
		yret = yr_scanner_define_string_variable(
			gs->yara, group_var_names[i], str_text(&s->vars[i]));
		if (yret != ERROR_SUCCESS) {
			scanner_note_error(s, yara_error(s, yret));
			return NULL;
		}
		gs->var_version[i] = s->var_version[i];
	}
	/* libyara keeps the entry point of the file before (scanner.c). */
	gs->yara->entry_point = YR_UNDEFINED;
	return gs->yara;
}

/* Drops what a scan that failed has reported: it will not be complete. */
static void finish_group(struct scanner *s, size_t matches_before, int yret)
{
	if (yret == ERROR_SUCCESS)
		return;
	s->matches.count = matches_before;
	scanner_note_error(s, yara_error(s, yret));
}

void scanner_scan_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	const uint8_t *data;

	if (!yara)
		return;
	data = scanner_read_whole(s);
	if (!data)
		return;
	s->stats.bytes_yara += s->source->nbytes;
	finish_group(
		s, before,
		yr_scanner_scan_mem(yara, data, (size_t)s->source->nbytes));
}

static void start_blocks(struct scanner *s, struct blocks *b)
{
	blocks_init(b, s->group, scanner_head(s), s->head_nbytes,
		    s->source->nbytes);
	if (s->buffered == s->source->nbytes && !s->source->data) {
		b->head = s->buffer;
		b->head_nbytes = s->buffered;
	}
	b->read_whole = scanner_read_whole;
	b->arg = s;
}

void scanner_evaluate_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	struct blocks b;
	int yret;

	if (!yara)
		return;
	start_blocks(s, &b);
	s->stats.conditions++;
	s->blocks = &b;
	yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	if (yret == ERROR_SUCCESS && b.needs_whole) {
		s->matches.count = before;
		blocks_restart(&b);
		yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	}
	s->blocks = NULL;
	finish_group(s, before, yret);
	if (b.is_given_up) /* scanner_read_whole said why */
		s->matches.count = before;
}

static bool any_rule_wanted(const struct scanner *s, const YR_SCANNER *yara)
{
	size_t words = YR_BITMASK_SIZE(s->group->rule_count);

	for (size_t i = 0; i < words; i++) {
		if (yara->required_eval[i])
			return true;
	}
	return false;
}

/* In place of libyara's scan loop. */
static int verify_places(void *arg)
{
	struct scanner *s = arg;
	int yret;

	yret = verify_run(s->yara, s->pack->atoms.items, &s->calls, s->verified,
			  s->source->nbytes);
	/*
	 * No string matched, and no rule can do without: stop libyara before
	 * it loads modules for conditions that it would not evaluate.
	 */
	if (yret == ERROR_SUCCESS && !any_rule_wanted(s, s->yara)) {
		s->is_settled = true;
		return ERROR_CALLBACK_ERROR;
	}
	return yret;
}

void scanner_verify_group(struct scanner *s, size_t index)
{
	size_t before = s->matches.count;
	YR_SCANNER *yara = ready_scanner(s, index);
	struct blocks b;
	int ret;
	int yret;

	if (!yara)
		return;
	s->verified = scanner_read_whole(s);
	if (!s->verified)
		return;
	ret = verify_prepare(s->pack->patterns.items, s->pack->atoms.items,
			     &s->found, (uint32_t)index, s->verified,
			     s->source->nbytes, &s->calls);
	if (ret) {
		scanner_note_error(s, ret);
		return;
	}
	start_blocks(s, &b);
	b.whole = s->verified;
	b.scan = verify_places;
	s->yara = yara;
	s->is_settled = false;
	s->blocks = &b;
	yret = yr_scanner_scan_mem_blocks(yara, &b.iterator);
	s->blocks = NULL;
	s->yara = NULL;
	if (!s->is_settled)
		finish_group(s, before, yret);
}

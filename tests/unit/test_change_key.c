/*
 * How far a change of a key came, and its way back: what was cut off is gone
 * on with, what somebody else put there since is left alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/hive_edit.h"
#include "remediate/fixer_internal.h"
#include "tests/tools/hive_maker.h"

#include <string.h>

#define KEY   "Classes\\Filter\\text/html"
#define TEXT  "a filter"
#define CLSID "{1}"

/* What stands at KEY. */
enum content {
	NOTHING,
	WHOLE,
	WITHOUT_BELOW, /* the subkey is gone */
	EMPTY,
	OTHER_TEXT,
	OTHER_VALUE_MORE,
	NEW_TEXT /* what a set_value step writes */
};

static struct hive_maker_key *made_of(enum content c)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct hive_maker_key *k = hive_maker_path(root, "Classes\\Filter");

	if (c == NOTHING)
		return root;
	k = hive_maker_path(k, "text/html");
	if (c == EMPTY)
		return root;
	hive_maker_text(k, "", REG_TYPE_SZ,
			c == OTHER_TEXT ? "another"
			: c == NEW_TEXT ? "{2}"
					: TEXT);
	hive_maker_text(k, "CLSID", REG_TYPE_SZ, CLSID);
	if (c != WITHOUT_BELOW)
		hive_maker_text(hive_maker_path(k, "below"), "x", REG_TYPE_SZ,
				"1");
	if (c == OTHER_VALUE_MORE)
		hive_maker_text(k, "Mine", REG_TYPE_SZ, "2");
	return root;
}

static struct reg_edit *edit_of(enum content c)
{
	struct hive_maker_key *root = made_of(c);
	struct reg_edit *e = NULL;
	size_t nbytes;
	uint8_t *data = hive_maker_write(root, &nbytes);

	hive_maker_free(root);
	ck_assert_msg(!reg_edit_hive(data, nbytes, &e), "%s", err_last()->text);
	mem_free(data);
	return e;
}

static struct reg_tree *tree_of(struct reg_edit *e)
{
	struct reg_tree *t = NULL;

	ck_assert_int_eq(read_key_tree(reg_edit_root(e), KEY, &t), 0);
	return t;
}

/* As it was saved; for a value with nothing but that value. */
static struct reg_tree *saved_of(enum content c, enum step_action a)
{
	struct reg_edit *e = edit_of(c);
	struct reg_tree *t = tree_of(e);

	reg_edit_close(e);
	if (a == ACT_REMOVE_KEY)
		return t;
	for (size_t i = 0; i < t->child_count; i++)
		reg_tree_free(t->children[i]);
	mem_free(t->children);
	t->children = NULL;
	t->child_count = 0;
	for (size_t i = t->value_count; i-- > 0;) {
		if (*t->values[i].name == '\0')
			continue;
		mem_free(t->values[i].name);
		mem_free(t->values[i].data);
		t->values[i] = t->values[--t->value_count];
	}
	return t;
}

static struct step step_of(enum step_action a, enum step_state state)
{
	struct step s = { .action = a, .state = state };

	if (a != ACT_REMOVE_KEY)
		s.value_name = (char *)"";
	if (a == ACT_SET_VALUE)
		s.new_text = (char *)"{2}";
	return s;
}

static const struct {
	enum step_action action;
	enum content saved;
	enum content now;
	enum key_state state;
} states[] = {
	{ ACT_REMOVE_KEY, WHOLE, NOTHING, KEY_DONE },
	{ ACT_REMOVE_KEY, WHOLE, WHOLE, KEY_AS_SAVED },
	{ ACT_REMOVE_KEY, WHOLE, WITHOUT_BELOW, KEY_HALF },
	{ ACT_REMOVE_KEY, WHOLE, EMPTY, KEY_HALF },
	{ ACT_REMOVE_KEY, WHOLE, OTHER_TEXT, KEY_OTHER },
	{ ACT_REMOVE_KEY, WHOLE, OTHER_VALUE_MORE, KEY_OTHER },
	{ ACT_REMOVE_VALUE, WHOLE, NOTHING, KEY_DONE },
	{ ACT_REMOVE_VALUE, WHOLE, EMPTY, KEY_DONE },
	{ ACT_REMOVE_VALUE, WHOLE, WHOLE, KEY_AS_SAVED },
	{ ACT_REMOVE_VALUE, WHOLE, OTHER_VALUE_MORE, KEY_AS_SAVED },
	{ ACT_REMOVE_VALUE, WHOLE, OTHER_TEXT, KEY_OTHER },
	{ ACT_SET_VALUE, WHOLE, NEW_TEXT, KEY_DONE },
	{ ACT_SET_VALUE, WHOLE, WHOLE, KEY_AS_SAVED },
	{ ACT_SET_VALUE, WHOLE, OTHER_TEXT, KEY_OTHER },
	{ ACT_SET_VALUE, WHOLE, EMPTY, KEY_OTHER },
	{ ACT_SET_VALUE, EMPTY, EMPTY, KEY_AS_SAVED },
	{ ACT_SET_VALUE, EMPTY, NEW_TEXT, KEY_DONE },
	{ ACT_SET_VALUE, EMPTY, WHOLE, KEY_OTHER },
};

START_TEST(how_far_it_came)
{
	struct step s = step_of(states[_i].action, STEP_APPLIED);
	struct reg_tree *saved = saved_of(states[_i].saved, s.action);
	struct reg_edit *e = edit_of(states[_i].now);

	ck_assert_int_eq(key_state(reg_edit_root(e), KEY, &s, saved),
			 states[_i].state);
	reg_edit_close(e);
	reg_tree_free(saved);
}

END_TEST

static const struct {
	enum step_action action;
	enum step_state state; /* of the step when it is undone */
	enum content now;
	int err;
	enum content after;
} ways_back[] = {
	{ ACT_REMOVE_KEY, STEP_VERIFIED, NOTHING, 0, WHOLE },
	{ ACT_REMOVE_KEY, STEP_VERIFIED, WHOLE, 0, WHOLE },
	/* Somebody keeps the malware out with an empty key of its name. */
	{ ACT_REMOVE_KEY, STEP_VERIFIED, EMPTY, ERR_EXISTS, EMPTY },
	{ ACT_REMOVE_KEY, STEP_VERIFIED, WITHOUT_BELOW, ERR_EXISTS,
	  WITHOUT_BELOW },
	{ ACT_REMOVE_KEY, STEP_VERIFIED, OTHER_TEXT, ERR_EXISTS, OTHER_TEXT },
	/* A removal, or an undo, was cut off. */
	{ ACT_REMOVE_KEY, STEP_APPLIED, EMPTY, 0, WHOLE },
	{ ACT_REMOVE_KEY, STEP_APPLIED, WITHOUT_BELOW, 0, WHOLE },
	{ ACT_REMOVE_KEY, STEP_APPLIED, OTHER_TEXT, ERR_EXISTS, OTHER_TEXT },
	{ ACT_REMOVE_KEY, STEP_APPLIED, OTHER_VALUE_MORE, ERR_EXISTS,
	  OTHER_VALUE_MORE },
	{ ACT_REMOVE_VALUE, STEP_VERIFIED, OTHER_TEXT, ERR_EXISTS, OTHER_TEXT },
	{ ACT_REMOVE_VALUE, STEP_APPLIED, WHOLE, 0, WHOLE },
	{ ACT_REMOVE_VALUE, STEP_VERIFIED, NOTHING, ERR_NOT_FOUND, NOTHING },
	{ ACT_SET_VALUE, STEP_VERIFIED, NEW_TEXT, 0, WHOLE },
	{ ACT_SET_VALUE, STEP_VERIFIED, OTHER_TEXT, ERR_EXISTS, OTHER_TEXT },
};

START_TEST(way_back)
{
	struct step s = step_of(ways_back[_i].action, ways_back[_i].state);
	struct reg_tree *saved = saved_of(WHOLE, s.action);
	struct reg_edit *e = edit_of(ways_back[_i].now);
	struct reg_edit *want = edit_of(ways_back[_i].after);
	struct reg_tree *now, *wanted = tree_of(want);
	struct str why = STR_INIT;

	ck_assert_int_eq(change_back(e, KEY, &s, saved), ways_back[_i].err);
	now = tree_of(e);
	ck_assert_int_eq(now == NULL, wanted == NULL);
	if (now != NULL)
		ck_assert_msg(
			!reg_tree_differs(wanted, now,
					  REG_TREE_NO_TIMES | REG_TREE_NO_ORDER,
					  &why),
			"%s", str_text(&why));
	str_release(&why);
	reg_tree_free(now);
	reg_tree_free(wanted);
	reg_edit_close(want);
	reg_edit_close(e);
	reg_tree_free(saved);
}

END_TEST

static Suite *change_key_suite(void)
{
	Suite *s = suite_create("change_key");
	TCase *tc = tcase_create("change_key");

	tcase_add_loop_test(tc, how_far_it_came, 0,
			    sizeof(states) / sizeof(states[0]));
	tcase_add_loop_test(tc, way_back, 0,
			    sizeof(ways_back) / sizeof(ways_back[0]));
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(change_key_suite)

# Nobody's property goes because somebody else wrote something: the table of
# what a program without rights can try.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh

corpus_split tests/corpus/attacks.pcs
for name in $(corpus_names); do
	corpus_make "$name" || continue
	corpus_scan "$name" full
	corpus_scan "$name" quick
	corpus_reasons "$name"
	corpus_fix "$name"
	corpus_drop
done


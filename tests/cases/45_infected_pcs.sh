# Infected PCs and what is left of infections: the verdict, quick and full, and
# that fix takes what is named and nothing else.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh

corpus_split tests/corpus/infected.pcs
for name in $(corpus_names); do
	corpus_make "$name" || continue
	corpus_scans "$name" quick full
	corpus_reasons "$name"
	corpus_fix "$name"
	corpus_drop
done

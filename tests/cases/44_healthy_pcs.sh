# Healthy PCs: no malicious finding, quick or full, and fix leaves every byte.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh

corpus_split tests/corpus/healthy.pcs
for name in $(corpus_names); do
	corpus_make "$name" || continue
	corpus_scans "$name" quick full
	check "$name: nothing is malicious" sh -c \
		"! grep -q '^malicious' '$pc.found'"
	corpus_reasons "$name"
	corpus_fix "$name"
	corpus_drop
done

#!/bin/bash
# Turn a text file into C: embed.sh source OUT.c FILE
# and declare all of them: embed.sh header OUT.h FILE...
# SPDX-License-Identifier: Apache-2.0
set -eu -o pipefail
export LC_ALL=C.UTF-8 LANGUAGE=

# a/b/schema.sql -> schema_sql
id_of()
{
	basename "$1" | tr -c 'A-Za-z0-9\n' '_'
}

header()
{
	local f id

	echo '/* Made by tests/build/embed.sh: the texts inside the program. */'
	echo '#ifndef GEN_EMBED_H'
	echo '#define GEN_EMBED_H'
	echo '#include <stddef.h>'
	for f; do
		id=$(id_of "$f")
		echo "/* $f; a NUL follows the last of the nbytes */"
		echo "extern const char embed_$id[];"
		echo "extern const size_t embed_${id}_nbytes;"
	done
	echo '#endif'
}

source_of()
{
	local id

	id=$(id_of "$1")
	echo "/* Made by tests/build/embed.sh from $1. */"
	echo '#include "embed.h"'
	echo "const char embed_$id[] ="
	od -An -v -to1 -w16 "$1" | sed -e 's/ /\\/g' -e 's/^/	"/' -e 's/$/"/'
	echo '	"";'
	echo "const size_t embed_${id}_nbytes = sizeof(embed_$id) - 1;"
}

kind=$1
out=$2
shift 2
mkdir -p "$(dirname "$out")"
twice=$(for f; do id_of "$f"; done | sort | uniq -d)
if test -n "$twice"; then
	echo "embed: two files would both be embed_${twice%%$'\n'*}; rename" \
		"one of them." >&2
	exit 1
fi
case $kind in
header) header "$@" >"$out.new" ;;
source) source_of "$1" >"$out.new" ;;
esac
if cmp -s "$out.new" "$out" && test "$kind" = header; then
	rm "$out.new"
else
	mv "$out.new" "$out"
fi

#!/bin/bash
# make demo: a stand-in PC, infected and offline, is made, scanned, reported.
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C.UTF-8 LANGUAGE=
CDPATH= cd "$(dirname "$0")/.."
demo=build/demo
rm -rf $demo
mkdir -p $demo
pc=$demo/pc

echo "Making a stand-in PC: Windows 7, Japanese, two users, infected with"
echo "harmless files that carry the marks of the outbreak."
build/linux/tests/mkpc tests/pc/infected-win7.pc build/standin/mstmp \
	tests/standin/marks.enc $pc
echo "It lies in $pc. Scanning it as a rescue stick would:"
echo
echo "\$ mstmpsweep scan --root $pc --db $demo/mstmpsweep.db"
rc=0
build/linux/mstmpsweep scan --root $pc --db $demo/mstmpsweep.db || rc=$?
echo
echo "(exit code $rc: something was found)"
test $rc -eq 1 || { echo "demo: exit code 1 was expected." >&2; exit 1; }
build/linux/mstmpsweep report --db $demo/mstmpsweep.db --format html \
	--out $demo/report.html
build/linux/mstmpsweep report --db $demo/mstmpsweep.db --format html \
	--lang ja --out $demo/report.ja.html
build/linux/mstmpsweep inventory --root $pc --format csv \
	--out $demo/inventory.csv
echo "For people:   $demo/report.html  $demo/report.ja.html"
echo "For Excel:    $demo/inventory.csv (every registration)"
echo "The record:   $demo/mstmpsweep.db (SQLite; see the v_ views)"

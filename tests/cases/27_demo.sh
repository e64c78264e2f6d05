# make demo does what it says.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "the demo scans from linux"
	return
fi

gives 0 "the demo" tests/demo.sh
says "the demo" "4 malicious"
for file in report.html report.ja.html inventory.csv mstmpsweep.db; do
	check "the demo leaves $file" test -s build/demo/$file
	says "the demo names $file" "build/demo/$file"
done
check "the page is whole" grep -q '</html>' build/demo/report.html
check "the Japanese page is Japanese" grep -q '検出' build/demo/report.ja.html
check "the list has the filter" grep -q 'text/html' build/demo/inventory.csv

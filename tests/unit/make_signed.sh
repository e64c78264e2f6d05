#!/bin/bash
# Make signed programs and catalogs for the tests of signatures on Windows:
# two roots of our own, of which the test will trust one.
# SPDX-License-Identifier: Apache-2.0
#
# usage: make_signed.sh FOLDER
#
# Reads FOLDER/plain.exe and, if it is there, FOLDER/plain.cat; writes
# good, unknown, expired, tampered (.exe), good, unknown, expired (.cat), and
# both roots, root.der and unknown.der;
# at the end "done", which holds "ok" or the reason why not.
set -u
export LC_ALL=C LANGUAGE=
cd "$1" || exit 1

give_up()
{
	echo "$1" >done.part
	mv done.part done
	trap - EXIT
	exit 0
}
trap 'give_up "$0 ended early"' EXIT

command -v openssl >/dev/null || give_up "openssl is not installed"
command -v osslsigncode >/dev/null || give_up "osslsigncode is not installed"
exec >log 2>&1

# root NAME: a root's key and certificate
root()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" \
		-out "$1.pem" -days 30 -subj "/CN=Mstmp Test $1" \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign,cRLSign
}

# signer NAME ROOT START END: a certificate for signing programs
signer()
{
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" \
		-subj "/CN=Mstmp Test Signer/O=Test" &&
		: >"$1.index" &&
		cat >"$1.conf" <<-EOC &&
		[ca]
		default_ca = ca_of_test
		[ca_of_test]
		database = $1.index
		new_certs_dir = .
		rand_serial = yes
		default_md = sha256
		policy = any
		x509_extensions = ext
		unique_subject = no
		[any]
		commonName = supplied
		organizationName = optional
		[ext]
		basicConstraints = critical,CA:FALSE
		keyUsage = critical,digitalSignature
		extendedKeyUsage = codeSigning
		EOC
		openssl ca -batch -config "$1.conf" -cert "$2.pem" \
			-keyfile "$2.key" -startdate "$3" -enddate "$4" \
			-in "$1.csr" -out "$1.pem"
}

# sign SIGNER ROOT IN OUT
sign()
{
	osslsigncode sign -h sha256 -certs "$1.pem" -ac "$2.pem" \
		-key "$1.key" -in "$3" -out "$4"
}

day()
{
	date -u -d "$1" +%y%m%d000000Z
}

root trusted && root unknown &&
	openssl x509 -in trusted.pem -outform DER -out root.der &&
	openssl x509 -in unknown.pem -outform DER -out unknown.der &&
	signer good trusted "$(day '-2 days')" "$(day '+20 days')" &&
	signer expired trusted "$(day '-20 days')" "$(day '-2 days')" &&
	signer other unknown "$(day '-2 days')" "$(day '+20 days')" ||
	give_up "openssl cannot make certificates here"
sign good trusted plain.exe good.exe &&
	sign expired trusted plain.exe expired.exe &&
	sign other unknown plain.exe unknown.exe &&
	cp good.exe tampered.exe ||
	give_up "osslsigncode cannot sign programs here"
# One byte of the last section.
size=$(stat -c %s plain.exe)
printf 'X' | dd of=tampered.exe bs=1 seek=$((size - 16)) conv=notrunc
if test -f plain.cat; then
	sign good trusted plain.cat good.cat &&
		sign expired trusted plain.cat expired.cat &&
		sign other unknown plain.cat unknown.cat ||
		give_up "osslsigncode cannot sign catalogs here"
fi
give_up ok

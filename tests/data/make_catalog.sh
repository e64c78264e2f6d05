#!/bin/bash
# Make pe/made/signed.cat: a catalog encoded by OpenSSL and signed by
# osslsigncode, so that our reader is not tried on our own writer alone.
# SPDX-License-Identifier: Apache-2.0
#
# usage: make_catalog.sh TEXT PROGRAM CATALOG
#
# TEXT is named by the SHA-1 of the whole file, in the words of makecat;
# PROGRAM by the SHA-256 that signatures use, as raw bytes. The key is thrown
# away, so each run gives other bytes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Upper-case hex as UTF-16LE with a NUL, in hex.
utf16_hex()
{
	printf '%s\0' "${1^^}" | iconv -t UTF-16LE | od -An -v -tx1 |
		tr -d ' \n'
}

# What would be signed ends with the digest: an OCTET STRING of 32 bytes.
program_sha256()
{
	osslsigncode extract-data -h sha256 -in "$1" -out "$work/data" >&2
	od -An -v -tx1 "$work/data" | tr -d ' \n' |
		sed -n 's/.*0420\([0-9a-f]\{64\}\).*/\1/p'
}

cat >"$work/conf" <<-END
asn1 = SEQUENCE:top
[top]
type = OID:1.2.840.113549.1.7.2
data = EXPLICIT:0,SEQUENCE:signed
[signed]
version = INTEGER:1
algorithms = SET
content = SEQUENCE:content
signers = SET
[content]
type = OID:1.3.6.1.4.1.311.10.1
list = EXPLICIT:0,SEQUENCE:list
[list]
usage = SEQUENCE:usage
id = FORMAT:HEX,OCT:00112233445566778899aabbccddeeff
time = UTCTIME:200101000000Z
member_type = SEQUENCE:member_type
members = SEQUENCE:members
[usage]
list = OID:1.3.6.1.4.1.311.12.1.1
[member_type]
type = OID:1.3.6.1.4.1.311.12.1.2
none = NULL
[members]
text = SEQUENCE:text
program = SEQUENCE:program
[text]
tag = FORMAT:HEX,OCT:$(utf16_hex "$(sha1sum <"$1" | cut -d' ' -f1)")
attributes = SET
[program]
tag = FORMAT:HEX,OCT:$(program_sha256 "$2")
attributes = SET
END
openssl asn1parse -genconf "$work/conf" -noout -out "$work/plain.cat"
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Mstmp Test" \
	-keyout "$work/key" -out "$work/pem" \
	-addext extendedKeyUsage=codeSigning
osslsigncode sign -h sha256 -certs "$work/pem" -key "$work/key" \
	-in "$work/plain.cat" -out "$work/signed.cat"
cp "$work/signed.cat" "$3"

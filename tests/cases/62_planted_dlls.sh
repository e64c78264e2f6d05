# The program is started from where downloads lie, with an administrator's
# rights: no DLL beside it is taken for the system's, nor for what the system's
# own DLLs need; also where Windows has no way to leave its folder out (XP; Vista
# and 7 without an update), which a program shows that does not use that way.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "the program for Linux loads no libraries at all"
	return
fi
own_prefix
c=$WINEPREFIX/drive_c
bits=${host#win}
late=build/standin/late$bits
system32=$c/windows/system32
test "$host" = win64 || test ! -d "$c/windows/syswow64" ||
	system32=$c/windows/syswow64
cp "$late/system/"*.dll "$system32"
mkdir "$c/downloads"
cp "build/$host/tests/late_win32.exe" "$c/downloads/late.exe"
cp "build/$host/"mstmpsweep*.exe "$c/downloads/sweep.exe"
test -z "${MSTMP_AGENT-}" || cp "$MSTMP_AGENT" "$c/downloads/sweep.exe"
# Each name that the program, or a DLL of Windows that it uses, loads late.
for name in mstmpneed mstmplate advapi32 bcrypt comctl32 crypt32 cryptbase \
	cryptnet cryptsp dssenh gdi32 imagehlp imm32 msasn1 msisip ncrypt ole32 \
	oleaut32 psapi rpcrt4 rsaenh secur32 sechost setupapi sfc sfc_os shlwapi \
	softpub sspicli ucrtbase userenv uxtheme version wintrust wshext; do
	cp "$late/planted/mstmpneed.dll" "$c/downloads/$name.dll"
done

# late STEP...: the lines that it tells, in $work/out
late()
{
	rm -f "$c/planted.txt"
	wine 'C:\downloads\late.exe' "$@" 2>"$work/err" | tr -d '\r' >"$work/out"
}
none_taken()
{
	check "$1: none of those beside the exe was taken" \
		test ! -e "$c/planted.txt"
}

late =mstmpneed.dll
says "what is planted is taken where nobody minds" "mstmpneed.dll: planted"
check "and leaves its file" test -e "$c/planted.txt"

late mstmplate.dll:late_ask
says "what a DLL of System32 needs" "mstmplate.dll:late_ask: 1"
none_taken "what a DLL of System32 needs"

late 'advapi32.dll?SystemFunction036' 'wintrust.dll?WinVerifyTrust' \
	'wintrust.dll?CryptCATAdminAcquireContext' \
	'crypt32.dll?CertGetCertificateChain' 'sfc_os.dll?SfcIsFileProtected' \
	'psapi.dll?GetModuleFileNameExW' 'version.dll?VerQueryValueW'
says "the system's own" "wintrust.dll?WinVerifyTrust: there"
check "all of them" test "$(grep -c ': there' "$work/out")" = 7
none_taken "the system's own"

# What these look for while they work.
more=
test ! -e "$system32/cryptbase.dll" || more==cryptbase.dll
late 'advapi32.dll?SystemFunction036' =rsaenh.dll $more
says "of advapi32" "rsaenh.dll: the system's"
none_taken "of advapi32"
late 'wintrust.dll?WinVerifyTrust' =softpub.dll =cryptnet.dll =imagehlp.dll
says "of wintrust" "softpub.dll: the system's"
says "of wintrust" "cryptnet.dll: the system's"
none_taken "of wintrust"

rm -f "$c/planted.txt"
gives 0 "the program: scan" wine 'C:\downloads\sweep.exe' scan --quick --quiet \
	--db 'C:\s.db'
gives 0 "the program: plan" wine 'C:\downloads\sweep.exe' plan --db 'C:\s.db'
none_taken "the program"

# A live scan of the running Windows (a Wine prefix): registrations in both
# views, per user, and of a user who is not logged on.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "live scans need Windows; win64 and win32 show them under Wine"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
bho='Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'
user=$(basename "$(ls -d "$c"/users/*/AppData | grep -v Public | head -1 | xargs dirname)")
temp=$c/users/$user/AppData/Local/Temp
mkdir -p "$temp" "$c/Program Files/Shared" "$c/Program Files (x86)/Shared"
hits=$standins/hits

# The first user, logged on: the MIME filter in the user's own classes.
cp "$hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll" "$temp/mstmp"
label=$("$tools/mkpc" mark filter_text tests/standin/marks.enc)
reg_key 'HKCU\Software\Classes\PROTOCOLS\Filter\text/html'
reg_value '' sz "$label"
reg_value CLSID sz '{5A1E3C70-9B22-4E1D-8F00-1234567890AB}'
reg_key 'HKCU\Software\Classes\CLSID\{5A1E3C70-9B22-4E1D-8F00-1234567890AB}\InProcServer32'
reg_value '' sz "C:\\users\\$user\\AppData\\Local\\Temp\\mstmp."
# lib.dll in the 64-bit view, AdvBHO.dll in the 32-bit view.
cp "$hits/lib_dll_in_program_files_shared/Program Files/Shared/lib.dll" "$c/Program Files/Shared/"
reg_key "HKLM\\SOFTWARE\\$bho\\{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}"
reg_value '' sz ""
reg_key 'HKLM\SOFTWARE\Classes\CLSID\{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}\InprocServer32'
reg_value '' expand '%ProgramFiles%\Shared\lib.dll'
cp "$hits/nish_classes_and_url/Users/Taro/Documents/a.dll" "$c/Program Files (x86)/Shared/AdvBHO.dll"
reg_key "HKLM\\SOFTWARE\\Wow6432Node\\$bho\\{D032570A-5F63-4812-A094-87D007C23012}"
reg_value '' sz ""
reg_key 'HKLM\SOFTWARE\Classes\Wow6432Node\CLSID\{D032570A-5F63-4812-A094-87D007C23012}\InprocServer32'
reg_value '' expand '%ProgramFiles%\Shared\AdvBHO.dll'
# A user who is not logged on: real hive files in a profile folder.
mkdir -p "$c/users/hanako/AppData/Local/Temp"
cp $pcs/infected-win7/Profiles/hanako/NTUSER.DAT "$c/users/hanako/"
mkdir -p "$c/users/hanako/AppData/Local/Microsoft/Windows"
cp $pcs/infected-win7/Profiles/hanako/AppData/Local/Microsoft/Windows/UsrClass.dat \
	"$c/users/hanako/AppData/Local/Microsoft/Windows/"
cp "$hits/msfat32_in_temp/Users/Taro/AppData/Local/Temp/msfat32" "$c/users/hanako/AppData/Local/Temp/"
reg_key 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-11-22-33-1001'
reg_value ProfileImagePath expand 'C:\users\hanako'
reg_import
restart_wine

gives 1 "live quick scan" live scan --quick --db 'C:\live.db'
findings "$c/live.db" | sed "s/\\\\$user\\\\/\\\\USER\\\\/" >"$work/got.tsv"
printf '%s\t%s\t%s\n' \
	malicious 'C:\Program Files (x86)\Shared\AdvBHO.dll' \
	advbho_dll_in_program_files_shared,delphi_bho_example,nish_classes,nish_classes_and_url,reg_bho_advbho_bare,reg_bho_delphi_example,reg_bho_named_advbho,reg_bho_shared_advbho,reg_bho_shared_other \
	malicious 'C:\Program Files\Shared\lib.dll' \
	lib_dll_in_program_files_shared,reg_bho_shared_lib_dll,reg_bho_shared_lib_dll_bare \
	malicious 'C:\users\USER\AppData\Local\Temp\mstmp' \
	monkif_filter_text,monkif_filter_text_and_key,monkif_two_marks,mstmp_in_temp,reg_loads_from_temp,reg_server_named_like_monkif,reg_server_named_like_monkif_only,reg_text_html_in_temp,reg_text_html_monkif_label,reg_text_html_monkif_server,reg_text_html_no_extension \
	malicious 'C:\users\hanako\AppData\Local\Temp\msfat32' \
	msfat32_in_temp,reg_entry_named_like_monkif,reg_server_named_like_monkif,reg_software_clsid,reg_software_clsid_odd_server |
	LC_ALL=C sort >"$work/want.tsv"
LC_ALL=C sort -o "$work/got.tsv" "$work/got.tsv"
same "live findings" "$work/want.tsv" "$work/got.tsv"
query "$c/live.db" "SELECT point, view, user_name FROM v_inventory
	WHERE finding_id IS NOT NULL ORDER BY 1, 2, 3" |
	sed "s/\t$user\$/\tUSER/" >"$work/got.tsv"
printf 'bho\t32\t\nbho\t64\t\nmime_filter\t64\tUSER\nsoftware_clsid\tshared\thanako\n' >"$work/want.tsv"
same "live registrations: views and users" "$work/want.tsv" "$work/got.tsv"
query "$c/live.db" "SELECT registry_key FROM v_inventory WHERE user_name = 'hanako' AND finding_id IS NOT NULL" >"$work/got.tsv"
printf 'HKU\\S-1-5-21-11-22-33-1001\\Software\\CLSID\\{0F3C5A10-1111-4222-8333-444455556666}\n' >"$work/want.tsv"
same "the key of the user who is not logged on" "$work/want.tsv" "$work/got.tsv"
gives 0 "live inventory" live inventory --format csv --out 'C:\inv.csv'
check "live inventory lists the filter" grep -aq "text/html" "$c/inv.csv"
gives 0 "live targets" live targets 'C:\'

# Every file of C: as well. Z: is the whole machine and no drive of a Windows:
# in this prefix it ends here.
if test "$host" = win64; then
	rm "$WINEPREFIX/dosdevices/z:"
	# Until its server starts again Wine tells it as a volume without a root.
	restart_wine
	gives 1 "live full scan" live scan --full --db 'C:\full.db'
	findings "$c/live.db" >"$work/want.tsv"
	findings "$c/full.db" >"$work/got.tsv"
	same "the full scan finds what the quick one found" "$work/want.tsv" "$work/got.tsv"
	quick=$(query "$c/live.db" "SELECT files_scanned FROM v_scan")
	full=$(query "$c/full.db" "SELECT files_scanned FROM v_scan")
	check "it opens more files: $full, not $quick" test "$full" -gt "$quick"
else
	skip "a live full scan is shown on win64"
fi

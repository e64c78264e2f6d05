@echo off
rem Tries mstmpsweep on a real Windows, with harmless stand-ins; README.txt.
rem SPDX-License-Identifier: Apache-2.0
rem
rem usage: check.cmd          asks first
rem        check.cmd yes      does not ask
rem        check.cmd clean    takes away what a check that was cut off left
rem
rem For cmd.exe of Windows XP to 11, and Wine's, whose fc.exe compares nothing,
rem whose find knows no /i and whose && goes on after a failure: hence "if
rem errorlevel", goto, and names in the case they have.
setlocal
set "HERE=%~dp0"
set "SYS=%SystemRoot%\System32"
set "PATH=%SYS%;%SystemRoot%"

rem A 32-bit cmd.exe sees another registry and other folders: once more, in 64.
if not defined PROCESSOR_ARCHITEW6432 goto right_width
if not exist "%SystemRoot%\Sysnative\cmd.exe" goto wrong_width
"%SystemRoot%\Sysnative\cmd.exe" /c ""%~f0" %1"
exit /b %errorlevel%

:wrong_width
echo check: start it in the 64-bit command prompt of this Windows.
exit /b 2

:right_width
set "W=64"
if /i "%PROCESSOR_ARCHITECTURE%"=="x86" set "W=32"
if /i "%PROCESSOR_ARCHITECTURE%"=="ARM64" goto wrong_kind
goto names

:wrong_kind
echo check: the stand-ins are programs for x86 and x64; this is another PC.
exit /b 2

rem ---- what it makes, and nothing else is touched ---------------------------

:names
set "MARK=HKLM\SOFTWARE\mstmpsweep-check"
set "WORK=%ProgramFiles%\mstmpsweep check"
set "LOG=%WORK%\log"
set "PLANTED=%WORK%\planted"
set "SHARED=%ProgramFiles%\Shared"
set "OTHER=%SHARED%"
if "%W%"=="64" set "OTHER=%ProgramFiles(x86)%\Shared"
set "T=%TEMP%"
rem XP has no such variable, but may well have a \Temp.
if defined LOCALAPPDATA if exist "%LOCALAPPDATA%\Temp\" set "T=%LOCALAPPDATA%\Temp"
set "FILTER_FILE=%T%\mstmp"
set "LONG_FILE=%T%\mstmp with a long name.tmp"
set "TAKER_FILE=%T%\mstmp of another long name.txt"
set "LOCKED_FILE=%T%\~DF0check.tmp"
set "COMMON="
set "FOLDERS=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
for /f "tokens=3*" %%a in ('reg query "%FOLDERS%" /v "Common AppData" 2^>nul') do set "COMMON=%%b"
if defined ProgramData set "COMMON=%ProgramData%"
if not defined COMMON goto no_common
set "STORE=%COMMON%\mstmpsweep"

set "ID_FILTER={5A1E3C70-9B22-4E1D-8F00-1234567890AB}"
set "ID_LIB={6D737477-5374-616E-6449-6E7374616E64}"
set "ID_ADV={D032570A-5F63-4812-A094-87D007C23012}"
set "BHO=Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects"
set "USER_CLASSES=HKEY_CURRENT_USER\Software\Classes\CLSID"
set "USER_PROTOCOLS=HKEY_CURRENT_USER\Software\Classes\PROTOCOLS"
set "USER_FILTERS=%USER_PROTOCOLS%\Filter"
set "USER_FILTER=%USER_FILTERS%\text/html"
set "USER_CLASS=%USER_CLASSES%\%ID_FILTER%"
set "USER_LIB=%USER_CLASSES%\%ID_LIB%"
set "LIB_BHOS=HKEY_LOCAL_MACHINE\SOFTWARE\%BHO%"
set "LIB_BHO=%LIB_BHOS%\%ID_LIB%"
set "LIB_CLASS=HKLM\SOFTWARE\Classes\CLSID\%ID_LIB%"
set "ADV_BHOS=%LIB_BHOS%"
set "ADV_CLASS=HKLM\SOFTWARE\Classes\CLSID\%ID_ADV%"
if "%W%"=="64" set "ADV_BHOS=HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\%BHO%"
if "%W%"=="64" set "ADV_CLASS=HKLM\SOFTWARE\Classes\Wow6432Node\CLSID\%ID_ADV%"
set "ADV_BHO=%ADV_BHOS%\%ID_ADV%"

rem For the stand-in DLL, when rundll32 starts it.
set "MSTMP_HELD="
set "MSTMP_LET_GO="
set "MSTMP_LOCKED="
set "MSTMP_LOADED="
set "MSTMP_RUN="
set "HOLDER=%WORK%\standin.dll"
set "HELD=%LOG%\held.txt"
set "LET_GO=%LOG%\let-go.txt"

set "PASSED=0"
set "FAILED=0"
set "SKIPPED=0"
set "ROUND="
set "STEP="
set "PAUSE="
set "WINE="
if exist "%SYS%\winecfg.exe" set "WINE=yes"

if "%~1"=="" goto ask
if /i "%~1"=="yes" goto begin
if /i "%~1"=="clean" goto only_clean
echo usage: check.cmd [yes or clean]
exit /b 2

:no_common
echo check: the folder of all users' data is not known.
exit /b 2

rem ---- asking ---------------------------------------------------------------

:ask
set "PAUSE=yes"
echo This tries mstmpsweep on this very Windows. It is for a throw-away virtual
echo machine: it makes harmless stand-ins of malware in Temp and Program Files,
echo registers them, removes them, and brings them back, for some minutes.
echo An antivirus may take the stand-ins away; switch it off before.
echo.
set "ANSWER="
set /p ANSWER=Type yes to begin: 
if /i "%ANSWER%"=="yes" goto begin
echo Nothing was done.
exit /b 2

rem ---- beginning -------------------------------------------------------------

:begin
set "OUT=%HERE%results.txt"
set "EXE32=%HERE%mstmpsweep.exe"
set "EXE64=%HERE%mstmpsweep64.exe"
if not exist "%EXE32%" goto no_files
if not exist "%EXE64%" goto no_files
if not exist "%HERE%files\standin%W%.dll" goto no_files
reg query "%MARK%" >nul 2>&1
if not errorlevel 1 goto cut_off
set "TAKEN="
call :look_file "%WORK%"
call :look_file "%STORE%"
call :look_file "%SHARED%"
call :look_file "%OTHER%"
call :look_file "%FILTER_FILE%"
call :look_file "%LONG_FILE%"
call :look_file "%TAKER_FILE%"
call :look_file "%LOCKED_FILE%"
call :look_key "%USER_FILTER%"
call :look_key "%USER_CLASS%"
call :look_key "%USER_LIB%"
call :look_key "%LIB_BHO%"
call :look_key "%LIB_CLASS%"
call :look_key "%ADV_BHO%"
call :look_key "%ADV_CLASS%"
if defined TAKEN goto taken
rem The mark comes first: whatever happens, "clean" knows what is ours.
reg add "%MARK%" /v Began /d "%DATE% %TIME%" /f >nul 2>&1
if errorlevel 1 goto no_rights
call :look_parent USER_CLASSES "%USER_CLASSES%"
call :look_parent USER_PROTOCOLS "%USER_PROTOCOLS%"
call :look_parent USER_FILTERS "%USER_FILTERS%"
call :look_parent LIB_BHOS "%LIB_BHOS%"
call :look_parent ADV_BHOS "%ADV_BHOS%"
mkdir "%WORK%" "%LOG%" "%PLANTED%" "%WORK%\empty" >nul 2>&1
if not exist "%LOG%\" goto no_rights_late
copy /b /y "%EXE32%" "%WORK%\mstmpsweep.exe" >nul
copy /b /y "%EXE64%" "%WORK%\mstmpsweep64.exe" >nul
copy /b /y "%HERE%files\standin%W%.dll" "%HOLDER%" >nul
>"%OUT%" echo Check of mstmpsweep on a real Windows
if not exist "%OUT%" set "OUT=%USERPROFILE%\mstmpsweep-results.txt"
>"%OUT%" echo Check of mstmpsweep on a real Windows
if "%W%"=="64" goto round_64
set "EXE=%WORK%\mstmpsweep.exe"
goto versions

:round_64
set "EXE=%WORK%\mstmpsweep64.exe"
goto versions

:no_files
echo check: files of the check are missing beside check.cmd; unpack all of them.
exit /b 2

:cut_off
echo check: an earlier check was cut off here. Run "check.cmd clean" first.
exit /b 2

:taken
echo check: it makes these itself and touches nothing of others, so it stops.
echo check: nothing was changed.
exit /b 2

:no_rights
echo check: run it as administrator. Nothing was changed.
exit /b 2

:no_rights_late
echo check: the folder "%WORK%" cannot be made.
call :clean
exit /b 2

rem ---- what this is -----------------------------------------------------------

:versions
set "VERSION="
for /f "delims=" %%l in ('ver') do set "VERSION=%%l"
call :say "windows   %VERSION%"
set "NT=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
for %%v in (ProductName CSDVersion DisplayVersion CurrentBuild UBR) do call :tell_value %%v
call :say "processor %PROCESSOR_ARCHITECTURE%"
set "MODE=normal"
if defined SAFEBOOT_OPTION set "MODE=Safe Mode, %SAFEBOOT_OPTION%"
call :say "started   %MODE%"
if defined WINE call :say "wine      yes, this is no Windows"
set "VERSION="
"%EXE%" --version >"%LOG%\version.txt" 2>&1
for /f "usebackq delims=" %%l in ("%LOG%\version.txt") do if not defined VERSION set "VERSION=%%l"
call :say "program   %VERSION%"
set "VERSION="
"%EXE%" pack list >"%LOG%\pack.txt" 2>&1
for /f "usebackq delims=" %%l in ("%LOG%\pack.txt") do if not defined VERSION set "VERSION=%%l"
call :say "pack      %VERSION%"
call :say "begun     %DATE% %TIME%"
>"%LOG%\one.txt" echo one
>"%LOG%\two.txt" echo two
set "FC=no"
fc /b "%LOG%\one.txt" "%LOG%\two.txt" >nul 2>&1
if errorlevel 1 set "FC=yes"
reg query HKU >"%LOG%\users.before" 2>nul
reg query "HKLM\SYSTEM\CurrentControlSet\Control\MiniNT" >nul 2>&1
if not errorlevel 1 goto winpe

rem ---- the first round: everything, with the program of this Windows' width ----

set "ROUND=%W%-bit program: "
call :say "round     %W%-bit program, wow64 no"
call :make
call :registers
call :scan_finds
call :fix_removes 0
call :quiet_while_clean
call :undo_restores
call :loaded_read_only
call :browser_is_ended
call :short_name_taken
call :detached

rem ---- the second: from a folder of planted DLLs, and as wow64 ------------------

set "EXE=%PLANTED%\mstmpsweep.exe"
set "ROUND=32-bit program: "
call :plant
"%WORK%\mstmpsweep.exe" --version >nul 2>&1
if errorlevel 1 goto no_32_bits
if "%W%"=="64" call :say "round     32-bit program, wow64 yes"
if "%W%"=="32" call :say "round     32-bit program once more, wow64 no"
set "MSTMP_LOADED=%LOG%\planted.txt"
call :scan_finds
call :fix_removes 0
call :undo_restores
call :nothing_planted_was_loaded
set "MSTMP_LOADED="
set "ROUND="
call :same_inventory
goto the_rest

:no_32_bits
call :skip "the second round" "32-bit programs do not run here"
set "ROUND="

:the_rest
call :aliases
call :safe_mode
call :skip "3, a volume that cannot be entered" "needs a locked or damaged disk: by hand"
call :skip "10, WinPE" "this is none"
goto finish

rem ---- WinPE: it is no patient -----------------------------------------------------

:winpe
set "RC=0"
"%EXE%" scan --quick --quiet --lang en >"%LOG%\winpe.txt" 2>&1
set "RC=%errorlevel%"
set "STEP=10, WinPE: scan without --root refuses"
if "%RC%"=="64" call :pass
if not "%RC%"=="64" call :fail "exit code %RC%, not 64" winpe
call :skip "everything else" "this is WinPE"

:finish
call :hives_as_before
call :clean
call :nothing_is_left
call :say "ended     %DATE% %TIME%"
call :say "%PASSED% passed, %FAILED% failed, %SKIPPED% skipped"
echo The results are in "%OUT%".
if defined PAUSE pause
if "%FAILED%"=="0" exit /b 0
exit /b 1

:only_clean
reg query "%MARK%" >nul 2>&1
if errorlevel 1 goto nothing_to_clean
call :clean
reg query "%MARK%" >nul 2>&1
if not errorlevel 1 goto not_cleaned
echo check: what it had made is gone.
exit /b 0

:not_cleaned
echo check: not all that it had made is gone. As administrator, and after a
echo check: restart if it is in use, run "check.cmd clean" once more.
exit /b 2

:nothing_to_clean
echo check: there is nothing to clean: no check was cut off here.
exit /b 0

rem ---- saying ----------------------------------------------------------------------

:say
echo %~1
>>"%OUT%" echo %~1
goto :eof

rem What passed is in STEP.
:pass
set /a PASSED=PASSED+1
call :say "PASS  %ROUND%%STEP%"
goto :eof

rem fail WHY [LOG]
:fail
set /a FAILED=FAILED+1
call :say "FAIL  %ROUND%%STEP%: %~1"
if "%~2"=="" goto :eof
>>"%OUT%" echo ------ what it said:
>>"%OUT%" type "%LOG%\%~2.txt"
>>"%OUT%" echo ------
goto :eof

rem skip WHAT WHY
:skip
set /a SKIPPED=SKIPPED+1
call :say "SKIP  %ROUND%%~1: %~2"
goto :eof

:tell_value
reg query "%NT%" /v %1 >"%LOG%\value.txt" 2>nul
if errorlevel 1 goto :eof
for /f "usebackq tokens=1,2*" %%a in ("%LOG%\value.txt") do if /i "%%a"=="%1" call :say "          %%a %%c"
goto :eof

rem ---- looking -----------------------------------------------------------------------

:look_file
if not exist "%~1" goto :eof
echo check: "%~1" is there already.
set "TAKEN=yes"
goto :eof

:look_key
reg query "%~1" >nul 2>&1
if errorlevel 1 goto :eof
echo check: the key "%~1" is there already.
set "TAKEN=yes"
goto :eof

rem A key above one of ours goes with it if it was not there before, and is empty.
:look_parent
reg query "%~2" >nul 2>&1
if not errorlevel 1 goto :eof
reg add "%MARK%" /v %1 /d made /f >nul 2>&1
goto :eof

rem run LOG: the program with ARGS; RC
:run
"%EXE%" %ARGS% --lang en >"%LOG%\%~1.txt" 2>&1
set "RC=%errorlevel%"
goto :eof

rem gives CODE LOG: runs it, and that is its exit code
:gives
call :run %2
if "%RC%"=="%~1" call :pass
if not "%RC%"=="%~1" call :fail "exit code %RC%, not %~1" %2
goto :eof

rem scans CODE LOG: the same of a quick scan; what it could not examine is told
:scans
set ARGS=scan --quick --quiet
call :run %2
set "CODE=%RC%"
if "%CODE%"=="%~1" call :pass
if "%CODE%"=="%~1" goto :eof
set ARGS=report --what gaps --format csv
call :run %2
call :fail "exit code %CODE%, not %~1" %2
goto :eof

rem What follows adds to WRONG; right [LOG] says whether it did.
:there
if exist "%~1" goto :eof
set "WRONG=%WRONG% [%~1 is missing]"
goto :eof

:gone
if not exist "%~1" goto :eof
set "WRONG=%WRONG% [%~1 is there]"
goto :eof

:key_there
reg query "%~1" >nul 2>&1
if not errorlevel 1 goto :eof
set "WRONG=%WRONG% [%~1 is missing]"
goto :eof

:key_gone
reg query "%~1" >nul 2>&1
if errorlevel 1 goto :eof
set "WRONG=%WRONG% [%~1 is there]"
goto :eof

:right
if not defined WRONG call :pass
if defined WRONG call :fail "%WRONG%" %1
goto :eof

rem fact FILE: attributes, size, time and short name, in FACT
:fact
set "FACT="
for %%f in ("%~1") do set "FACT=%%~af %%~zf %%~tf %%~nxsf"
goto :eof

rem same_fact FILE BEFORE
:same_fact
call :fact %1
if "%FACT%"=="%~2" goto :eof
set "WRONG=%WRONG% [%~1 was %~2, is %FACT%]"
goto :eof

rem same_file A B
:same_file
if "%FC%"=="no" goto :eof
fc /b "%~1" "%~2" >nul 2>&1
if not errorlevel 1 goto :eof
set "WRONG=%WRONG% [%~1 is not as it was]"
goto :eof

rem all_keys SUFFIX: the keys as text, and who may do what with the files
:all_keys
reg query "%USER_FILTER%" /s >"%LOG%\1.%~1" 2>nul
reg query "%USER_CLASS%" /s >"%LOG%\2.%~1" 2>nul
reg query "%LIB_BHO%" /s >"%LOG%\3.%~1" 2>nul
reg query "%LIB_CLASS%" /s >"%LOG%\4.%~1" 2>nul
reg query "%ADV_BHO%" /s >"%LOG%\5.%~1" 2>nul
reg query "%ADV_CLASS%" /s >"%LOG%\6.%~1" 2>nul
cacls "%FILTER_FILE%" >"%LOG%\7.%~1" 2>nul
cacls "%SHARED%\lib.dll" >"%LOG%\8.%~1" 2>nul
cacls "%OTHER%\AdvBHO.dll" >"%LOG%\9.%~1" 2>nul
goto :eof

rem ---- making --------------------------------------------------------------------------

:make
mkdir "%SHARED%" "%OTHER%" >nul 2>&1
copy /b /y "%HERE%files\mstmp.bin" "%FILTER_FILE%" >nul
copy /b /y "%HERE%files\long.bin" "%LONG_FILE%" >nul
copy /b /y "%HERE%files\standin%W%.dll" "%SHARED%\lib.dll" >nul
copy /b /y "%HERE%files\advbho.bin" "%OTHER%\AdvBHO.dll" >nul
set "LABEL=Microsoft filter of a stand-in"
for /f "usebackq delims=" %%l in ("%HERE%files\label.txt") do set "LABEL=%%l"
reg add "%USER_FILTER%" /ve /d "%LABEL%" /f >nul
reg add "%USER_FILTER%" /v CLSID /d "%ID_FILTER%" /f >nul
reg add "%USER_CLASS%\InProcServer32" /ve /d "%FILTER_FILE%." /f >nul
reg add "%LIB_BHO%" /ve /d "" /f >nul
rem The file manager is not to load it.
reg add "%LIB_BHO%" /v NoExplorer /t REG_DWORD /d 1 /f >nul
reg add "%LIB_CLASS%\InprocServer32" /ve /d "%SHARED%\lib.dll" /f >nul
reg add "%LIB_CLASS%\InprocServer32" /v ThreadingModel /d Apartment /f >nul
reg add "%ADV_BHO%" /ve /d "" /f >nul
reg add "%ADV_BHO%" /v NoExplorer /t REG_DWORD /d 1 /f >nul
reg add "%ADV_CLASS%\InprocServer32" /ve /t REG_EXPAND_SZ /d "%%ProgramFiles%%\Shared\AdvBHO.dll" /f >nul
set "STEP=the stand-ins are made"
set "WRONG="
call :there "%FILTER_FILE%"
call :there "%LONG_FILE%"
call :there "%SHARED%\lib.dll"
call :there "%OTHER%\AdvBHO.dll"
call :key_there "%USER_CLASS%"
call :key_there "%LIB_CLASS%"
call :key_there "%ADV_CLASS%"
call :right
call :fact "%FILTER_FILE%"
set "FACT_FILTER=%FACT%"
call :fact "%LONG_FILE%"
set "FACT_LONG=%FACT%"
call :fact "%SHARED%\lib.dll"
set "FACT_LIB=%FACT%"
call :fact "%OTHER%\AdvBHO.dll"
set "FACT_ADV=%FACT%"
call :all_keys before
goto :eof

:plant
copy /b /y "%EXE32%" "%PLANTED%\mstmpsweep.exe" >nul
for %%d in (sfc sfc_os wintrust crypt32 psapi msasn1 imagehlp version cryptbase cryptsp rsaenh bcrypt gpapi profapi userenv dbghelp apphelp uxtheme dwmapi netapi32 wtsapi32 winsta secur32) do copy /b /y "%HERE%files\standin32.dll" "%PLANTED%\%%d.dll" >nul
goto :eof

rem ---- the checks ------------------------------------------------------------------------

rem regsvr32 enters it for the user, which is not what the rest is about.
:registers
set "STEP=regsvr32 registers the stand-in, and takes it back"
set "WRONG="
start "" /wait regsvr32.exe /s "%SHARED%\lib.dll"
call :key_there "%USER_LIB%"
start "" /wait regsvr32.exe /s /u "%SHARED%\lib.dll"
call :key_gone "%USER_LIB%"
call :right
goto :eof

:scan_finds
set "STEP=a quick scan is complete and finds them"
call :scans 1 scan
set ARGS=report --what findings --format csv
call :run findings
set "STEP=the report names each of them"
set "WRONG="
for %%n in (lib.dll AdvBHO.dll \mstmp "long name.tmp") do call :named %%n
call :right findings
goto :eof

:named
find "%~1" "%LOG%\findings.txt" >nul 2>&1
if not errorlevel 1 goto :eof
set "WRONG=%WRONG% [%~1 is not named]"
goto :eof

rem fix_removes CODE
:fix_removes
set "STEP=fix removes them"
set ARGS=fix --yes
call :gives %1 fix
set "STEP=they are gone, and nothing else is"
set "WRONG="
call :gone "%FILTER_FILE%"
call :gone "%LONG_FILE%"
call :gone "%SHARED%\lib.dll"
call :gone "%OTHER%\AdvBHO.dll"
call :key_gone "%USER_FILTER%"
call :key_gone "%LIB_BHO%"
call :key_gone "%LIB_CLASS%"
call :key_gone "%ADV_BHO%"
call :key_gone "%ADV_CLASS%"
call :key_there "%LIB_BHOS%"
call :right
goto :eof

:undo_restores
set "STEP=undo brings them back"
set ARGS=undo --yes
call :gives 0 undo
set "STEP=as they were: content, attributes, times, 8.3 names, rights, keys"
set "WRONG="
call :same_fact "%FILTER_FILE%" "%FACT_FILTER%"
call :same_fact "%LONG_FILE%" "%FACT_LONG%"
call :same_fact "%SHARED%\lib.dll" "%FACT_LIB%"
call :same_fact "%OTHER%\AdvBHO.dll" "%FACT_ADV%"
call :same_file "%FILTER_FILE%" "%HERE%files\mstmp.bin"
call :same_file "%LONG_FILE%" "%HERE%files\long.bin"
call :same_file "%SHARED%\lib.dll" "%HERE%files\standin%W%.dll"
call :same_file "%OTHER%\AdvBHO.dll" "%HERE%files\advbho.bin"
call :key_there "%USER_FILTER%"
call :key_there "%USER_CLASS%"
call :key_there "%LIB_BHO%"
call :key_there "%LIB_CLASS%"
call :key_there "%ADV_BHO%"
call :key_there "%ADV_CLASS%"
call :all_keys after
for %%n in (1 2 3 4 5 6 7 8 9) do call :same_file "%LOG%\%%n.before" "%LOG%\%%n.after"
call :right
if "%FC%"=="no" call :skip "the same, byte by byte" "fc.exe compares nothing here"
goto :eof

rem While they are gone: a file of a running installer is no reason for doubt.
:quiet_while_clean
set "STEP=a quick scan afterwards is clean"
call :scans 0 clean
set "STEP=4, and so with a temporary file that nobody else may read"
>"%LOCKED_FILE%" echo of an installer
set "MSTMP_LOCKED=%LOCKED_FILE%"
call :hold "%HOLDER%" rundll32.exe
set "MSTMP_LOCKED="
if not defined IS_HELD goto no_lock
call :scans 0 locked
call :let_go
del /f "%LOCKED_FILE%" >nul 2>&1
goto :eof

:no_lock
call :skip "%STEP%" "rundll32 did not start the stand-in"
call :let_go
del /f "%LOCKED_FILE%" >nul 2>&1
goto :eof

rem hold DLL PROGRAM: it has the DLL loaded; IS_HELD
:hold
set "IS_HELD="
del /f "%HELD%" "%LET_GO%" >nul 2>&1
set "MSTMP_HELD=%HELD%"
set "MSTMP_LET_GO=%LET_GO%"
start "" /b %2 "%~1",Hold
start "" /wait /b rundll32.exe "%HOLDER%",Wait
if exist "%HELD%" set "IS_HELD=yes"
goto :eof

:let_go
start "" /wait /b rundll32.exe "%HOLDER%",LetGo
del /f "%HELD%" "%LET_GO%" >nul 2>&1
set "MSTMP_HELD="
set "MSTMP_LET_GO="
goto :eof

:rescan
set ARGS=scan --quick --quiet
call :run rescan
goto :eof

:loaded_read_only
set "STEP=1, a loaded DLL that is read-only and hidden: fix moves it away"
attrib +R +H "%SHARED%\lib.dll"
call :fact "%SHARED%\lib.dll"
set "FACT_LOADED=%FACT%"
call :hold "%SHARED%\lib.dll" rundll32.exe
if not defined IS_HELD goto not_loaded
call :rescan
set ARGS=fix --yes
call :gives 4 loaded
set "STEP=1, it is not under its name"
set "WRONG="
call :gone "%SHARED%\lib.dll"
call :right
set "STEP=1, undo before the restart"
set ARGS=undo --yes
call :gives 0 loaded-undo
set "STEP=1, it is read-only and hidden again"
set "WRONG="
call :same_fact "%SHARED%\lib.dll" "%FACT_LOADED%"
call :right
goto loaded_end

:not_loaded
call :skip "%STEP%" "rundll32 did not load it"

:loaded_end
call :let_go
attrib -R -H "%SHARED%\lib.dll"
goto :eof

rem Stands in for Internet Explorer: the name is what counts.
:browser_is_ended
set "STEP=7, fix --end-browsers ends a browser that has it loaded"
if defined WINE goto no_browser
copy /b /y "%SYS%\rundll32.exe" "%WORK%\iexplore.exe" >nul
call :hold "%SHARED%\lib.dll" "%WORK%\iexplore.exe"
if not defined IS_HELD goto not_a_browser
call :rescan
set ARGS=fix --yes --end-browsers
call :gives 0 browser
set "STEP=7, and the file is gone at once"
set "WRONG="
call :gone "%SHARED%\lib.dll"
call :right
set "STEP=7, undo of it"
set ARGS=undo --yes
call :gives 0 browser-undo
call :let_go
goto :eof

:not_a_browser
call :skip "%STEP%" "a copy of rundll32 did not load it"
call :let_go
goto :eof

:no_browser
call :skip "%STEP%" "Wine starts its own program of that name"
goto :eof

:short_name_taken
set "STEP=9, the 8.3 name is another file's: undo keeps the file, and says so"
for %%f in ("%LONG_FILE%") do set "SHORT=%%~nxsf"
for %%f in ("%LONG_FILE%") do set "LONG=%%~nxf"
if /i "%SHORT%"=="%LONG%" goto no_short
call :rescan
set ARGS=fix --yes
call :run short-fix
>"%TAKER_FILE%" echo another
fsutil file setshortname "%TAKER_FILE%" %SHORT% >"%LOG%\fsutil.txt" 2>&1
for %%f in ("%TAKER_FILE%") do set "NOW=%%~nxsf"
set ARGS=undo --yes
if /i "%NOW%"=="%SHORT%" goto short_is_taken
call :run short-undo
del /f "%TAKER_FILE%" >nul 2>&1
call :skip "%STEP%" "fsutil cannot give a short name here"
goto :eof

:short_is_taken
call :gives 1 short-undo
set "STEP=9, it is there, the words name what is missing, fsutil gives it again"
set "WRONG="
call :there "%LONG_FILE%"
find "short (8.3) name" "%LOG%\short-undo.txt" >nul 2>&1
if errorlevel 1 set "WRONG=%WRONG% [no word of the short name]"
del /f "%TAKER_FILE%" >nul 2>&1
fsutil file setshortname "%LONG_FILE%" %SHORT% >"%LOG%\fsutil.txt" 2>&1
call :same_fact "%LONG_FILE%" "%FACT_LONG%"
call :right
goto :eof

:no_short
call :skip "%STEP%" "this volume gives no 8.3 names"
goto :eof

:detached
set "STEP=12, without console and standard output the exit code is the same"
set "CODE=none"
del /f "%HELD%" >nul 2>&1
set "MSTMP_HELD=%HELD%"
set MSTMP_RUN="%EXE%" scan --folder "%WORK%\empty" --db "%LOG%\detached.db"
start "" /wait /b rundll32.exe "%HOLDER%",Run
if exist "%HELD%" for /f "usebackq" %%c in ("%HELD%") do set "CODE=%%c"
set "MSTMP_RUN="
set "MSTMP_HELD="
del /f "%HELD%" >nul 2>&1
if "%CODE%"=="0" call :pass
if not "%CODE%"=="0" call :fail "exit code %CODE%, not 0"
goto :eof

:nothing_planted_was_loaded
set "STEP=6, no DLL beside the program was loaded, nor by what it loads"
if not exist "%LOG%\planted.txt" call :pass
if exist "%LOG%\planted.txt" call :fail "it loaded the file that is named below" planted
goto :eof

:same_inventory
set "STEP=5, the 32-bit program sees what the 64-bit one sees"
if "%W%"=="32" goto one_width
set ARGS=inventory --format csv --out "%LOG%\inventory64.csv"
set "EXE=%WORK%\mstmpsweep64.exe"
call :run inventory64
set ARGS=inventory --format csv --out "%LOG%\inventory32.csv"
set "EXE=%WORK%\mstmpsweep.exe"
call :run inventory32
set "WRONG="
set "SIZE64=none"
set "SIZE32=none"
if exist "%LOG%\inventory64.csv" for %%f in ("%LOG%\inventory64.csv") do set "SIZE64=%%~zf"
if exist "%LOG%\inventory32.csv" for %%f in ("%LOG%\inventory32.csv") do set "SIZE32=%%~zf"
if not "%SIZE64%"=="%SIZE32%" set "WRONG= [%SIZE64% bytes in 64 bits, %SIZE32% in 32]"
call :same_file "%LOG%\inventory64.csv" "%LOG%\inventory32.csv"
call :right
goto :eof

:one_width
call :skip "%STEP%" "this Windows has 32 bits only"
goto :eof

:aliases
set "STEP=2, app execution aliases are no gap"
set "EXE=%WORK%\mstmpsweep.exe"
if "%W%"=="64" set "EXE=%WORK%\mstmpsweep64.exe"
if not exist "%LOCALAPPDATA%\Microsoft\WindowsApps\*.exe" goto no_aliases
set ARGS=scan --folder "%LOCALAPPDATA%\Microsoft\WindowsApps" --db "%LOG%\aliases.db" --quiet
call :gives 0 aliases
goto :eof

:no_aliases
call :skip "%STEP%" "there are none on this Windows"
goto :eof

:safe_mode
set "STEP=8, all of this in Safe Mode"
if defined SAFEBOOT_OPTION call :pass
if not defined SAFEBOOT_OPTION call :skip "%STEP%" "it was started normally; run the check again in Safe Mode"
goto :eof

:hives_as_before
set "STEP=11, no hive is left loaded"
reg query HKU >"%LOG%\users.after" 2>nul
set "WRONG="
for %%f in ("%LOG%\users.before") do set "FACT=%%~zf"
for %%f in ("%LOG%\users.after") do if not "%%~zf"=="%FACT%" set "WRONG= [HKEY_USERS has others now]"
call :same_file "%LOG%\users.before" "%LOG%\users.after"
call :right
goto :eof

rem ---- cleaning --------------------------------------------------------------------------

rem Only what the mark says is ours: it is there before anything else is made.
:clean
if not exist "%HOLDER%" goto clean_files
set "MSTMP_LET_GO=%LET_GO%"
start "" /wait /b rundll32.exe "%HOLDER%",LetGo
set "MSTMP_LET_GO="

:clean_files
for %%f in ("%FILTER_FILE%" "%LONG_FILE%" "%TAKER_FILE%" "%LOCKED_FILE%" "%SHARED%\lib.dll" "%OTHER%\AdvBHO.dll") do call :remove %%f
for %%k in ("%USER_FILTER%" "%USER_CLASS%" "%USER_LIB%" "%LIB_BHO%" "%LIB_CLASS%" "%ADV_BHO%" "%ADV_CLASS%") do reg delete %%k /f >nul 2>&1
call :remove_parent USER_CLASSES "%USER_CLASSES%"
call :remove_parent USER_FILTERS "%USER_FILTERS%"
call :remove_parent USER_PROTOCOLS "%USER_PROTOCOLS%"
call :remove_parent LIB_BHOS "%LIB_BHOS%"
call :remove_parent ADV_BHOS "%ADV_BHOS%"
rem Not with what others put there.
rd "%SHARED%" >nul 2>&1
rd "%OTHER%" >nul 2>&1
rd /s /q "%STORE%" >nul 2>&1
rd /s /q "%WORK%" >nul 2>&1
rem While something is in use "clean" has to know once more what is ours.
if exist "%STORE%" goto :eof
if exist "%WORK%" goto :eof
reg delete "%MARK%" /f >nul 2>&1
goto :eof

:remove
if not exist "%~1" goto :eof
attrib -R -H -S "%~1"
del /f "%~1" >nul 2>&1
goto :eof

rem XP lists the key itself, below a line that begins with an exclamation mark.
:remove_parent
reg query "%MARK%" /v %1 >nul 2>&1
if errorlevel 1 goto :eof
set "BELOW="
for /f "eol=! delims=" %%k in ('reg query "%~2" 2^>nul') do call :below "%%k" "%~2"
if defined BELOW goto :eof
reg delete "%~2" /f >nul 2>&1
goto :eof

:below
if "%~1"=="" goto :eof
if /i not "%~1"=="%~2" set "BELOW=yes"
goto :eof

:nothing_is_left
set "STEP=nothing is left behind"
set "WRONG="
call :gone "%FILTER_FILE%"
call :gone "%LONG_FILE%"
call :gone "%TAKER_FILE%"
call :gone "%LOCKED_FILE%"
call :gone "%SHARED%"
call :gone "%OTHER%"
call :gone "%STORE%"
call :gone "%WORK%"
call :key_gone "%USER_FILTER%"
call :key_gone "%USER_CLASS%"
call :key_gone "%LIB_BHO%"
call :key_gone "%LIB_CLASS%"
call :key_gone "%ADV_BHO%"
call :key_gone "%ADV_CLASS%"
call :key_gone "%MARK%"
call :right
goto :eof

/*
 * Unit tests of the extension points whose entries name a program: one
 * Windows 7 x64 with an entry at each, and what the walk makes of it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"
#include "tests/tools/hive_maker.h"
#include "base/err.h"
#include "base/mem.h"
#include "collect/registration.h"
#include <string.h>

#define SID	 "S-1-5-21-1-2-3-1001"
#define CURRENT	 "Microsoft\\Windows\\CurrentVersion\\"
#define WOW	 "Wow6432Node\\"
#define NT	 "Microsoft\\Windows NT\\CurrentVersion\\"
#define IFEO	 NT "Image File Execution Options\\"
#define SETUP	 "Microsoft\\Active Setup\\Installed Components\\"
#define SERVICES "ControlSet002\\Services\\"
#define S32	 "C:\\Windows\\System32\\"
#define PF	 "C:\\Program Files\\"

enum hive {
	SOFTWARE,
	SYSTEM,
	USER
};

/* Entries, and files; a key of the user is below Software. */
static const struct {
	enum hive hive;
	const char *key, *name, *text;
} entries[] = {
	{ SOFTWARE, CURRENT "Run", "plain", S32 "run.exe -x" },
	{ SOFTWARE, CURRENT "Run", "blanks", PF "My App\\a b.exe /s" },
	{ SOFTWARE, CURRENT "Run", "planted", "C:\\My Apps\\c.exe" },
	{ SOFTWARE, CURRENT "Run", "quoted", "\"" PF "My App\\a b.exe\" /s" },
	{ SOFTWARE, CURRENT "Run", "no_extension", PF "My App\\tool -x" },
	{ SOFTWARE, CURRENT "Run", "bare", "run -x" },
	{ SOFTWARE, CURRENT "Run", "gone", PF "My App\\gone one.exe -x" },
	{ SOFTWARE, CURRENT "Run", "dll",
	  "rundll32.exe " PF "My App\\x.dll,Entry 1" },
	{ SOFTWARE, CURRENT "Run", "dll_bare", "rundll32 shell32,Control" },
	{ SOFTWARE, CURRENT "Run", "dll_elsewhere",
	  "\"C:\\Evil\\rundll32.exe\" " PF "My App\\x.dll,Entry" },
	{ SOFTWARE, CURRENT "Run", "dll_in_temp",
	  "C:\\Windows\\Temp\\rundll32.exe " PF "My App\\x.dll,Entry" },
	{ SOFTWARE, CURRENT "Run", "regsvr",
	  "regsvr32 /s \"" PF "My App\\x.dll\"" },
	{ SOFTWARE, CURRENT "Run", "cmd",
	  "cmd.exe /c \"" PF "My App\\a b.exe\" -x" },
	{ SOFTWARE, CURRENT "Run", "cmd_inner", "cmd.exe /c del x" },
	{ SOFTWARE, CURRENT "Run", "dll_blank",
	  "rundll32 C:\\Evil\\x.dll Entry" },
	{ SOFTWARE, CURRENT "Run", "dll_blanks",
	  "rundll32 C:\\Evil\\x.dll   ,   Entry C:\\y.inf" },
	{ SOFTWARE, CURRENT "Run", "dll_gone",
	  "rundll32 C:\\Evil\\none.dll Entry" },
	{ SOFTWARE, CURRENT "Run", "regsvr_i",
	  "regsvr32 /s /i:\"a b\" C:\\Evil\\x.dll" },
	{ SOFTWARE, CURRENT "Run", "cmd_glued",
	  "cmd.exe /cC:\\Evil\\svchost.exe -x" },
	{ SOFTWARE, CURRENT "Run", "cmd_start",
	  "cmd.exe /c start \"\" /min C:\\Evil\\svchost -x" },
	{ SOFTWARE, CURRENT "Run", "cmd_whole",
	  "cmd.exe /c \"C:\\Evil\\svchost.exe -x\"" },
	{ SOFTWARE, CURRENT "Run", "cmd_inner_whole",
	  "cmd.exe /c \"del C:\\Evil\\svchost.exe\"" },
	{ SOFTWARE, CURRENT "Run", "cmd_dll",
	  "cmd.exe /c rundll32 C:\\Evil\\x.dll,Entry" },
	{ SOFTWARE, CURRENT "Run", "cmd_reg",
	  "cmd.exe /c reg query \"HKLM\\Software\"" },
	/* the machine's, of each who logs on */
	{ SOFTWARE, CURRENT "Run", "each",
	  "%USERPROFILE%\\AppData\\Local\\Temp\\own.exe -x" },
	{ SOFTWARE, CURRENT "Run", "each_gone", "%TEMP%\\none.exe" },
	{ SOFTWARE, CURRENT "Run", "all", "%windir%\\System32\\run.exe" },
	{ SOFTWARE, CURRENT "Run", "short", "C:\\PROGRA~1\\MYAPP~1\\x.dll" },
	{ SOFTWARE, CURRENT "Run", "empty", "" },
	{ SOFTWARE, WOW CURRENT "Run", "narrow", S32 "narrow.exe" },
	{ SOFTWARE, WOW CURRENT "Run", "wide", S32 "run.exe" },
	/* a file of whoever logs on, and none of the machine's */
	{ SOFTWARE, CURRENT "Run", "each", "%LOCALAPPDATA%\\Temp\\own.exe" },
	{ SOFTWARE, CURRENT "Run", "each_dll",
	  "rundll32 \"%LOCALAPPDATA%\\Temp\\own.exe\",x" },
	{ USER, CURRENT "Run", "own", "%TEMP%\\own.exe" },
	{ USER, CURRENT "RunOnce", "once", "%TEMP%\\own.exe" },
	{ USER, CURRENT "Policies\\Explorer\\Run", "1", S32 "run.exe" },
	{ USER, NT "Windows", "Load", "%TEMP%\\own.exe" },
	{ USER, NT "Windows", "Device", "no program" },
	{ USER, NT "Winlogon", "Shell", "%TEMP%\\own.exe" },
	{ USER, NT "Winlogon", "Userinit", "nobody reads this" },
	{ SOFTWARE, NT "Winlogon", "Shell", "Explorer.exe run.exe" },
	{ SOFTWARE, NT "Winlogon", "Userinit",
	  S32 "userinit.exe," S32 "run.exe," },
	{ SOFTWARE, NT "Winlogon", "LegalNoticeText", "no program" },
	{ SOFTWARE, NT "Winlogon\\Notify\\cscdll", "DLLName", "run.dll" },
	{ SOFTWARE, NT "Windows", "AppInit_DLLs",
	  "C:\\PROGRA~1\\MYAPP~1\\x.dll  run.dll,gone.dll" },
	{ SOFTWARE, WOW NT "Windows", "AppInit_DLLs", "" },
	{ SOFTWARE, IFEO "notepad.exe", "Debugger", S32 "run.exe -d" },
	{ SOFTWARE, IFEO "winword.exe", "ShutdownFlags", "3" },
	{ SOFTWARE, IFEO "x.exe\\1", "Debugger", S32 "run.exe" },
	{ SOFTWARE, SETUP "{1}", "StubPath", "regsvr32 /s /i:U shell32.dll" },
	{ SOFTWARE, SETUP "{2}", "StubPath", S32 "run.exe" },
	{ SYSTEM, SERVICES "Exe", "ImagePath", PF "My App\\a b.exe -k" },
	{ SYSTEM, SERVICES "Exe", "DisplayName", "An example" },
	{ SYSTEM, SERVICES "Driver", "ImagePath", "system32\\drivers\\d.sys" },
	{ SYSTEM, SERVICES "Rooted", "ImagePath",
	  "\\SystemRoot\\System32\\drivers\\d.sys" },
	{ SYSTEM, SERVICES "Device", "ImagePath",
	  "\\??\\C:\\Program Files\\My App\\d.sys" },
	{ SYSTEM, SERVICES "d", "DisplayName", "a driver by its name" },
	{ SYSTEM, SERVICES "Hosted", "ImagePath",
	  "%SystemRoot%\\system32\\svchost.exe -k netsvcs" },
	{ SYSTEM, SERVICES "Hosted\\Parameters", "ServiceDll",
	  "%SystemRoot%\\System32\\run.dll" },
	/* programs that only look like the host */
	{ SYSTEM, SERVICES "Posing", "ImagePath",
	  "C:\\Evil\\svchost.exe -k netsvcs" },
	{ SYSTEM, SERVICES "Posing\\Parameters", "ServiceDll",
	  "%SystemRoot%\\System32\\run.dll" },
	{ SYSTEM, SERVICES "Told", "ImagePath",
	  "C:\\Evil\\rundll32.exe svchost.exe" },
	{ SYSTEM, SERVICES "Told\\Parameters", "ServiceDll",
	  "%SystemRoot%\\System32\\run.dll" },
	{ SYSTEM, SERVICES "Narrow", "ImagePath",
	  "\"\\SystemRoot\\SysWOW64\\SvcHost.exe\" -k x" },
	{ SYSTEM, SERVICES "Narrow\\Parameters", "ServiceDll",
	  "%SystemRoot%\\System32\\run.dll" },
	{ SYSTEM, SERVICES "Empty", "ImagePath",
	  "%SystemRoot%\\system32\\svchost.exe -k x" },
	{ SYSTEM, "ControlSet001\\Services\\Old", "ImagePath", S32 "run.exe" },
	{ SOFTWARE, CURRENT "ShellServiceObjectDelayLoad", "SysTray",
	  "{35CD0000-0000-0000-0000-000000000000}" },
	{ SOFTWARE, CURRENT "Explorer\\SharedTaskScheduler",
	  "{35CD0000-0000-0000-0000-000000000000}", "a task" },
	{ SOFTWARE, CURRENT "Explorer\\ShellExecuteHooks",
	  "{35CD0000-0000-0000-0000-000000000000}", "" },
	{ SOFTWARE,
	  "Classes\\CLSID\\{35CD0000-0000-0000-0000-000000000000}\\"
	  "InprocServer32",
	  "", S32 "run.dll" },
	{ USER, "Microsoft\\Internet Explorer\\MenuExt\\Send", "",
	  "res://C:\\PROGRA~1\\MYAPP~1\\x.dll/3000" },
	{ SOFTWARE, "Microsoft\\Internet Explorer\\Plugins\\Extension\\.pdf",
	  "Location", PF "My App\\x.dll" },
};

static const char *const files[] = {
	"Windows/explorer.exe",
	"Windows/System32/kernel32.dll",
	"Windows/SysWOW64/kernel32.dll",
	"Windows/System32/shell32.dll",
	"Windows/System32/userinit.exe",
	"Windows/System32/svchost.exe",
	"Windows/System32/rundll32.exe",
	"Windows/System32/cmd.exe",
	"Windows/System32/run.exe",
	"Windows/System32/run.dll",
	"Windows/SysWOW64/narrow.exe",
	"Windows/System32/drivers/d.sys",
	"Program Files/My App/a b.exe",
	"Program Files/My App/tool.exe",
	"Program Files/My App/run.exe",
	"Program Files/My App/x.dll",
	"Program Files/My App/d.sys",
	"Program Files/Internet Explorer/run.dll",
	/* what an unquoted path starts first */
	"My.exe",
	"My Apps/c.exe",
	"Evil/rundll32.exe",
	"Windows/Temp/rundll32.exe",
	"Evil/svchost.exe",
	"Evil/x.dll",
	"Users/taro/AppData/Local/Temp/own.exe",
};

#define T "C:\\Users\\taro\\AppData\\Local\\Temp\\"

/* In the order of the walk; user NULL: the machine. */
static const struct {
	enum point point;
	int view;
	bool is_user;
	const char *name, *path, *loader;
	enum file_exists exists;
	const char *why_not;
} rows[] = {
	{ POINT_MENU_EXTENSION, 0, true, "Send", PF "My App\\x.dll", NULL,
	  EXISTS_YES, NULL },
	{ POINT_PLUGIN_EXTENSION, 64, false, ".pdf", PF "My App\\x.dll", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "plain", S32 "run.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_RUN, 64, false, "blanks", PF "My App\\a b.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "planted", "C:\\My.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_RUN, 64, false, "quoted", PF "My App\\a b.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "no_extension", PF "My App\\tool.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "bare", S32 "run.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "gone", PF "My App\\gone one.exe", NULL,
	  EXISTS_NO, NULL },
	{ POINT_RUN, 64, false, "dll", PF "My App\\x.dll", "rundll32.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "dll_bare", S32 "shell32.dll", "rundll32",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "dll_elsewhere", "C:\\Evil\\rundll32.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "dll_in_temp",
	  "C:\\Windows\\Temp\\rundll32.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "regsvr", PF "My App\\x.dll", "regsvr32",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd", PF "My App\\a b.exe", "cmd.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_inner", S32 "cmd.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_RUN, 64, false, "dll_blank", "C:\\Evil\\x.dll", "rundll32",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "dll_blanks", "C:\\Evil\\x.dll", "rundll32",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "dll_gone", "C:\\Evil\\none.dll Entry",
	  "rundll32", EXISTS_NO, NULL },
	{ POINT_RUN, 64, false, "regsvr_i", "C:\\Evil\\x.dll", "regsvr32",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_glued", "C:\\Evil\\svchost.exe", "cmd.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_start", "C:\\Evil\\svchost.exe", "cmd.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_whole", "C:\\Evil\\svchost.exe", "cmd.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_inner_whole", S32 "cmd.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_dll", "C:\\Evil\\x.dll", "cmd.exe",
	  EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "cmd_reg", S32 "cmd.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_RUN, 64, false, "each", T "own.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "each_gone", T "none.exe", NULL, EXISTS_NO,
	  NULL },
	{ POINT_RUN, 64, false, "all", S32 "run.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "short", PF "My App\\x.dll", NULL, EXISTS_YES,
	  NULL },
	{ POINT_RUN, 32, false, "narrow", "C:\\Windows\\SysWOW64\\narrow.exe",
	  NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 32, false, "wide", S32 "run.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "each", T "own.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 64, false, "each_dll", T "own.exe", "rundll32", EXISTS_YES,
	  NULL },
	{ POINT_RUN, 0, true, "own", T "own.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 0, true, "1", S32 "run.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN, 0, true, "Load", T "own.exe", NULL, EXISTS_YES, NULL },
	{ POINT_RUN_ONCE, 0, true, "once", T "own.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_WINLOGON, 64, false, "Shell", "C:\\Windows\\explorer.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_WINLOGON, 64, false, "Shell", S32 "run.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_WINLOGON, 64, false, "Userinit", S32 "userinit.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_WINLOGON, 64, false, "Userinit", S32 "run.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_WINLOGON, 0, true, "Shell", T "own.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_WINLOGON_NOTIFY, 64, false, "cscdll", S32 "run.dll", NULL,
	  EXISTS_YES, "other_version" },
	{ POINT_APPINIT_DLLS, 64, false, "AppInit_DLLs", PF "My App\\x.dll",
	  NULL, EXISTS_YES, "disabled" },
	{ POINT_APPINIT_DLLS, 64, false, "AppInit_DLLs", S32 "run.dll", NULL,
	  EXISTS_YES, "disabled" },
	{ POINT_APPINIT_DLLS, 64, false, "AppInit_DLLs", S32 "gone.dll", NULL,
	  EXISTS_NO, "disabled" },
	{ POINT_SERVICE, 0, false, "Exe", PF "My App\\a b.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SERVICE, 0, false, "Driver", S32 "drivers\\d.sys", "kernel",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE, 0, false, "Rooted", S32 "drivers\\d.sys", "kernel",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE, 0, false, "Device", PF "My App\\d.sys", "kernel",
	  EXISTS_YES, "disabled" },
	{ POINT_SERVICE, 0, false, "d", S32 "drivers\\d.sys", "kernel",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE, 0, false, "Empty", S32 "svchost.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_SERVICE, 0, false, "Posing", "C:\\Evil\\svchost.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SERVICE, 0, false, "Told", "C:\\Evil\\rundll32.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SERVICE_DLL, 0, false, "Hosted", S32 "run.dll", "svchost.exe",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE_DLL, 0, false, "Posing", S32 "run.dll", "svchost.exe",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE_DLL, 0, false, "Told", S32 "run.dll", "svchost.exe",
	  EXISTS_YES, NULL },
	{ POINT_SERVICE_DLL, 0, false, "Narrow", S32 "run.dll", "svchost.exe",
	  EXISTS_YES, NULL },
	{ POINT_SHELL_DELAY_LOAD, 64, false, "SysTray", S32 "run.dll", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SHARED_TASK_SCHEDULER, 64, false,
	  "{35CD0000-0000-0000-0000-000000000000}", S32 "run.dll", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SHELL_EXECUTE_HOOK, 64, false,
	  "{35CD0000-0000-0000-0000-000000000000}", S32 "run.dll", NULL,
	  EXISTS_YES, NULL },
	{ POINT_ACTIVE_SETUP, 64, false, "{1}", S32 "shell32.dll", "regsvr32",
	  EXISTS_YES, NULL },
	{ POINT_ACTIVE_SETUP, 64, false, "{2}", S32 "run.exe", NULL, EXISTS_YES,
	  "disabled" },
	{ POINT_IMAGE_FILE_EXECUTION, 64, false, "notepad.exe", S32 "run.exe",
	  NULL, EXISTS_YES, NULL },
	{ POINT_IMAGE_FILE_EXECUTION, 64, false, "x.exe\\1", S32 "run.exe",
	  NULL, EXISTS_YES, NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "old.job", S32 "run.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "Update", PF "My App\\a b.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "Each", T "own.exe", NULL, EXISTS_YES,
	  NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "There", PF "My App\\tool.exe", NULL,
	  EXISTS_YES, NULL },
	/* Windows' own comes first */
	{ POINT_SCHEDULED_TASK, 0, false, "There", S32 "run.exe", NULL,
	  EXISTS_YES, NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "There", S32 "none.exe", NULL,
	  EXISTS_NO, NULL },
	{ POINT_SCHEDULED_TASK, 0, false, "Variable", PF "My App\\tool.exe",
	  NULL, EXISTS_YES, NULL },
};

/* ---- the Windows --------------------------------------------------------- */

static void add_job(struct fixture *f, const char *file)
{
	static const char program[] = "C:\\Windows\\System32\\run.exe";
	uint8_t data[70 + 2 + 2 * sizeof(program) + 4] = { 0 };
	char *path;

	fixture_folder(f, "Windows/Tasks");
	path = fixture_path(f, file);
	bytes_put_le16(data + 2, 1);
	bytes_put_le16(data + 20, 70);
	bytes_put_le16(data + 70, sizeof(program));
	for (size_t i = 0; i < sizeof(program); i++)
		data[72 + 2 * i] = (uint8_t)program[i];
	ck_assert_int_eq(host_write_file(path, data, sizeof(data)), 0);
	mem_free(path);
}

#define IN(name)                                                               \
	"<Exec><Command>" name "</Command><Arguments>-x</Arguments>"           \
	"<WorkingDirectory>\"%ProgramFiles%\\My App\\\"</WorkingDirectory>"    \
	"</Exec>"

static void make(struct fixture *f)
{
	struct hive_maker_key *user = hive_maker_new("ROOT");

	fixture_init(f);
	fixture_windows7(f);
	fixture_profile(f, SID, "%SystemDrive%\\Users\\taro");
	/* nothing is there of what the machine starts in his environment */
	fixture_profile(f, SID "1", "%SystemDrive%\\Users\\jiro");
	fixture_user_hive(f, "Users/jiro/NTUSER.DAT", NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		fixture_file(f, files[i], files[i]);
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		char key[256];
		const bool is_users = entries[i].hive == USER;

		snprintf(key, sizeof(key), "%s%s", is_users ? "Software\\" : "",
			 entries[i].key);
		fixture_text(is_users			 ? user
			     : entries[i].hive == SYSTEM ? f->system
							 : f->software,
			     key, entries[i].name, entries[i].text);
	}
	fixture_dword(f->software, SETUP "{2}", "IsInstalled", 0);
	fixture_dword(f->system, SERVICES "Exe", "Type", 0x10);
	fixture_dword(f->system, SERVICES "Driver", "Type", 1);
	fixture_dword(f->system, SERVICES "Rooted", "Type", 2);
	fixture_dword(f->system, SERVICES "Device", "Type", 1);
	fixture_dword(f->system, SERVICES "Device", "Start", 4);
	fixture_dword(f->system, SERVICES "d", "Type", 1);
	fixture_dword(f->system, SERVICES "Hosted", "Type", 0x20);
	fixture_dword(f->system, SERVICES "Empty", "Type", 0x20);
	fixture_dword(f->system, SERVICES "Posing", "Type", 0x10);
	fixture_dword(f->system, SERVICES "Told", "Type", 0x10);
	fixture_dword(f->system, SERVICES "Narrow", "Type", 0x20);
	fixture_expand(user, "Environment", "TEMP",
		       "%USERPROFILE%\\AppData\\Local\\Temp");
	fixture_hive(f, "Users/taro/NTUSER.DAT", user);
	fixture_user_hive(f, "Windows/System32/config/DEFAULT", NULL);
	add_job(f, "Windows/Tasks/old.job");
	fixture_file(f, "Windows/Tasks/SA.DAT", "no task");
	fixture_file(f, "Windows/System32/Tasks/Maker/Update",
		     "<Task><Actions><Exec><Command>C:\\Program Files\\My App\\"
		     "a b.exe</Command><Arguments>/c</Arguments></Exec>"
		     "</Actions></Task>");
	fixture_file(f, "Windows/System32/Tasks/Each",
		     "<Task><Actions><Exec><Command>%localappdata%\\Temp\\"
		     "own.exe</Command></Exec></Actions></Task>");
	fixture_file(f, "Windows/System32/Tasks/There",
		     "<Task><Actions>" IN("tool") IN("run.exe")
			     IN("none.exe") "</Actions></Task>");
	fixture_file(f, "Windows/System32/Tasks/Variable",
		     "<Task><Actions><Exec><Command>%ProgramFiles%\\My App\\"
		     "tool.exe</Command></Exec></Actions></Task>");
	fixture_machine_hives(f, "Windows/System32/config");
}

struct walked {
	struct vec rows; /* struct registration * */
};

static int keep_row(void *arg, struct registration *r, bool *keep_ret)
{
	struct walked *w = arg;
	struct registration **slot = vec_push(&w->rows);

	ck_assert_ptr_nonnull(slot);
	*slot = r;
	*keep_ret = true;
	return 0;
}

static void walk(struct target *t, struct gap_sink *gaps, bool is_quick,
		 struct walked *w)
{
	w->rows = (struct vec)VEC_INIT(struct registration *, 100000);
	ck_assert_int_eq(registrations_walk(t,
					    &(struct registrations_options){
						    gaps, is_quick, NULL },
					    keep_row, w),
			 0);
}

static struct registration *at(const struct walked *w, size_t i)
{
	return *(struct registration **)vec_at(&w->rows, i);
}

static void walked_release(struct walked *w)
{
	for (size_t i = 0; i < w->rows.count; i++)
		registration_free(at(w, i));
	vec_release(&w->rows);
}

static bool is_row(const struct registration *r, size_t i)
{
	return r->point == rows[i].point && r->view == rows[i].view &&
	       !r->user_name == !rows[i].is_user &&
	       !strcmp(r->name, rows[i].name) && r->server_path &&
	       !strcmp(r->server_path, rows[i].path);
}

static const struct registration *find(const struct walked *w, size_t i)
{
	for (size_t k = 0; k < w->rows.count; k++)
		if (is_row(at(w, k), i))
			return at(w, k);
	return NULL;
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(every_entry_leads_to_its_program)
{
	struct fixture f;
	struct walked w;
	struct target *t;

	make(&f);
	t = fixture_open(&f);
	walk(t, &f.sink, false, &w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct registration *r = find(&w, i);

		ck_assert_msg(r != NULL, "no row %s %d %s %s",
			      point_name(rows[i].point), rows[i].view,
			      rows[i].name, rows[i].path);
		ck_assert_pstr_eq(r->loader, rows[i].loader);
		ck_assert_msg(r->exists == rows[i].exists, "%s", rows[i].name);
		ck_assert_pstr_eq(r->why_not, rows[i].why_not);
		ck_assert_int_eq(r->loads, !rows[i].why_not);
		ck_assert_int_eq(r->sha256 != NULL, r->exists == EXISTS_YES);
		ck_assert(!r->not_read);
		if (!strcmp(r->name, "each"))
			ck_assert_pstr_eq(r->path_owner, SID);
		if (!strcmp(r->name, "all"))
			ck_assert_ptr_null(r->path_owner);
	}
	for (size_t k = 0; k < w.rows.count; k++) {
		size_t i = 0;

		while (i < sizeof(rows) / sizeof(rows[0]) &&
		       !is_row(at(&w, k), i))
			i++;
		ck_assert_msg(i < sizeof(rows) / sizeof(rows[0]),
			      "nobody asked for %s %s %s",
			      point_name(at(&w, k)->point), at(&w, k)->name,
			      at(&w, k)->server_path);
	}
	ck_assert_uint_eq(w.rows.count, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < f.gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f.gaps, i);

		ck_assert_msg(!g->matters, "%s: %s", g->path, g->reason);
	}
	walked_release(&w);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* Of services, tasks and Image File Execution Options, below Windows only. */
START_TEST(a_quick_scan_lists_what_it_does_not_read)
{
	struct fixture f;
	struct walked w;
	struct target *t;
	size_t listed = 0;

	make(&f);
	t = fixture_open(&f);
	walk(t, &f.sink, true, &w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct registration *r = find(&w, i);
		bool is_listed;

		ck_assert_ptr_nonnull(r);
		is_listed = (r->point == POINT_SERVICE ||
			     r->point == POINT_SERVICE_DLL ||
			     r->point == POINT_SCHEDULED_TASK ||
			     r->point == POINT_IMAGE_FILE_EXECUTION) &&
			    r->exists == EXISTS_YES &&
			    !strncmp(r->server_path, "C:\\Windows\\", 11);
		listed += is_listed;
		ck_assert_int_eq(r->exists, rows[i].exists);
		ck_assert_msg(r->not_read == is_listed, "%s", r->name);
		ck_assert_int_eq(r->sha256 != NULL,
				 !is_listed && r->exists == EXISTS_YES);
	}
	ck_assert_uint_eq(listed, 12);
	walked_release(&w);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* An HKCU entry is its user's; his variable makes the path his, too. */
START_TEST(whose_the_path_is)
{
	struct fixture f;
	struct walked w;
	struct target *t;
	size_t his = 0;

	make(&f);
	t = fixture_open(&f);
	walk(t, &f.sink, false, &w);
	for (size_t k = 0; k < w.rows.count; k++) {
		const struct registration *r = at(&w, k);

		if (!strncmp(r->server_path, T, strlen(T))) {
			ck_assert_pstr_eq(r->path_owner, SID);
			his++;
		} else {
			ck_assert_ptr_null(r->path_owner);
		}
	}
	ck_assert_uint_gt(his, 0);
	ck_assert_uint_gt(w.rows.count, his);
	walked_release(&w);
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* ---- hostile data -------------------------------------------------------- */

static void hostile(struct walked *w, struct fixture *f)
{
	struct target *t;

	fixture_user_hive(f, "Windows/System32/config/DEFAULT", NULL);
	fixture_machine_hives(f, "Windows/System32/config");
	t = fixture_open(f);
	walk(t, &f->sink, false, w);
	target_free(t);
}

static size_t gaps_that_matter(const struct fixture *f, enum gap_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f->gaps.count; i++) {
		const struct fixture_gap *g = vec_at(&f->gaps, i);

		n += g->kind == kind && g->matters;
	}
	return n;
}

/* A list longer than any Windows has: bounded, and the rest is told. */
START_TEST(a_value_with_thousands_of_programs)
{
	struct fixture f;
	struct walked w;
	struct str text = STR_INIT;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	for (int i = 0; i < 2000; i++)
		str_addf(&text, "C:\\%d.dll,", i);
	fixture_text(f.software, NT "Windows", "AppInit_DLLs", str_text(&text));
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 256);
	ck_assert_uint_eq(gaps_that_matter(&f, GAP_TOO_LARGE), 1);
	str_release(&text);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* cmd /c cmd /c ...: an end is made of it. */
START_TEST(a_chain_of_commands)
{
	struct fixture f;
	struct walked w;
	struct str text = STR_INIT;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/cmd.exe", "MZ");
	fixture_file(&f, "Windows/explorer.exe", "MZ");
	for (int i = 0; i < 1000; i++)
		str_add(&text, "cmd.exe /c ");
	fixture_text(f.software, CURRENT "Run", "cmd", str_text(&text));
	str_clear(&text);
	for (int i = 0; i < 1000; i++)
		str_add(&text, "explorer.exe ");
	fixture_text(f.software, NT "Winlogon", "Shell", str_text(&text));
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 3);
	ck_assert_str_eq(at(&w, 0)->server_path, S32 "cmd.exe");
	ck_assert_str_eq(at(&w, 1)->server_path, "C:\\Windows\\explorer.exe");
	str_release(&text);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* What stands behind a NUL is no part of the name, and no line is forged. */
START_TEST(a_nul_inside_a_command)
{
	static const uint8_t data[] = "C\0:\0\\\0a\0.\0e\0x\0e\0\0\0 \0x\0";
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "a.exe", "MZ");
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	hive_maker_value(hive_maker_path(f.software, CURRENT "Run"), "nul", 1,
			 data, sizeof(data) - 1);
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_str_eq(at(&w, 0)->server_path, "C:\\a.exe");
	/* all of it is kept, so that a guard sees the same */
	ck_assert_str_eq(at(&w, 0)->server_raw, "C:\\a.exe\xC0\x80 x");
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* A key of services that is a link is not followed, and told. */
START_TEST(services_behind_a_link)
{
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	fixture_text(f.system, SERVICES "Linked", "ImagePath", "C:\\a.exe");
	hive_maker_path(f.system, SERVICES "Linked")->flags |=
		REGF_KEY_SYM_LINK;
	fixture_text(f.system, SERVICES "Plain", "ImagePath", "C:\\a.exe");
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_str_eq(at(&w, 0)->name, "Plain");
	ck_assert_uint_ge(fixture_gap_count(&f, GAP_REGISTRY_LINK), 1);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* Task files that are none, too large, or cut off. */
START_TEST(files_that_are_no_tasks)
{
	struct fixture f;
	struct walked w;
	char *big = mem_alloc((1u << 20) + 2);

	memset(big, 'x', (1u << 20) + 1);
	big[(1u << 20) + 1] = '\0';
	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	fixture_file(&f, "Windows/System32/Tasks/none", "no task");
	fixture_file(&f, "Windows/System32/Tasks/big", big);
	fixture_file(&f, "Windows/System32/Tasks/cut",
		     "<Task><Actions><Exec><Command>C:\\a.exe</Command>");
	fixture_file(&f,
		     "Windows/System32/Tasks/1/2/3/4/5/6/7/8/9/10/11/12/13/"
		     "14/15/16/deep",
		     "<Task/>");
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_str_eq(at(&w, 0)->name, "cut");
	ck_assert_str_eq(at(&w, 0)->server_path, "C:\\a.exe");
	ck_assert_uint_eq(gaps_that_matter(&f, GAP_TOO_LARGE), 1);
	/* the one that is cut off, and the one that is none */
	ck_assert_uint_eq(gaps_that_matter(&f, GAP_READ_ERROR), 2);
	ck_assert_uint_eq(gaps_that_matter(&f, GAP_DEPTH), 1);
	mem_free(big);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* Windows goes by the folder, whatever a file of it is called. */
START_TEST(the_folder_decides_the_kind)
{
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/run.exe", "MZ");
	/* found by its short name, X~1.JOB */
	add_job(&f, "Windows/Tasks/old.jobs");
	fixture_file(&f, "Windows/Tasks/SA.DAT", "no task");
	fixture_file(&f, "Windows/Tasks/xml.job",
		     "<Task><Actions><Exec><Command>C:\\a.exe</Command></Exec>"
		     "</Actions></Task>");
	fixture_file(&f, "Windows/System32/Tasks/Maker/new.job",
		     "<Task><Actions><Exec><Command>C:\\b.exe</Command></Exec>"
		     "</Actions></Task>");
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 2);
	ck_assert_str_eq(at(&w, 0)->name, "old.jobs");
	ck_assert_str_eq(at(&w, 0)->server_path, S32 "run.exe");
	ck_assert_str_eq(at(&w, 1)->name, "new.job");
	ck_assert_str_eq(at(&w, 1)->server_path, "C:\\b.exe");
	/* XML that an XP does not start, and nobody knows what it is */
	ck_assert_uint_eq(gaps_that_matter(&f, GAP_READ_ERROR), 1);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* Whatever order the file system has them in. */
START_TEST(tasks_are_sorted)
{
	static const char *const names[] = { "m",  "B", "z", "a", "C\xc3\xa9",
					     "aa", "Y", "n", "0", "k" };
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "Windows/System32/Tasks/%s",
			 names[i]);
		fixture_file(&f, path,
			     "<Task><Actions><Exec><Command>C:\\a.exe"
			     "</Command></Exec></Actions></Task>");
	}
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, sizeof(names) / sizeof(names[0]));
	for (size_t k = 1; k < w.rows.count; k++)
		ck_assert_int_lt(
			utf_casecmp(at(&w, k - 1)->name, at(&w, k)->name), 0);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* As with a class: what an entry of Windows' own leads to has neighbours. */
START_TEST(what_lies_beside_a_program)
{
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/rundll32.exe", "MZ");
	fixture_file(&f, "a/lib.dll", "MZ");
	fixture_file(&f, "a/lib.sig", "\x01list");
	fixture_text(f.software, CURRENT "Run", "lib",
		     "rundll32.exe C:\\a\\lib.dll,Start");
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_pstr_eq(at(&w, 0)->beside, "lib.sig (?)");
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* What it loads has no facts but its own, least of all when it is gone. */
START_TEST(a_loaders_facts_are_its_own)
{
	struct fixture f;
	struct walked w;

	fixture_init(&f);
	fixture_windows7(&f);
	/* a program without a version resource */
	fixture_file(&f, "Windows/System32/rundll32.exe", "MZ");
	fixture_text(f.software, CURRENT "Run", "gone",
		     "rundll32.exe C:\\a\\gone.dll,Start");
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_pstr_eq(at(&w, 0)->server_path, "C:\\a\\gone.dll");
	ck_assert_int_eq(at(&w, 0)->exists, EXISTS_NO);
	ck_assert_int_eq(at(&w, 0)->version_resource, EXISTS_UNKNOWN);
	ck_assert_uint_eq(at(&w, 0)->file_size, 0);
	ck_assert_ptr_null(at(&w, 0)->sha256);
	walked_release(&w);
	fixture_release(&f);
}

END_TEST

/* A name of many blanks, as long as CreateProcess takes one. */
START_TEST(a_name_of_many_blanks)
{
	struct fixture f;
	struct walked w;
	struct str file = STR_INIT, path = STR_INIT, line = STR_INIT;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_file(&f, "Windows/System32/kernel32.dll", "MZ");
	for (int i = 0; i < 100; i++)
		str_add(&file, "a ");
	str_add(&file, "b.exe");
	str_addf(&path, "C:\\%s", str_text(&file));
	str_addf(&line, "%s -x", str_text(&path));
	fixture_file(&f, str_text(&file), "MZ");
	fixture_text(f.software, CURRENT "Run", "blanks", str_text(&line));
	hostile(&w, &f);
	ck_assert_uint_eq(w.rows.count, 1);
	ck_assert_pstr_eq(at(&w, 0)->server_path, str_text(&path));
	ck_assert_int_eq(at(&w, 0)->exists, EXISTS_YES);
	walked_release(&w);
	fixture_release(&f);
	str_release(&file);
	str_release(&path);
	str_release(&line);
}

END_TEST

static Suite *programs_suite(void)
{
	Suite *s = suite_create("programs");
	TCase *tc = tcase_create("programs");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_entry_leads_to_its_program);
	tcase_add_test(tc, a_quick_scan_lists_what_it_does_not_read);
	tcase_add_test(tc, whose_the_path_is);
	tcase_add_test(tc, a_value_with_thousands_of_programs);
	tcase_add_test(tc, a_chain_of_commands);
	tcase_add_test(tc, a_nul_inside_a_command);
	tcase_add_test(tc, services_behind_a_link);
	tcase_add_test(tc, files_that_are_no_tasks);
	tcase_add_test(tc, the_folder_decides_the_kind);
	tcase_add_test(tc, tasks_are_sorted);
	tcase_add_test(tc, what_lies_beside_a_program);
	tcase_add_test(tc, a_loaders_facts_are_its_own);
	tcase_add_test(tc, a_name_of_many_blanks);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(programs_suite)

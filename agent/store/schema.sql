-- The store of mstmpsweep, version 6.  The views at the end are the public
-- interface (CONTRACT.md section 8): their columns stay as they are.
-- SPDX-License-Identifier: Apache-2.0
--
-- Text is valid UTF-8; a *_raw column holds the bytes of a name that could
-- not be written as such (lone surrogates, NUL, undecodable bytes), else
-- NULL.  Times are YYYY-MM-DDThh:mm:ssZ.  Absent is NULL.
-- user_version and application_id are set by the program.

CREATE TABLE scan (
	scan_id INTEGER PRIMARY KEY AUTOINCREMENT,
	-- An unfinished scan has finished_at NULL: it runs, or was cut off.
	state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cut_off')),
	target_id TEXT NOT NULL,
	started_at TEXT NOT NULL,
	finished_at TEXT,
	-- The examined computer; of a folder: the one the program ran on.
	host_name TEXT,
	target_kind TEXT NOT NULL
		CHECK (target_kind IN ('live', 'offline', 'folder')),
	target_root TEXT,
	target_root_raw BLOB,
	windows_version TEXT,
	profile TEXT NOT NULL CHECK (profile IN ('quick', 'full')),
	pack_name TEXT NOT NULL,
	pack_version TEXT,
	pack_signed INTEGER NOT NULL CHECK (pack_signed IN (0, 1)),
	pack_signer TEXT,
	pack_source TEXT,
	tool_version TEXT NOT NULL,
	excludes TEXT, -- JSON array of the patterns of --exclude
	verdict TEXT CHECK (verdict IN ('clean', 'found', 'incomplete')),
	files_seen INTEGER,
	files_scanned INTEGER,
	bytes_scanned INTEGER,
	registrations_seen INTEGER,
	exit_code INTEGER CHECK (exit_code BETWEEN 0 AND 255),
	-- What changed this Windows after the scan, and when: it is old.
	overtaken_by TEXT CHECK (overtaken_by IN ('undo', 'restart')),
	overtaken_at TEXT,
	-- The newest change that the vault's journal knew when it began, and
	-- how many removals a restart had finished; NULL: could not be read.
	changes_seen TEXT,
	CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
	CHECK (state <> 'finished' OR verdict IS NOT NULL)
);
CREATE INDEX scan_by_target ON scan (target_id, scan_id);

-- The inventory: every registration at every extension point.
CREATE TABLE registration (
	registration_id INTEGER PRIMARY KEY,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	finding_id INTEGER REFERENCES finding ON DELETE SET NULL,
	point TEXT NOT NULL CHECK (point IN ('bho', 'mime_filter',
		'protocol_handler', 'namespace_handler', 'toolbar',
		'url_search_hook', 'explorer_bar', 'extension_button',
		'software_clsid', 'menu_extension', 'plugin_extension', 'run',
		'run_once', 'winlogon', 'winlogon_notify', 'appinit_dlls',
		'service', 'service_dll', 'shell_delay_load',
		'shared_task_scheduler', 'shell_execute_hook', 'active_setup',
		'image_file_execution', 'scheduled_task')),
	view TEXT NOT NULL CHECK (view IN ('64', '32', 'shared')),
	user_name TEXT,
	user_sid TEXT,
	clsid TEXT,
	name TEXT,
	name_raw BLOB,
	label TEXT,
	class_name TEXT,
	class_key TEXT,
	progid TEXT,
	typelib TEXT,
	appid TEXT,
	treat_as TEXT,
	threading TEXT,
	loader TEXT,
	server_raw TEXT,
	server_raw_raw BLOB,
	server_type INTEGER,
	server_path TEXT,
	server_path_raw BLOB,
	file_exists INTEGER CHECK (file_exists IN (0, 1)), -- NULL: unknown
	on_demand INTEGER NOT NULL CHECK (on_demand IN (0, 1)),
	loads INTEGER NOT NULL CHECK (loads IN (0, 1)),
	why_not TEXT,
	disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
	registry_key TEXT NOT NULL,
	registry_key_raw BLOB,
	last_write TEXT,
	side_keys TEXT, -- JSON array of {"kind":…,"key":…,"sha256":…}; the
		-- last, of what the key holds, where a finding has it
	sha256 TEXT,
	sha1 TEXT,
	md5 TEXT,
	file_size INTEGER,
	file_version TEXT,
	publisher TEXT,
	product TEXT,
	trust TEXT NOT NULL CHECK (trust IN ('unchecked', 'unsigned', 'invalid',
		'untrusted', 'trusted')),
	known TEXT,
	-- Who could have written what leads on from the key: the class, and
	-- the path (variables, folders that are searched).  NULL: the machine.
	class_owner TEXT,
	path_owner TEXT,
	-- server_path with the target's own folders as variables.
	place TEXT,
	-- What lies beside the server under its name: "lib.sig (PGP)".
	beside TEXT,
	-- Whether the server has one, NULL: not known.
	version_resource INTEGER CHECK (version_resource IN (0, 1)),
	-- What its finding scores by files, entries of the machine, and those
	-- of whoever owns this row: what others wrote moves nothing of his.
	own_score INTEGER CHECK (own_score BETWEEN 0 AND 100)
);
CREATE INDEX registration_by_scan ON registration (scan_id);
CREATE INDEX registration_by_finding ON registration (finding_id);

-- What matched a rule, or hangs on something that did.
CREATE TABLE artefact (
	artefact_id INTEGER PRIMARY KEY,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	kind TEXT NOT NULL
		CHECK (kind IN ('file', 'registration', 'trace', 'member')),
	path TEXT, -- NULL for a registration
	path_raw BLOB,
	registration_id INTEGER REFERENCES registration ON DELETE SET NULL,
	size INTEGER,
	created TEXT,
	written TEXT,
	changed TEXT,
	volume TEXT,  -- hex, may need all 64 bits
	file_id TEXT, -- hex
	attributes INTEGER,
	owner TEXT,
	md5 TEXT,
	sha1 TEXT,
	sha256 TEXT,
	filetype TEXT, -- as rules see it, NULL: not known
	-- It is a copy of what lay there (a restore point, recycle bin …).
	copy_of TEXT,
	copy_of_raw BLOB
);
CREATE INDEX artefact_by_scan ON artefact (scan_id);
CREATE INDEX artefact_by_sha256 ON artefact (sha256);

CREATE TABLE match (
	match_id INTEGER PRIMARY KEY,
	artefact_id INTEGER NOT NULL REFERENCES artefact ON DELETE CASCADE,
	rule TEXT NOT NULL,
	rule_file TEXT,
	family TEXT,
	role TEXT,
	score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
	evidence TEXT NOT NULL CHECK (evidence IN ('content', 'name',
		'registration', 'trace')),
	string_id TEXT,
	string_offset INTEGER,
	string_length INTEGER
);
CREATE INDEX match_by_artefact ON match (artefact_id);

CREATE TABLE finding (
	finding_id INTEGER PRIMARY KEY AUTOINCREMENT,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	verdict TEXT NOT NULL
		CHECK (verdict IN ('malicious', 'suspicious', 'note')),
	score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
	family TEXT,
	role TEXT,
	subject TEXT NOT NULL,
	path TEXT,
	path_raw BLOB,
	sha256 TEXT,
	-- First in the order point, machine before user, 64 before 32, key.
	registration_id INTEGER REFERENCES registration ON DELETE SET NULL,
	rules TEXT NOT NULL, -- JSON array, sorted
	reason TEXT NOT NULL,
	reason_ja TEXT NOT NULL,
	fix_state TEXT CHECK (fix_state IN ('planned', 'fixed', 'partly_fixed',
		'failed', 'undone', 'came_back'))
);
CREATE INDEX finding_by_scan ON finding (scan_id);

CREATE TABLE finding_artefact (
	finding_id INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
	artefact_id INTEGER NOT NULL REFERENCES artefact ON DELETE CASCADE,
	PRIMARY KEY (finding_id, artefact_id)
) WITHOUT ROWID;
CREATE INDEX finding_artefact_back ON finding_artefact (artefact_id);

CREATE TABLE gap (
	gap_id INTEGER PRIMARY KEY,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('access_denied', 'locked',
		'read_error', 'changed', 'too_large', 'not_regular', 'link',
		'cloud', 'page_file', 'hive_via_api', 'restore_point',
		'trust_unchecked', 'hive_unreadable', 'hive_damaged',
		'hive_logs_missing', 'registry_link', 'name_unresolved',
		'drive_not_mapped', 'archive', 'depth', 'excluded',
		'rule_error', 'interrupted', 'volume', 'no_memory',
		'other_windows', 'not_opened', 'antivirus')),
	path TEXT,
	path_raw BLOB,
	reason TEXT NOT NULL,
	os_error INTEGER,
	count INTEGER NOT NULL CHECK (count > 0),
	matters INTEGER NOT NULL CHECK (matters IN (0, 1))
);
CREATE UNIQUE INDEX gap_once
	ON gap (scan_id, kind, ifnull(path, ''), reason, matters);

CREATE TABLE trace (
	trace_id INTEGER PRIMARY KEY,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	finding_id INTEGER REFERENCES finding ON DELETE SET NULL,
	kind TEXT NOT NULL CHECK (kind IN ('java_cache', 'java_version',
		'ie_history', 'chrome_history', 'firefox_history', 'prefetch',
		'ext_stats', 'ext_version_cache')),
	time TEXT,
	user_name TEXT,
	what TEXT NOT NULL,
	url TEXT,
	path TEXT,
	path_raw BLOB,
	family TEXT
);
CREATE INDEX trace_by_scan ON trace (scan_id);
CREATE INDEX trace_by_finding ON trace (finding_id);

-- What was done about it: a fix is a plan carried out, step by step.
CREATE TABLE fix (
	fix_id INTEGER PRIMARY KEY AUTOINCREMENT,
	scan_id INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
	target_id TEXT NOT NULL,
	started_at TEXT NOT NULL,
	finished_at TEXT,
	state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed',
		'undone', 'partly_undone')),
	vault TEXT,
	tool_version TEXT NOT NULL,
	journal_id TEXT -- the fix in the vault's own journal
);
CREATE INDEX fix_by_scan ON fix (scan_id);

CREATE TABLE step (
	step_id INTEGER PRIMARY KEY,
	fix_id INTEGER NOT NULL REFERENCES fix ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq > 0),
	finding_id INTEGER REFERENCES finding ON DELETE SET NULL,
	action TEXT NOT NULL CHECK (action IN ('end_process', 'remove_key',
		'remove_value', 'set_value', 'quarantine_file',
		'remove_at_restart', 'swap_hive')),
	target TEXT NOT NULL,
	target_raw BLOB,
	state TEXT NOT NULL CHECK (state IN ('planned', 'saved', 'applied',
		'verified', 'came_back', 'failed', 'undone')),
	error TEXT,
	UNIQUE (fix_id, seq)
);
CREATE INDEX step_by_finding ON step (finding_id);

CREATE TABLE vault_item (
	vault_item_id INTEGER PRIMARY KEY,
	step_id INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('file', 'registry', 'hive')),
	vault_name TEXT NOT NULL,
	original TEXT NOT NULL,
	original_raw BLOB,
	size INTEGER NOT NULL CHECK (size >= 0),
	sha256 TEXT NOT NULL,
	saved_at TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('kept', 'restored', 'deleted'))
);
CREATE INDEX vault_item_by_step ON vault_item (step_id);

-- ---- public views ---------------------------------------------------------

CREATE VIEW v_scan AS
SELECT s.scan_id, s.target_id, s.started_at, s.finished_at, s.host_name,
	s.target_kind, s.target_root, s.windows_version, s.profile,
	s.pack_name, s.pack_version, s.pack_signed, s.tool_version, s.verdict,
	s.files_seen, s.files_scanned, s.bytes_scanned, s.registrations_seen,
	(SELECT count(*) FROM finding f WHERE f.scan_id = s.scan_id)
		AS findings,
	(SELECT ifnull(sum(g.count), 0) FROM gap g
		WHERE g.scan_id = s.scan_id) AS gaps,
	(SELECT ifnull(sum(g.count), 0) FROM gap g
		WHERE g.scan_id = s.scan_id AND g.matters = 1)
		AS gaps_that_matter,
	s.exit_code
FROM scan s;

CREATE VIEW v_finding AS
SELECT f.scan_id, f.finding_id, f.verdict, f.score, f.family, f.role,
	f.subject, f.path, f.sha256, r.clsid, r.point, r.view, r.user_name,
	r.user_sid, r.registry_key, f.rules, f.reason, f.fix_state
FROM finding f LEFT JOIN registration r USING (registration_id);

CREATE VIEW v_inventory AS
SELECT scan_id, point, view, user_name, user_sid, clsid, name, server_raw,
	server_path, file_exists, sha256, file_version, publisher, trust,
	known, registry_key, last_write, finding_id
FROM registration;

CREATE VIEW v_gap AS
SELECT scan_id, kind, path, reason, os_error, count, matters FROM gap;

CREATE VIEW v_trace AS
SELECT scan_id, kind, time, user_name, what, url, path, family, finding_id
FROM trace;

CREATE VIEW v_step AS
SELECT fix_id, seq, action, target, state, error, finding_id FROM step;

-- The reason of a finding in each language (v_finding has the English one).
CREATE VIEW v_reason AS
SELECT scan_id, finding_id, 'en' AS lang, reason FROM finding
UNION ALL
SELECT scan_id, finding_id, 'ja', reason_ja FROM finding;

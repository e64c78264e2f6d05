-- The journal of all fixes of one Windows, in its vault: what undo and
-- fix --resume go by. It is the truth; the store of the scan gets a copy.
-- SPDX-License-Identifier: Apache-2.0
--
-- Every state is on the medium (synchronous=EXTRA) before the next thing
-- happens. Names are their own bytes (our UTF-8), so they are BLOBs; the
-- text columns beside them are for people.

CREATE TABLE fix (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	fix_id TEXT NOT NULL UNIQUE CHECK (length(fix_id) = 32),
	target_id TEXT NOT NULL,
	computer TEXT NOT NULL,
	scan_id INTEGER NOT NULL,
	store TEXT,
	started_at TEXT NOT NULL,
	finished_at TEXT,
	state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed',
		'undone', 'partly_undone')),
	tool_version TEXT NOT NULL,
	pack TEXT, -- name of the signatures; since version 2
	scan_started_at TEXT -- tells the scan from another store's; since 2
);

-- A hive file that was replaced: by a fix, or by its undo.
CREATE TABLE swap (
	swap_id INTEGER PRIMARY KEY AUTOINCREMENT,
	fix_id TEXT NOT NULL REFERENCES fix (fix_id),
	hive TEXT NOT NULL,
	hive_raw BLOB NOT NULL,
	item TEXT NOT NULL, -- the old hive and its logs in the vault
	before_sha256 TEXT NOT NULL,
	after_sha256 TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('saved', 'done', 'undone'))
);

-- What was changed back, which makes every scan before it old; since 4.
CREATE TABLE change (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	token TEXT NOT NULL UNIQUE CHECK (length(token) = 32),
	target_id TEXT NOT NULL,
	what TEXT NOT NULL CHECK (what IN ('undo')),
	at TEXT NOT NULL
);

CREATE TABLE step (
	fix_id TEXT NOT NULL REFERENCES fix (fix_id),
	seq INTEGER NOT NULL CHECK (seq > 0),
	phase INTEGER NOT NULL CHECK (phase BETWEEN 0 AND 4),
	action TEXT NOT NULL CHECK (action IN ('remove_key', 'remove_value',
		'set_value', 'quarantine_file')),
	target TEXT NOT NULL,
	target_raw BLOB NOT NULL,
	value_name BLOB,
	kind TEXT NOT NULL,
	by_number INTEGER NOT NULL CHECK (by_number IN (0, 1)),
	finding_id INTEGER NOT NULL,
	subject TEXT NOT NULL,
	reason TEXT NOT NULL,
	sha256 TEXT,
	size INTEGER NOT NULL,
	written TEXT,
	volume TEXT,
	file_id TEXT,
	clsid TEXT,
	server_raw BLOB,
	last_write TEXT,
	new_text TEXT,
	state TEXT NOT NULL CHECK (state IN ('planned', 'saved', 'applied',
		'verified', 'came_back', 'failed', 'undone')), -- since 3
	error TEXT,
	item TEXT,
	swap_id INTEGER NOT NULL DEFAULT 0,
	moved_to BLOB,
	PRIMARY KEY (fix_id, seq)
) WITHOUT ROWID;

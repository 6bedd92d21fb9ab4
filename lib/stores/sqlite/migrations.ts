import type { DatabaseSync } from 'node:sqlite';
import { allKinds } from '../records/kinds/index.ts';
import { ddlOf } from './record-table.ts';

/** The `application_id` of the file: a database of another application is never written to. */
export const applicationId = 0x47574e31;

/** All migrations in order. A released one is never edited. */
const migrations: readonly string[] = [
  `
  CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'disabled')),
    email TEXT,
    email_key TEXT UNIQUE,
    email_confirmed INTEGER NOT NULL,
    display_name TEXT,
    password_hash TEXT,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER
  ) STRICT;
  CREATE INDEX users_admins ON users (role, state) WHERE role = 'admin' AND state = 'active';

  CREATE TABLE retired_names (
    name_key TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT,
    epoch INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'api')),
    method TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    idle_at INTEGER NOT NULL,
    remember INTEGER NOT NULL,
    role_ceiling TEXT,
    address TEXT,
    agent TEXT,
    data TEXT NOT NULL,
    ends_at INTEGER NOT NULL GENERATED ALWAYS AS (min(expires_at, idle_at)) VIRTUAL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);
  CREATE INDEX sessions_by_end ON sessions (ends_at);

  CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    role TEXT,
    scopes TEXT,
    parent_id TEXT REFERENCES api_tokens (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    UNIQUE (user_id, name)
  ) STRICT;
  CREATE INDEX api_tokens_by_parent ON api_tokens (parent_id, id);

  CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    client_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT;
  CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
  CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);

  CREATE TABLE signing_keys (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kid TEXT NOT NULL UNIQUE,
    algorithm TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE attempts (
    key TEXT NOT NULL PRIMARY KEY,
    points INTEGER NOT NULL,
    expire INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attempts_by_end ON attempts (expire);

  CREATE TABLE known_addresses (
    user_key TEXT NOT NULL,
    address TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user_key, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX known_addresses_by_time ON known_addresses (user_key, at);

  CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    address TEXT,
    agent TEXT,
    subject TEXT,
    outcome TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  CREATE INDEX audit_by_event ON audit (event, id);
  CREATE INDEX audit_by_actor ON audit (actor, id);
  `,
  'ALTER TABLE users ADD COLUMN ended TEXT',
  `
  CREATE TABLE held_attempts (
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (key, holder)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX held_attempts_by_end ON held_attempts (until);
  `,
  `
  ALTER TABLE audit ADD COLUMN share TEXT NOT NULL DEFAULT '';
  CREATE INDEX audit_by_share ON audit (event, share, id);
  `,
  allKinds.map(ddlOf).join('\n'),
];

/** The schema that this version reads and writes. */
export const schemaVersion = migrations.length;

/** The schema version of the file; 0 when it is new. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Applies missing migrations, each in a transaction, so that one process does it. */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  if (versionOf(database) >= steps.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have migrated meanwhile.
    const missing = steps.slice(versionOf(database));
    for (const step of missing) database.exec(step);
    if (missing.length > 0) mark(database, steps.length);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function mark(database: DatabaseSync, version: number): void {
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`);
}

/**
 * The `application_id` of the file. A database of another application is never written to, and Gatewarden 0.1.0, whose files
 * have `formerApplicationId`, refuses this one.
 */
export const applicationId = 0x47574e32;
export const formerApplicationId = 0x47574e31;

const sessions = `
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
    minter TEXT,
    makers TEXT,
    address TEXT,
    agent TEXT,
    data TEXT NOT NULL,
    ends_at INTEGER NOT NULL GENERATED ALWAYS AS (min(expires_at, idle_at)) VIRTUAL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);
  CREATE INDEX sessions_by_use ON sessions (user_id, last_seen_at, id);
  CREATE INDEX sessions_by_end ON sessions (ends_at);
`;

const attempts = `
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

  CREATE TABLE held_attempts (
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (key, holder)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX held_attempts_by_end ON held_attempts (until);
`;

const audit = `
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
    detail TEXT,
    share TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_event ON audit (event, id);
  CREATE INDEX audit_by_actor ON audit (actor, id);
  CREATE INDEX audit_by_share ON audit (event, share, id);
`;

/** For the filters of the audit log by subject and outcome. */
const auditFilters = `
  CREATE INDEX audit_by_subject ON audit (subject, id);
  CREATE INDEX audit_by_outcome ON audit (outcome, id);
`;

/**
 * For filters that are given together: what else a record must have is read in the index, and only records that are shown are read in
 * the table.
 */
const auditFiltersTogether = `
  DROP INDEX audit_by_event;
  DROP INDEX audit_by_actor;
  DROP INDEX audit_by_outcome;
  CREATE INDEX audit_by_event ON audit (event, id, outcome);
  CREATE INDEX audit_by_actor ON audit (actor, id, event, outcome);
  CREATE INDEX audit_by_outcome ON audit (outcome, id, event);
`;

/** For the list of all users' sessions. */
const sessionsByAge = `
  CREATE INDEX sessions_by_age ON sessions (created_at, id) WHERE user_id IS NOT NULL;
`;

/** `seq` never repeats and leaves no number out, so a reader sees when a row that it has not read was deleted. */
const told = `
  CREATE TABLE told (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    writer TEXT NOT NULL
  ) STRICT;
`;

/** The version of each kind that the records in the file have. */
const kinds = `
  CREATE TABLE kinds (
    name TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** A row that is written to find out whether writing works. */
const probe = `
  CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
  ) STRICT;
`;

/** The tables besides those of the kinds: one step a version. A released step is never edited. */
export const layoutSteps: readonly string[] = [
  [sessions, attempts, audit, told, kinds, probe].join('\n'),
  auditFilters,
  sessionsByAge,
  auditFiltersTogether,
];

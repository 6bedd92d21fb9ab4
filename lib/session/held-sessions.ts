import type { SessionData } from 'express-session';
import { sha256 } from '../crypto/digest.ts';
import type { SessionRecord } from '../stores/sessions.ts';

/** The session records that `HeldSessions` reads and writes. */
export interface SessionKeeping {
  /** The session, unless it has ended or its user's epoch is newer. */
  load(id: string): Promise<SessionRecord | undefined>;
  /** A new record for `held`: the identity given at sign-in, or a visitor's. Undefined when the id is taken. */
  create(id: string, held: object, data: string): Promise<SessionRecord | undefined>;
  /** This and the next two only update: an ended session is never created again. */
  saveData(id: string, data: string): Promise<boolean>;
  touch(record: SessionRecord): Promise<void>;
  /** True when the session existed. */
  end(id: string): Promise<boolean>;
  clock(): number;
}

/** The session objects of express-session, with their records. */
export interface HeldSessions {
  /** Loads a session by the secret id from the cookie; null when there is none. */
  load(sid: string): Promise<SessionData | null>;
  /** express-session has created `made` from `held`: both are the same session. */
  renamed(held: object, made: SessionData): void;
  /** Updates a loaded session, creates a new one. A refused write is not an error. */
  save(sid: string, held: SessionData): Promise<void>;
  touch(sid: string, held: SessionData): Promise<void>;
  /** Ends a session by its secret or public id. */
  end(sid: string): Promise<void>;
  /** The record of a session that was loaded or saved. */
  recordOf(held: object): SessionRecord | undefined;
  /** The same record with the session's current data. */
  currentRecordOf(held: SessionData): SessionRecord | undefined;
  /** The data of a record for express-session; undefined when it cannot be parsed. */
  dataOf(record: SessionRecord): SessionData | undefined;
}

/** A public id: a SHA-256 in base64url. Secret ids are shorter. */
const publicId = /^[\w-]{43}$/;

/** The stored text of a session: its data and cookie, without the cookie's expiry time, which changes on each request. */
function textOf(held: SessionData): string {
  const { expires: _moves, ...cookie } = JSON.parse(JSON.stringify(held.cookie ?? {}));
  return JSON.stringify({ ...held, cookie });
}

/** The data of a record, with a cookie that expires with the session. */
function dataOf(record: SessionRecord, now: number): SessionData | undefined {
  try {
    const held = JSON.parse(record.data);
    const left = record.remember ? record.expiresAt - now : (held.cookie?.originalMaxAge ?? null);
    const expires = left === null ? null : new Date(now + left);
    return { ...held, cookie: { ...held.cookie, originalMaxAge: left, expires } };
  } catch {
    return undefined;
  }
}

/**
 * Maps the session objects of express-session to records by object identity, so that nothing in a session's data can change
 * its user. A loaded session is only updated and a new one only created, so that a slow request cannot restore an ended
 * session (expressjs/session#935).
 */
export function heldSessions(keeping: SessionKeeping): HeldSessions {
  const records = new WeakMap<object, SessionRecord>();
  const saved = new WeakMap<object, string>();

  async function update(record: SessionRecord, text: string): Promise<void> {
    // express-session touches only what it does not save. Not awaited: the last use is not critical.
    if (await keeping.saveData(record.id, text)) keeping.touch(record).catch(() => undefined);
  }

  async function create(sid: string, held: SessionData, text: string): Promise<void> {
    const created = await keeping.create(sha256(sid), held, text);
    if (created) records.set(held, created);
  }

  return {
    async load(sid) {
      const record = await keeping.load(sha256(sid));
      const held = record && dataOf(record, keeping.clock());
      if (record === undefined || held === undefined) return null;
      records.set(held, record);
      return held;
    },
    renamed(held, made) {
      const record = records.get(held);
      if (record === undefined) return;
      records.set(made, record);
      saved.set(made, textOf(made));
    },
    async save(sid, held) {
      const text = textOf(held);
      if (saved.get(held) === text) return;
      const record = records.get(held);
      if (record) await update(record, text);
      else await create(sid, held, text);
      saved.set(held, text);
    },
    async touch(sid, held) {
      const record = records.get(held) ?? (await keeping.load(sha256(sid)));
      if (record) await keeping.touch(record);
    },
    async end(sid) {
      await keeping.end(publicId.test(sid) ? sid : sha256(sid));
    },
    recordOf: (held) => records.get(held),
    currentRecordOf(held) {
      const record = records.get(held);
      return record && { ...record, data: textOf(held) };
    },
    dataOf: (record) => dataOf(record, keeping.clock()),
  };
}

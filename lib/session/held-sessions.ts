import type { SessionData } from 'express-session';
import { sha256 } from '../crypto/digest.ts';
import type { SessionRecord } from '../stores/sessions.ts';

/** What the store of express-session asks of the sessions behind it. */
export interface SessionKeeping {
  /** The session, if it lives and its user's epoch has not passed it. */
  load(id: string): Promise<SessionRecord | undefined>;
  /** A new record for `held`: the identity given at sign-in, or a visitor's. Undefined when the id is taken. */
  create(id: string, held: object, data: string): Promise<SessionRecord | undefined>;
  /** Update-only, and so are the next two: what was ended stays ended. */
  saveData(id: string, data: string): Promise<boolean>;
  touch(record: SessionRecord): Promise<void>;
  /** True when it was there. */
  end(id: string): Promise<boolean>;
  clock(): number;
}

/** The sessions that express-session holds at the moment, and the records that they came from. */
export interface HeldSessions {
  /** By the secret id that the cookie holds; null when there is none. */
  load(sid: string): Promise<SessionData | null>;
  /** `made` is what express-session makes of `held`: the same session. */
  renamed(held: object, made: SessionData): void;
  /** Updates what was loaded, creates what is new; a refused write is no error. */
  save(sid: string, held: SessionData): Promise<void>;
  touch(sid: string, held: SessionData): Promise<void>;
  /** By the secret id, or by the public one. */
  end(sid: string): Promise<void>;
  /** The record behind a session that was loaded or saved. */
  recordOf(held: object): SessionRecord | undefined;
  /** The same, with its data as it is now. */
  currentRecordOf(held: SessionData): SessionRecord | undefined;
  /** The session as express-session takes it; undefined for what cannot be read. */
  dataOf(record: SessionRecord): SessionData | undefined;
}

/** A SHA-256 in base64url; the secret ids that we make are shorter. */
const publicId = /^[\w-]{43}$/;

/** What is kept of a session: its data and its cookie, but not the moment at which the cookie ends, which moves. */
function textOf(held: SessionData): string {
  const { expires: _moves, ...cookie } = JSON.parse(JSON.stringify(held.cookie ?? {}));
  return JSON.stringify({ ...held, cookie });
}

/** The cookie ends when the session does. */
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
 * Ties what express-session holds to our records, by the objects themselves, so that nothing in a session's data can
 * change whose it is. What was loaded can only be updated, what is new only created, so that a slow request brings no
 * ended session back (expressjs/session#935).
 */
export function heldSessions(keeping: SessionKeeping): HeldSessions {
  const records = new WeakMap<object, SessionRecord>();
  const saved = new WeakMap<object, string>();

  async function update(record: SessionRecord, text: string): Promise<void> {
    // express-session touches only what it does not save. Not waited for: it is only a mark.
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

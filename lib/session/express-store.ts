import session, { type SessionData } from 'express-session';
import { sha256 } from '../crypto/digest.ts';
import type { SessionRecord } from '../stores/sessions.ts';

type Request = Parameters<session.Store['createSession']>[0];
type Done<T = void> = (error?: unknown, value?: T) => void;

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

/** What is kept of a session: its data and its cookie, but not the moment at which the cookie ends, which moves. */
function dataOf(held: SessionData): string {
  const { expires: _moves, ...cookie } = JSON.parse(JSON.stringify(held.cookie ?? {}));
  return JSON.stringify({ ...held, cookie });
}

/** The session as express-session takes it; undefined for what cannot be read. Its cookie ends when the session does. */
function heldIn(record: SessionRecord, now: number): SessionData | undefined {
  try {
    const held = JSON.parse(record.data);
    const left = record.remember ? record.expiresAt - now : (held.cookie?.originalMaxAge ?? null);
    const expires = left === null ? null : new Date(now + left);
    return { ...held, cookie: { ...held.cookie, originalMaxAge: left, expires } };
  } catch {
    return undefined;
  }
}

/** Calls back outside of the promise: what a callback throws must not come back to it as an error of the store. */
function settle<T>(work: Promise<T>, done: Done<T> | undefined): void {
  work.then(
    (value) => process.nextTick(() => done?.(null, value)),
    (error) => process.nextTick(() => done?.(error)),
  );
}

/**
 * express-session's store over ours. What was loaded can only be updated, what is new only created, so that a slow request
 * brings no ended session back (expressjs/session#935). A refused save is no error: the answer's headers are out by then.
 * Never emits `disconnect`, on which express-session would go on without sessions.
 */
export class ExpressStore extends session.Store {
  readonly #keeping: SessionKeeping;
  /** By the object that express-session holds, so that nothing in the session's data can change whose it is. */
  readonly #records = new WeakMap<object, SessionRecord>();
  readonly #saved = new WeakMap<object, string>();

  constructor(keeping: SessionKeeping) {
    super();
    this.#keeping = keeping;
  }

  /** The record behind a session that was loaded or saved. */
  recordOf(held: object): SessionRecord | undefined {
    return this.#records.get(held);
  }

  override get(sid: string, done: Done<SessionData | null>): void {
    settle(this.#load(sid), done);
  }

  async #load(sid: string): Promise<SessionData | null> {
    const record = await this.#keeping.load(sha256(sid));
    const held = record && heldIn(record, this.#keeping.clock());
    if (record === undefined || held === undefined) return null;
    this.#records.set(held, record);
    return held;
  }

  override createSession(req: Request, held: SessionData): session.Session & SessionData {
    const record = this.#records.get(held);
    const made = super.createSession(req, held);
    if (record) {
      this.#records.set(made, record);
      this.#saved.set(made, dataOf(made));
    }
    return made;
  }

  override set(sid: string, held: SessionData, done?: Done): void {
    settle(this.#save(sid, held), done);
  }

  async #save(sid: string, held: SessionData): Promise<void> {
    const data = dataOf(held);
    if (this.#saved.get(held) === data) return;
    const record = this.#records.get(held);
    if (record) await this.#update(record, data);
    else await this.#create(sid, held, data);
    this.#saved.set(held, data);
  }

  async #update(record: SessionRecord, data: string): Promise<void> {
    // express-session touches only what it does not save.
    if (await this.#keeping.saveData(record.id, data)) await this.#keeping.touch(record);
  }

  async #create(sid: string, held: SessionData, data: string): Promise<void> {
    const created = await this.#keeping.create(sha256(sid), held, data);
    if (created) this.#records.set(held, created);
  }

  override touch(_sid: string, held: SessionData, done?: Done): void {
    const record = this.#records.get(held);
    settle(record ? this.#keeping.touch(record) : Promise.resolve(), done);
  }

  override destroy(sid: string, done?: Done): void {
    settle(
      this.#keeping.end(sha256(sid)).then(() => undefined),
      done,
    );
  }
}

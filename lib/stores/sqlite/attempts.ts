import type { SQLInputValue } from 'node:sqlite';
import type { RateLimiterSQLite } from 'rate-limiter-flexible';
import type { AttemptCount, AttemptStore } from '../attempts.ts';
import type { Connection } from './connection.ts';

/** A flood of invented names costs about `mostRows` at most; those nearest to their end give way. */
const bounds = { mostRows: 500_000, hitsBetweenSweeps: 500, sweptAtOnce: 2_000 };
const addressesKept = 20;
/** A place that would end later was taken before the clock was set back. */
const longestPlaceMs = 3_600_000;

const wholeSeconds = (windowMs: number) => Math.max(1, Math.ceil(windowMs / 1000));
const keyIn = (windowMs: number, key: string) => `${wholeSeconds(windowMs)}:${key}`;

function statements(db: Connection) {
  return {
    count: db.statement('SELECT points, expire FROM attempts WHERE key = ? AND expire > ?'),
    clear: db.statement('DELETE FROM attempts WHERE key = ?'),
    shorten: db.statement('UPDATE attempts SET expire = ? WHERE key = ?'),
    sweep: db.statement(
      'DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE expire <= ? ORDER BY expire LIMIT ?)',
    ),
    rows: db.statement('SELECT count(*) AS n FROM attempts INDEXED BY attempts_by_end'),
    evict: db.statement(
      'DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE expire > 0 ORDER BY expire LIMIT ?)',
    ),
    lapse: db.statement('DELETE FROM held_attempts WHERE key = ?1 AND (until <= ?2 OR until > ?2 + ?3)'),
    held: db.statement('SELECT count(*) AS n FROM held_attempts WHERE key = ?'),
    hold: db.statement('INSERT OR REPLACE INTO held_attempts (key, holder, until) VALUES (?, ?, ?)'),
    letGo: db.statement('DELETE FROM held_attempts WHERE key = ? AND holder = ?'),
    lapseAll: db.statement(
      'DELETE FROM held_attempts WHERE (key, holder) IN (SELECT key, holder FROM held_attempts WHERE until <= ? LIMIT ?)',
    ),
    remember: db.statement(
      `INSERT INTO known_addresses (user_key, address, at) VALUES (?, ?, ?)
       ON CONFLICT (user_key, address) DO UPDATE SET at = max(at, excluded.at)`,
    ),
    forget: db.statement(
      `DELETE FROM known_addresses WHERE user_key = ?1 AND address NOT IN
         (SELECT address FROM known_addresses WHERE user_key = ?1 ORDER BY at DESC LIMIT ?2)`,
    ),
    knows: db.statement('SELECT 1 FROM known_addresses WHERE user_key = ? AND address = ?'),
  };
}

/** Just as much of better-sqlite3's interface as the limiter uses. A single upsert needs no transaction around it. */
function limiterClient(db: Connection) {
  return {
    prepare: (sql: string) => ({
      get: (...values: SQLInputValue[]) => db.now('relaxed', () => db.statement(sql).get(...values)),
      run: (...values: SQLInputValue[]) => ({ changes: db.now('relaxed', () => db.statement(sql).run(...values)) }),
    }),
    transaction: <T>(work: () => T) => work,
  };
}

/** One limiter per length of window; the library is loaded on the first attempt. */
function limiters(db: Connection) {
  const client = limiterClient(db);
  const known = new Map<number, RateLimiterSQLite>();
  return async (windowMs: number): Promise<RateLimiterSQLite> => {
    const duration = wholeSeconds(windowMs);
    const { RateLimiterSQLite } = await import('rate-limiter-flexible');
    const found = known.get(duration) ?? new RateLimiterSQLite({ ...limiterOptions(duration), storeClient: client });
    known.set(duration, found);
    return found;
  };
}

/** Counting is the limiter's part; what a count means is decided by who asks, so it never says "too many" itself. */
const limiterOptions = (duration: number) => ({
  storeType: 'better-sqlite3',
  tableName: 'attempts',
  tableCreated: true,
  keyPrefix: String(duration),
  points: Number.MAX_SAFE_INTEGER,
  duration,
});

function sweeper(db: Connection, sql: ReturnType<typeof statements>, limits: typeof bounds): () => Promise<void> {
  let hits = 0;
  function sweep(): void {
    sql.sweep.run(Date.now(), limits.sweptAtOnce);
    sql.lapseAll.run(Date.now(), limits.sweptAtOnce);
    const over = Number(sql.rows.get()?.n ?? 0) - limits.mostRows;
    if (over > 0) sql.evict.run(over);
  }
  return async () => {
    hits += 1;
    if (hits % limits.hitsBetweenSweeps === 1) await db.write('relaxed', sweep);
  };
}

/** Windows are whole seconds, rounded up. */
export function attemptStore(db: Connection, limits = bounds): AttemptStore {
  const sql = statements(db);
  const limiterFor = limiters(db);
  const swept = sweeper(db, sql, limits);

  /** A window that ends later than it can was begun before the clock was set back: it must not last until then. */
  async function withinWindow(key: string, windowMs: number, counted: AttemptCount): Promise<AttemptCount> {
    if (counted.resetMs <= 2 * wholeSeconds(windowMs) * 1000) return counted;
    await db.write('relaxed', () => void sql.shorten.run(Date.now() + windowMs, keyIn(windowMs, key)));
    return { count: counted.count, resetMs: windowMs };
  }

  return {
    async hit(key, windowMs) {
      await swept();
      const limiter = await limiterFor(windowMs);
      const { consumedPoints: count, msBeforeNext: resetMs } = await db.settled(limiter.penalty(key));
      return withinWindow(key, windowMs, { count, resetMs });
    },
    async count(key, windowMs) {
      const counted = await db.read(() => {
        const now = Date.now();
        const row = sql.count.get(keyIn(windowMs, key), now);
        return { count: Number(row?.points ?? 0), resetMs: Number(row?.expire ?? now) - now };
      });
      return withinWindow(key, windowMs, counted);
    },
    clear: (key, windowMs) => db.write('relaxed', () => void sql.clear.run(keyIn(windowMs, key))),
    hold: (key, holder, most, forMs) =>
      db.transaction('relaxed', () => {
        const now = Date.now();
        sql.lapse.run(key, now, longestPlaceMs);
        const held = Number(sql.held.get(key)?.n ?? 0);
        if (held >= most) return 0;
        sql.hold.run(key, holder, now + forMs);
        return held + 1;
      }),
    letGo: (key, holder) => db.write('relaxed', () => void sql.letGo.run(key, holder)),
    rememberAddress: (userKey, address, at) =>
      db.transaction('relaxed', () => {
        sql.remember.run(userKey, address, at);
        sql.forget.run(userKey, addressesKept);
      }),
    knowsAddress: (userKey, address) => db.read(() => sql.knows.get(userKey, address) !== undefined),
  };
}

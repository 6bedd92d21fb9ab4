import type { KeyRecord, KeyStore } from '../records/keys.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import { integer, text } from './rows.ts';

export function keyOf(row: Row): KeyRecord {
  return {
    kid: text(row.kid),
    algorithm: text(row.algorithm),
    publicJwk: text(row.public_jwk),
    sealed: text(row.sealed),
    createdAt: integer(row.created_at),
  };
}

/** The newest key is the last one added, by row order: the clocks of two instances may differ. */
export function keyStore(db: Connection): KeyStore {
  const sql = {
    list: db.statement('SELECT kid, algorithm, public_jwk, sealed, created_at FROM signing_keys ORDER BY place DESC'),
    newest: db.statement('SELECT kid FROM signing_keys ORDER BY place DESC LIMIT 1'),
    add: db.statement(
      `INSERT INTO signing_keys (kid, algorithm, public_jwk, sealed, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kid) DO NOTHING`,
    ),
    remove: db.statement('DELETE FROM signing_keys WHERE kid = ?'),
  };
  return {
    list: () => db.read(() => sql.list.all().map(keyOf)),
    add: (key, newest) =>
      db.transaction('durable', () => {
        if (sql.newest.get()?.kid !== newest) return false;
        return sql.add.run(key.kid, key.algorithm, key.publicJwk, key.sealed, key.createdAt) > 0;
      }),
    remove: (kid) => db.write('durable', () => void sql.remove.run(kid)),
  };
}

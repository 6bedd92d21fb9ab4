import type { FactStore } from '../records/facts.ts';
import type { Connection } from './connection.ts';
import { text } from './rows.ts';

export function factStore(db: Connection): FactStore {
  const sql = {
    get: db.statement('SELECT value FROM facts WHERE name = ?'),
    add: db.statement('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING'),
    put: db.statement(
      'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
  };
  return {
    get: (name) =>
      db.read(() => {
        const row = sql.get.get(name);
        return row === undefined ? undefined : text(row.value);
      }),
    putIfAbsent: (name, value) =>
      db.transaction('durable', () => {
        sql.add.run(name, value);
        return text(sql.get.get(name)?.value);
      }),
    put: (name, value) => db.write('durable', () => void sql.put.run(name, value)),
  };
}

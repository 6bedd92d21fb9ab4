import type { AuditRecord, AuditStore } from '../stores/audit.ts';
import { auditLines, auditName } from './audit-lines.ts';
import type { KindImport, Settle } from './kind-import.ts';
import { created, refused, unchanged } from './outcome.ts';
import { sameFields } from './same.ts';

type Waiting = Readonly<{ line: number; record: AuditRecord }>;

const readAtOnce = 500;

/** The stored records whose ids lie between those of the batch. */
async function storedBetween(audit: AuditStore, batch: readonly Waiting[]): Promise<ReadonlyMap<string, AuditRecord>> {
  const ids = batch.map(({ record }) => record.id).sort();
  const [oldest = '', newest = ''] = [ids[0], ids.at(-1)];
  const found = new Map<string, AuditRecord>();
  let after: string | undefined = `${newest}~`;
  while (after !== undefined) {
    const { items, next } = await audit.list({ limit: readAtOnce, after });
    for (const record of items) found.set(record.id, record);
    after = next !== undefined && next > oldest ? next : undefined;
  }
  return found;
}

/** The import of the audit log: records are added, and never replaced. */
export function auditImport(audit: AuditStore, settle: Settle): KindImport {
  let batch: Waiting[] = [];

  async function write(some: readonly Waiting[]): Promise<void> {
    const there = new Map(await storedBetween(audit, some));
    const missing: AuditRecord[] = [];
    for (const { line, record } of some) {
      const stored = there.get(record.id);
      if (stored === undefined) {
        missing.push(record);
        there.set(record.id, record);
      }
      const same = stored !== undefined && sameFields(stored, record, []);
      const outcome = stored === undefined ? created : same ? unchanged : refused('it is there already, and differs');
      settle(line, `${auditName} ${record.id}`, outcome);
    }
    if (missing.length > 0) await audit.append(missing);
  }

  return {
    take(line, fields) {
      const record = auditLines.recordOf(fields, 1);
      if (typeof record === 'string') return `${auditName}: ${record}`;
      batch.push({ line, record });
      return undefined;
    },
    waiting: () => batch.length,
    async flush() {
      const some = batch;
      batch = [];
      if (some.length > 0) await write(some);
    },
    again: async () => 0,
    giveUp: () => undefined,
  };
}

import { writeSync } from 'node:fs';
import { keptOf } from '../../lib/audit/quotas.ts';
import { auditWriter } from '../../lib/audit/writer.ts';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';

/** A process that exits while two audit records wait for a store that is down. It prints the errors that it logs. */
const nothing = () => undefined;
const down = () => Promise.reject(new StoreUnavailableError('sqlite'));
const writer = auditWriter(
  { append: down, trim: down, list: down, sweep: down },
  {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (line, message) => void writeSync(1, `${JSON.stringify({ ...line, message })}\n`),
  },
  { kept: keptOf, trimEvery: 1000, waiting: 10, pause: { first: 1000, longest: 1000 } },
);
await writer.append(anEvent(1));
await writer.append(anEvent(2));
process.exit(7);

import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { GateEventName } from '../services.ts';
import type { AuditRecord, AuditStore } from '../stores/audit.ts';
import { lostRecords } from './lost.ts';
import { trimmer } from './trim.ts';

/** Writes audit records in batches. */
export interface AuditWriter {
  /** Resolves once the record is stored, or at the first failure: then it is stored later. Never rejects. */
  append(record: AuditRecord): Promise<void>;
  /** Stores what is waiting. What the store has not taken within `deadline` milliseconds is logged, as are later records. */
  close(deadline: number): Promise<void>;
}

export type WriterLimits = Readonly<{
  /** How many records of each event are kept, and after how many new ones the others are deleted. */
  kept: Readonly<Record<GateEventName, number>>;
  trimEvery: number;
  /** How many records may wait for the store. */
  waiting: number;
  /** The pause after a failure, in milliseconds. It doubles with each further failure, up to `longest`. */
  pause: Readonly<{ first: number; longest: number }>;
}>;

/** Few enough that an embedded store, which writes at once, lets nobody wait for long. */
const batchSize = 500;

/**
 * Writes waiting records in batches, in their order. While the store does not answer they wait, and are tried again after
 * growing pauses. A record that cannot be kept is logged whole: one that finds too many waiting, that the store refuses for
 * itself, or that is still waiting when the process ends.
 */
export function auditWriter(store: AuditStore, log: Log, limits: WriterLimits): AuditWriter {
  const waiting: AuditRecord[] = [];
  const lost = lostRecords(waiting, log);
  const trim = trimmer(store, log, limits);
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pause = limits.pause.first;
  let closed = false;

  /** A batch that the store refuses, though it answers, is halved until the records are found that it refuses. */
  async function settle(batch: readonly AuditRecord[]): Promise<void> {
    try {
      await store.append(batch);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      if (batch.length > 1) {
        const middle = batch.length >> 1;
        await settle(batch.slice(0, middle));
        return settle(batch.slice(middle));
      }
      lost.log(batch, 'the store refuses it', error);
    }
    waiting.splice(0, batch.length);
    trim.count(batch);
  }

  /** Stores the records that wait now; returns whether the store took them. Later ones are for the next call. */
  async function drain(): Promise<boolean> {
    next = undefined;
    try {
      for (let left = waiting.length; left > 0; left -= batchSize)
        await settle(waiting.slice(0, Math.min(left, batchSize)));
    } catch (error) {
      log.warn({ err: error, waiting: waiting.length }, 'audit records could not be stored: they are tried again');
      return false;
    } finally {
      lost.watch();
    }
    pause = limits.pause.first;
    await trim.run();
    return true;
  }

  async function write(): Promise<void> {
    if ((await drain()) || closed) return;
    retry = setTimeout(again, pause).unref();
    pause = Math.min(pause * 2, limits.pause.longest);
  }

  function again(): void {
    retry = undefined;
    schedule();
  }

  function schedule(): Promise<void> {
    next ??= last.then(write);
    last = next;
    return next;
  }

  async function flush(end: number): Promise<void> {
    await last;
    while (waiting.length > 0 && performance.now() < end) {
      if (!(await drain())) await wait(limits.pause.first);
    }
  }

  return {
    async append(record) {
      if (closed) return lost.log([record], 'the log is closed');
      if (waiting.length >= limits.waiting) return lost.log([record], 'too many are waiting for the store');
      waiting.push(record);
      lost.watch();
      if (retry === undefined) await schedule();
    },
    async close(deadline) {
      closed = true;
      clearTimeout(retry);
      const late = new AbortController();
      const timeout = wait(deadline, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([flush(performance.now() + deadline), timeout]);
      late.abort();
      lost.log(waiting.splice(0), 'the store did not take it before the end');
      lost.watch();
    },
  };
}

import type { Connection } from 'mongoose';
import type { Stores } from '../stores.ts';
import { problemOf } from './reasons.ts';

/** Milliseconds for which a write that succeeded proves that writing works: anybody may ask, as often as they like. */
const provenFor = 250;

/** Writes a document, so that a full server and one that is no primary any more are not reported as ready. */
export function healthOf(connection: Connection): Stores['health'] {
  let provenAt = Number.NEGATIVE_INFINITY;
  let proving: Promise<void> | undefined;

  async function write(): Promise<void> {
    if (connection.db === undefined) throw new Error('the connection is closed');
    const probes = connection.db.collection<{ _id: string; at: number }>('gatewarden_probe');
    await probes.updateOne({ _id: 'ready' }, { $set: { at: Date.now() } }, { upsert: true });
    provenAt = performance.now();
  }

  /** One write for all who ask at the same time. */
  async function prove(): Promise<void> {
    if (performance.now() - provenAt < provenFor && connection.readyState === 1) return;
    proving ??= write().finally(() => {
      proving = undefined;
    });
    await proving;
  }

  return async () => {
    try {
      await prove();
      return [{ store: 'mongodb', ok: true }];
    } catch (error) {
      return [{ store: 'mongodb', ok: false, problem: problemOf(error) }];
    }
  };
}

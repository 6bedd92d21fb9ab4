import { connect, type NetConnectOpts } from 'node:net';
import type { TargetReport } from '#request';
import { targetAddress } from './address.ts';

type Reached = TargetReport['connected'];

/** How long an answer is given again, in milliseconds: whoever looks at it often makes no more connections. */
const rememberedFor = 2000;

/** How long a connection may take, in milliseconds. */
const patience = 2000;

function optionsOf(target: string): NetConnectOpts {
  const { origin, socketPath } = targetAddress(target);
  if (socketPath !== undefined) return { path: socketPath };
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

/** Opens a connection to a target and closes it again, without a byte. */
function reach(target: string): Promise<Reached> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Reached>();
  const socket = connect(optionsOf(target), () => resolve({ took: performance.now() - startedAt }));
  socket.setTimeout(patience, () => resolve({ problem: 'TIMEOUT' }));
  socket.on('error', (error) => resolve({ problem: 'code' in error ? String(error.code) : error.message }));
  return promise.finally(() => socket.destroy());
}

/** Creates a function that tells whether a target can be connected to, and how long that takes. */
export function reacher(): (target: string) => Promise<Reached> {
  const known = new Map<string, Readonly<{ at: number; reached: Promise<Reached> }>>();

  return function reachedAt(target) {
    const now = performance.now();
    for (const [one, { at }] of known) if (now - at > rememberedFor) known.delete(one);
    const found = known.get(target) ?? { at: now, reached: reach(target) };
    known.set(target, found);
    return found.reached;
  };
}

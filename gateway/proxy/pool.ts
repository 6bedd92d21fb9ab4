import type { Pool } from 'undici';
// By its own name: undici's front door loads its fetch, WebSocket, caches and mocks as well, a sixth of our heap. No path that
// undici promises to keep: hence `~` in package.json.
import PoolOfConnections from 'undici/lib/dispatcher/pool.js';
import type { Limits } from '../limits.ts';
import { passOverInterimAnswers } from './interim-answers.ts';

/**
 * Connections to one upstream, as many as there are requests at once. One request at a time on each: with pipelining, undici
 * would send requests again that were behind a broken one. HTTP/2 is not asked for: bytes and framing are judged as HTTP/1.1.
 */
export function upstreamPool(upstream: string, limits: Limits): Pool {
  const pool = new PoolOfConnections(new URL(upstream).origin, {
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 64 * 1024,
    connect: { timeout: limits.upstreamConnect },
    keepAliveTimeout: 4000,
  });
  pool.on('connect', (_origin, targets) => passOverInterimAnswers(targets.at(-1) ?? pool));
  return pool;
}

import { Pool } from 'undici';
import type { Limits } from '../limits.ts';

/**
 * Connections to one upstream, as many as there are requests at once. One request at a time on each: with pipelining, undici
 * would send requests again that were behind a broken one. HTTP/2 is not asked for: bytes and framing are judged as HTTP/1.1.
 */
export function upstreamPool(upstream: string, limits: Limits): Pool {
  return new Pool(new URL(upstream).origin, {
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 64 * 1024,
    connect: { timeout: limits.upstreamConnect },
    keepAliveTimeout: 4000,
  });
}

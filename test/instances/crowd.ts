import { setTimeout as wait } from 'node:timers/promises';
import { bearer, call, promised, whoIs } from './asking.ts';
import type { Fleet } from './fleet.ts';

/** What a crowd was told, and what it must therefore find again. */
export interface Kept {
  /** The names of the users that were made. */
  readonly users: string[];
  /** Tokens that were given and not revoked, with their owners. */
  readonly tokens: Map<string, string>;
  /** Tokens whose revocation was acknowledged. */
  readonly revoked: Set<string>;
  /** How many calls of each kind were refused for an outage. */
  readonly refusals: Map<string, number>;
  /** How long the slowest answer took, in milliseconds: nobody is kept waiting for what does not come. */
  slowest: number;
  /** An instance is down: calls of it that fail are no surprise. */
  oneIsDown: boolean;
  /** What should never have been answered. */
  readonly strange: string[];
}

/** An admin and an API token of it: what is made with it needs MongoDB alone. */
export type Maker = Readonly<{ name: string; token: string }>;

type Parts = Readonly<{
  fleet: Fleet;
  /** They take turns. */
  makers: readonly Maker[];
  /** An access token of an admin, whose session is in Redis. */
  admin: string;
  clients: number;
  kept: Kept;
}>;

/** So many tokens are left as they are, to be found again in the end. */
const mostKept = 150;

/** Between one user and the next, in milliseconds: more would only keep the machine busy. */
const pause = 2_000;

let made = 0;

/** Clients that make users and tokens, use and revoke them, each at another instance every time, until they are stopped. */
export function crowd({ fleet, makers, admin, clients, kept }: Parts): { stop(): Promise<void> } {
  let stopped = false;
  let turn = 0;
  const next = () => fleet.all[turn++ % fleet.all.length] ?? fleet.app;

  /** The status; what neither the call nor an outage explains is noted. */
  async function ask(what: string, path: string, options: Parameters<typeof call>[2], expected: number[]) {
    const began = performance.now();
    try {
      const response = await call(next(), path, options);
      const text = await response.text();
      kept.slowest = Math.max(kept.slowest, performance.now() - began);
      const { status } = response;
      if (status === 503) refused(what, response.headers.get('retry-after'));
      else if (!expected.includes(status)) kept.strange.push(`${what}: ${status} ${text}`);
      return { status, body: status === 201 ? JSON.parse(text) : {} };
    } catch (error) {
      unanswered(what, error);
      return { status: 0, body: {} };
    }
  }

  function unanswered(what: string, error: unknown): void {
    if (kept.oneIsDown) kept.refusals.set('unanswered', (kept.refusals.get('unanswered') ?? 0) + 1);
    else kept.strange.push(`${what}: ${error instanceof Error ? `${error.message} ${error.cause}` : error}`);
  }

  /** Whom an instance takes a token for; `503` also where it does not answer at all. */
  async function whoAt(at: Fleet['all'][number], token: string): Promise<string> {
    try {
      return await whoIs(at, bearer(token));
    } catch (error) {
      unanswered('use a token', error);
      return '503';
    }
  }

  function refused(what: string, retryAfter: string | null): void {
    kept.refusals.set(what, (kept.refusals.get(what) ?? 0) + 1);
    if (!/^\d+$/.test(retryAfter ?? '')) kept.strange.push(`${what}: 503 without Retry-After`);
  }

  async function makeUser(maker: Maker): Promise<string | undefined> {
    made += 1;
    const username = `crowd-${made}`;
    const body = { username, role: 'user' };
    const { status } = await ask('make a user', '/users', { method: 'POST', token: maker.token, body }, [201]);
    if (status !== 201) return undefined;
    kept.users.push(username);
    return username;
  }

  /** Uses it, and after a revocation that was acknowledged at any instance finds it refused at every one. */
  async function use(token: string, owner: string): Promise<void> {
    const who = await whoAt(next(), token);
    if (who === '503') return refused('use a token', '0');
    if (who.split(' ')[0] !== owner) kept.strange.push(`use a token: ${who}`);
  }

  async function findRefused(token: string): Promise<void> {
    const since = performance.now();
    for (const one of fleet.all) {
      for (;;) {
        const who = await whoAt(one, token);
        if (who === '401' || who === '503') break;
        if (performance.now() - since > promised) return void kept.strange.push(`accepted after revocation: ${who}`);
        await wait(50);
      }
    }
  }

  async function revoke(token: string, how: () => Promise<number>): Promise<void> {
    const status = await how();
    if (status !== 204) return void kept.tokens.delete(token);
    kept.tokens.delete(token);
    kept.revoked.add(token);
    await findRefused(token);
  }

  /** A session in Redis, with an access token on it. */
  async function mintUseRevoke(owner: string): Promise<void> {
    const path = `/users/${owner}/token`;
    const { status, body } = await ask('mint a token', path, { method: 'POST', token: admin, body: {} }, [201]);
    if (status !== 201) return;
    const token = String(body.token);
    kept.tokens.set(token, owner);
    await use(token, owner);
    if (kept.tokens.size < mostKept) return;
    await revoke(
      token,
      async () => (await ask('end a session', '/session', { method: 'DELETE', token }, [204])).status,
    );
  }

  /** A record in MongoDB. */
  async function makeUseRevoke(maker: Maker, name: string): Promise<void> {
    const options = { method: 'POST', token: maker.token, body: { name, role: 'viewer' } };
    const { status, body } = await ask('make a token', '/tokens', options, [201, 409]);
    if (status !== 201) return;
    const token = String(body.token);
    kept.tokens.set(token, maker.name);
    await use(token, maker.name);
    const path = `/tokens/${encodeURIComponent(name)}`;
    await revoke(token, async () => {
      const call = { method: 'DELETE', token: maker.token, body: {} };
      return (await ask('revoke a token', path, call, [204, 404])).status;
    });
  }

  async function one(index: number): Promise<void> {
    for (let round = index; !stopped; round += 1) {
      const maker = makers[round % makers.length];
      if (!maker) return;
      const owner = await makeUser(maker);
      if (owner !== undefined) await Promise.all([mintUseRevoke(owner), makeUseRevoke(maker, `${owner}-token`)]);
      await wait(pause);
    }
  }

  const all = Promise.all(Array.from({ length: clients }, (_, index) => one(index)));
  return {
    async stop() {
      stopped = true;
      await all;
    },
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import type { launchGateway } from '../contenders/gateway.ts';
import { sessionOf, userOf } from './people.ts';

type Gateway = Pick<Awaited<ReturnType<typeof launchGateway>>, 'url'>;

const password = 'terns above the sandbar';

/** The numbers of people that nobody else is: two with many sessions, and one who only looks on. */
const changes = 50_000_000;
const leaves = 50_000_001;
const bystander = 50_000_002;

/** The n-th session of a user with many. */
const sessionNumber = (user: number, n: number) => user * 100_000 + n;

/** Adds the people, with `count` sessions of each of the two, and one of the bystander. */
export async function addCrowded(stores: Pick<Stores, 'records' | 'sessions'>, count: number, now: number) {
  const passwordHash = await passwordHasher().hash(password);
  const people = [changes, leaves, bystander].map((n) => ({ ...userOf(n, now), passwordHash }));
  await stores.records.addMany(userKind, people);
  for (const user of [changes, leaves]) await addSessions(stores, user, count, now);
  await stores.sessions.create(sessionOf(bystander, now));
}

async function addSessions({ sessions }: Pick<Stores, 'sessions'>, user: number, count: number, now: number) {
  const { userId } = sessionOf(user, now);
  for (let at = 0; at < count; at += 500) {
    const numbers = Array.from({ length: Math.min(500, count - at) }, (_, offset) => at + offset);
    await Promise.all(numbers.map((n) => sessions.create({ ...sessionOf(sessionNumber(user, n), now), userId })));
  }
}

/** What a bystander waits while something else goes on, in milliseconds. */
async function waitsDuring(work: () => Promise<void>, { url }: Gateway, cookie: string): Promise<number[]> {
  const waits: number[] = [];
  let over = false;
  const watching = (async () => {
    while (!over) {
      const startedAt = performance.now();
      const answer = await fetch(url, { headers: { cookie, accept: 'application/json' }, redirect: 'manual' });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`the bystander was answered with ${answer.status}`);
      waits.push(performance.now() - startedAt);
      await wait(2);
    }
  })();
  await work().finally(() => {
    over = true;
  });
  await watching;
  return waits;
}

/** How long a call took, and what a bystander waited meanwhile and for a second after it, in milliseconds. */
export type Ending = Readonly<{ took: number; waits: readonly number[] }>;

async function timed(gateway: Gateway, cookie: string, call: () => Promise<Response>): Promise<Ending> {
  let took = Number.NaN;
  const work = async () => {
    const startedAt = performance.now();
    const answer = await call();
    const text = await answer.text();
    took = performance.now() - startedAt;
    if (answer.status >= 400) throw new Error(`it was answered with ${answer.status}: ${text}`);
    // What is cleaned up after the answer must not be felt either.
    await wait(1_000);
  };
  const waits = await waitsDuring(work, gateway, cookie);
  return { took, waits };
}

type Cookies = (n: number) => string;

/** Changes the password of a user with many sessions, by one of them. */
export function changePassword(gateway: Gateway, cookieOf: Cookies): Promise<Ending> {
  const body = { current_password: password, new_password: `${password} again` };
  return timed(gateway, cookieOf(bystander), () =>
    fetch(`${gateway.url}/_gatewarden/api/v1/account/password`, {
      method: 'PUT',
      headers: { cookie: cookieOf(sessionNumber(changes, 0)), origin: gateway.url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

/** Signs a user with many sessions out everywhere. */
export function signOutEverywhere(gateway: Gateway, cookieOf: Cookies): Promise<Ending> {
  return timed(gateway, cookieOf(bystander), () =>
    fetch(`${gateway.url}/_gatewarden/logout`, {
      method: 'POST',
      headers: { cookie: cookieOf(sessionNumber(leaves, 0)), origin: gateway.url },
      body: new URLSearchParams({ all: 'true' }),
      redirect: 'manual',
    }),
  );
}

import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieIn } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged();
  for (const name of ['victim', 'mallory']) await here.addUser(name);
});
after(() => here[Symbol.asyncDispose]());

const signInOver = async (front: Front, username: string, cookie: string) =>
  cookieIn(await front.form(`${own}/login`, { username, password }, { origin: front.url, cookie }));

/** Nothing gets through with it, and our API does not know it. */
async function isDead(front: Front, cookie: string): Promise<void> {
  front.forget();
  const reply = await front.ask('/inbox', { headers: { cookie } });
  deepEqual([reply.status, reply.code, front.seen], [401, 'invalid_token', []]);
  equal(await front.whoami({ cookie }), '401 invalid_token');
}

for (const name of ['guards', 'protect', 'gateway'] as const) {
  test(`planting one’s own session in the victim’s browser, who then signs in (${name})`, async () => {
    const front = here[name];
    const planted = await front.signIn('mallory');
    const fresh = await signInOver(front, 'victim', planted);
    notEqual(fresh, planted);
    equal(await front.whoami({ cookie: fresh }), 'victim by session');
    await isDead(front, planted);
  });

  test(`keeping a copy of a session over the next sign-in of the same person (${name})`, async () => {
    const front = here[name];
    const copied = await front.signIn('victim');
    const fresh = await signInOver(front, 'victim', copied);
    notEqual(fresh, copied);
    await isDead(front, copied);
  });

  test(`keeping a copy of a session over the sign-out (${name})`, async () => {
    const front = here[name];
    const cookie = await front.signIn('victim');
    equal((await front.ask('/inbox', { headers: { cookie } })).status, 200);
    equal((await front.form(`${own}/logout`, {}, { origin: front.url, cookie })).status, 303);
    await isDead(front, cookie);
  });

  test(`a session id of one’s own choosing (${name})`, async () => {
    const front = here[name];
    const chosen = `gatewarden=s%3A${'a'.repeat(40)}.${'b'.repeat(43)}`;
    const fresh = await signInOver(front, 'victim', chosen);
    equal(fresh.includes('a'.repeat(40)), false);
    await isDead(front, chosen);
  });

  test(`two cookies, so that one of them outlives the sign-in (${name})`, async () => {
    const front = here[name];
    const [one, other] = [await front.signIn('victim'), await front.signIn('mallory')];
    const before = here.rows('sessions');
    const reply = await front.form(
      `${own}/login`,
      { username: 'victim', password },
      { origin: front.url, cookie: `${one}; ${other}` },
    );
    deepEqual([reply.status, reply.code], [400, 'malformed_credential']);
    equal(reply.setCookie.length > 0 && reply.setCookie.every((one) => one.startsWith('gatewarden=; ')), true);
    equal(here.rows('sessions'), before);
  });
}

test('the session of one front opens the others, and dies on all of them at once', async () => {
  const cookie = await here.guards.signIn('victim');
  for (const front of here.fronts) equal((await front.ask('/inbox', { headers: { cookie } })).status, 200);
  await here.gateway.form(`${own}/logout`, { all: 'true' }, { origin: here.gateway.url, cookie });
  for (const front of here.fronts) await isDead(front, cookie);
});

import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged();
});
after(() => here[Symbol.asyncDispose]());

type Bearer = Readonly<{ authorization: string }>;
const api = (path: string) => `${own}/api/v1/${path}`;
const bearer = (token: string): Bearer => ({ authorization: `Bearer ${token}` });

let serial = 0;
async function newUser(role: string): Promise<string> {
  const username = `somebody${++serial}`;
  await here.addUser(username, { role });
  return username;
}

async function signIn(username: string): Promise<Readonly<{ token: string; refresh_token: string }>> {
  return JSON.parse((await here.gateway.json('POST', api('login'), { username, password })).text);
}

async function madeBy(maker: Bearer, path: string, body: object = {}): Promise<Bearer> {
  const made = await here.gateway.json('POST', api(path), body, maker);
  equal(made.status, 201, made.text);
  return bearer(JSON.parse(made.text).token);
}

const tokenBy = (maker: Bearer, name = `t${++serial}`) => madeBy(maker, 'tokens', { name });

/** Whether the credentials pass, through every front. */
async function pass(...all: readonly Bearer[]): Promise<readonly boolean[]> {
  const answers = await Promise.all(
    all.flatMap((headers) => here.fronts.map(async (front) => (await front.ask('/inbox', { headers })).status)),
  );
  return all.map((_, at) => {
    const ofOne = answers.slice(at * here.fronts.length, (at + 1) * here.fronts.length);
    const passes = ofOne[0] === 200;
    deepEqual(
      ofOne,
      here.fronts.map(() => (passes ? 200 : 401)),
    );
    return passes;
  });
}

const losses: readonly (readonly [title: string, lose: (minter: string) => Promise<unknown>])[] = [
  ['has a lower role', (minter) => here.gate.users.edit(minter, { role: 'operator' })],
  ['is deactivated', (minter) => here.gate.users.edit(minter, { active: false })],
  ['is deleted', (minter) => here.gate.users.remove(minter)],
];
for (const [title, lose] of losses) {
  test(`a token that was minted for another is refused everywhere once the minter ${title}`, async () => {
    await newUser('admin');
    const [minter, other] = [await newUser('admin'), await newUser('user')];
    const token = await madeBy(bearer((await signIn(minter)).token), `users/${other}/token`);
    deepEqual(await pass(token), [true]);
    await lose(minter);
    deepEqual(await pass(token), [false]);
    deepEqual(await pass(bearer((await signIn(other)).token)), [true]);
  });
}

test('a token that was minted stays refused when its minter is an admin again', async () => {
  await newUser('admin');
  const [minter, other] = [await newUser('admin'), await newUser('user')];
  const token = await madeBy(bearer((await signIn(minter)).token), `users/${other}/token`);
  await here.gate.users.edit(minter, { role: 'operator' });
  await here.gate.users.edit(minter, { role: 'admin' });
  deepEqual(await pass(token), [false]);
});

test('what an API token made and minted is refused everywhere with it, however often it was used before', async () => {
  const [maker, other] = [await newUser('admin'), await newUser('user')];
  const signedIn = bearer((await signIn(maker)).token);
  const root = await tokenBy(signedIn, 'root');
  const child = await tokenBy(root);
  const grandchild = await tokenBy(child);
  const minted = await madeBy(grandchild, `users/${other}/token`);
  const all = [root, child, grandchild, minted];
  for (const _ of [1, 2]) deepEqual(await pass(...all), [true, true, true, true]);
  equal((await here.gateway.json('DELETE', api('tokens/root'), {}, signedIn)).status, 204);
  deepEqual(await pass(...all, signedIn), [false, false, false, false, true]);
});

test('a stolen refresh token: used again after it was replaced, it ends the thief’s access, too', async (t) => {
  const now = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now });
  await using installation = await besieged();
  await installation.addUser('ada');
  const { gateway, fronts } = installation;
  const login = await gateway.json('POST', api('login'), { username: 'ada', password });
  const first: string = JSON.parse(login.text).refresh_token;
  const refresh = (token: string) =>
    gateway.form(`${own}/oauth/token`, { grant_type: 'refresh_token', refresh_token: token });
  const thiefs = JSON.parse((await refresh(first)).text);
  const headers = bearer(thiefs.access_token);
  const answers = () => Promise.all(fronts.map(async (front) => (await front.ask('/inbox', { headers })).status));
  deepEqual(await answers(), [200, 200, 200]);
  t.mock.timers.setTime(now + 11_000);
  equal((await refresh(first)).code, 'invalid_grant');
  deepEqual(await answers(), [401, 401, 401]);
  equal((await refresh(thiefs.refresh_token)).code, 'invalid_grant');
});

test('a name that is revoked while it is made anew 20 times: what was acknowledged last passes', async () => {
  const owner = bearer((await signIn(await newUser('user'))).token);
  for (let round = 0; round < 5; round += 1) {
    const makes = Array.from({ length: 4 }, () => here.gateway.json('POST', api('tokens'), { name: 'ci' }, owner));
    const ends = Array.from({ length: 4 }, () => here.gateway.json('DELETE', api('tokens/ci'), {}, owner));
    await Promise.all([...makes, ...ends]);
    await here.gateway.json('DELETE', api('tokens/ci'), {}, owner);
    const token = await tokenBy(owner, 'ci');
    deepEqual(await pass(token), [true]);
    equal((await here.gateway.json('DELETE', api('tokens/ci'), {}, owner)).status, 204);
    deepEqual(await pass(token), [false]);
    equal((await here.gateway.json('DELETE', api('tokens/ci'), {}, owner)).status, 204);
  }
});

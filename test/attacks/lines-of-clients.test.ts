import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accessOf, type Bearer, bearer, newClient, statusesOf } from './client-identities.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged();
});
after(() => here[Symbol.asyncDispose]());

const api = (path: string) => `${own}/api/v1/${path}`;
const all = (status: number) => here.fronts.map(() => status);
const scopes = ['gatewarden:read', 'gatewarden:write', 'gatewarden:admin'];

describe('a line of clients, each made by the one before', () => {
  async function child(
    maker: Bearer,
    name: string,
  ): Promise<Partial<Readonly<{ id: string; access: Bearer }>> & { status: number }> {
    const reply = await here.gateway.json('POST', api('clients'), { name, role: 'admin', scopes }, maker);
    if (reply.status !== 201) return { status: reply.status };
    const { client_id: id = '', client_secret: secret = '' } = JSON.parse(reply.text) as Readonly<
      Record<string, string>
    >;
    return { status: 201, id, access: await accessOf(here.gateway, { id, secret }) };
  }

  test('is at most eight long, and ends with any of its makers', async () => {
    const first = await newClient(here, { role: 'admin', scopes });
    const line: { id: string; access: Bearer }[] = [{ id: first.id, access: await accessOf(here.gateway, first) }];
    let last = 201;
    while (last === 201 && line.length < 12) {
      const next = await child(line.at(-1)?.access ?? bearer(''), `child-${line.length}`);
      last = next.status;
      if (next.id !== undefined && next.access !== undefined) line.push({ id: next.id, access: next.access });
    }
    deepEqual([last, line.length], [409, 9]);
    for (const { access } of line) deepEqual(await statusesOf(here, access), all(200));
    await here.gate.clients.edit(line[4]?.id ?? '', { active: false });
    const now = await Promise.all(line.map(async ({ access }) => (await statusesOf(here, access))[0]));
    deepEqual(now, [200, 200, 200, 200, 401, 401, 401, 401, 401]);
    equal((await here.gate.clients.remove(first.id)).ok, true);
    for (const { access } of line) deepEqual(await statusesOf(here, access), all(401));
  });

  test('ends with the API token that it began with, and with that token’s owner', async () => {
    for (const end of [
      (owner: string) => here.gate.tokens.revoke(owner, 'root'),
      (owner: string) => here.gate.users.edit(owner, { active: false }),
      (owner: string) => here.gate.users.remove(owner),
      (owner: string) => here.gate.users.endAll(owner, {}),
    ]) {
      const owner = `maker-${Math.random().toString(36).slice(2)}`;
      await here.addUser(owner, { role: 'admin' });
      await here.addUser(`${owner}-2`, { role: 'admin' });
      const root = await here.gate.tokens.create(owner, { name: 'root' });
      ok(root.ok);
      const made = await child(bearer(root.value.token), 'of a token');
      const heir = await child(made.access ?? bearer(''), 'of a client');
      for (const { access } of [made, heir]) deepEqual(await statusesOf(here, access ?? bearer('')), all(200));
      await end(owner);
      for (const { access } of [made, heir]) deepEqual(await statusesOf(here, access ?? bearer('')), all(401));
    }
  });

  test('takes what it minted with it when the owner of its API token has a lower role, also when they are back', async () => {
    for (const name of ['first', 'second']) await here.addUser(name, { role: 'admin' });
    await here.addUser('minted-for');
    const root = await here.gate.tokens.create('first', { name: 'root' });
    ok(root.ok);
    const made = await child(bearer(root.value.token), 'minter');
    const reply = await here.gateway.json('POST', api('users/minted-for/token'), {}, made.access ?? {});
    equal(reply.status, 201, reply.text);
    const minted = bearer(JSON.parse(reply.text).token);
    deepEqual(await statusesOf(here, minted), all(200));
    await here.gate.users.edit('first', { role: 'operator' });
    deepEqual(await statusesOf(here, minted), all(401));
    await here.gate.users.edit('first', { role: 'admin' });
    deepEqual(await statusesOf(here, minted), all(401));
  });

  test('takes the invitations with it that the last of them made', async () => {
    await using inviting = await besieged({ signup: 'invite' });
    await inviting.addUser('boss', { role: 'admin' });
    const maker = await newClient(inviting, { role: 'admin', scopes });
    const body = { name: 'inviter', role: 'admin', scopes };
    const made = await inviting.gateway.json('POST', api('clients'), body, await accessOf(inviting.gateway, maker));
    const { client_id: id, client_secret: secret } = JSON.parse(made.text) as {
      client_id: string;
      client_secret: string;
    };
    const access = await accessOf(inviting.gateway, { id, secret });
    const invited = await inviting.gateway.json('POST', api('invitations'), { uses: 5 }, access);
    equal(invited.status, 201, invited.text);
    const invitation: string = JSON.parse(invited.text).code;
    const signUp = (username: string) =>
      inviting.gateway.json(
        'POST',
        api('signup'),
        { username, password, invitation },
        { origin: inviting.gateway.url },
      );
    equal((await signUp('early')).status, 201);
    await inviting.gate.clients.edit(maker.id, { active: false });
    equal((await signUp('late')).status, 400);
    await inviting.gate.clients.edit(maker.id, { active: true });
    equal((await signUp('later')).status, 400);
  });
});

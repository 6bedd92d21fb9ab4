import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Besieged, besieged, own, password } from './fronts.ts';

const people = Array.from({ length: 200 }, (_, at) => `person-${at}`);

let here: Besieged;
before(async () => {
  here = await besieged();
  await Promise.all(people.slice(0, 100).map((name) => here.addUser(name)));
  await Promise.all(people.slice(100).map((name) => here.addUser(name)));
});
after(() => here[Symbol.asyncDispose]());

/** All at once, on connections that they share. */
for (const name of ['guards', 'protect', 'gateway'] as const) {
  test(`200 interleaved sign-ins each get their own identity, never another’s (${name})`, async () => {
    const front = here[name];
    front.forget();
    await Promise.all(
      people.map(async (username) => {
        const cookie = await front.signIn(username);
        const [who, page] = await Promise.all([
          front.whoami({ cookie }),
          front.ask(`/home/${username}`, { headers: { cookie } }),
        ]);
        deepEqual([who, page.status], [`${username} by session`, 200]);
      }),
    );
    equal(front.seen.length, 200);
    deepEqual(
      front.seen.filter(({ target, user }) => target !== `/home/${user}`),
      [],
    );
  });

  test(`200 interleaved sign-ins of programs, too (${name})`, async () => {
    const front = here[name];
    await Promise.all(
      people.map(async (username) => {
        const reply = await front.json('POST', `${own}/api/v1/login`, { username, password });
        const { token, user } = JSON.parse(reply.text) as { token: string; user: string };
        equal(user, username);
        equal(await front.whoami({ authorization: `Bearer ${token}` }), `${username} by access-token`);
      }),
    );
  });
}

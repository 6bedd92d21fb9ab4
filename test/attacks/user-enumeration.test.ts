import { deepEqual, equal } from 'node:assert/strict';
import { mock, test } from 'node:test';
import bcrypt from 'bcrypt';
import type { Reply } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

/** An installation with one of each kind. */
async function withPeople(): Promise<Besieged> {
  const here = await besieged({ loginMaxFailures: 4 });
  await here.addUser('known', { email: 'known@example.com' });
  await here.addUser('disab', { active: false });
  await here.gate.users.create({ username: 'waits', password, active: false });
  await here.gate.users.create({ username: 'bare0' });
  return here;
}

/** What bcrypt itself is asked to do, and at which cost: not only what we count. */
const { mock: compared } = mock.method(bcrypt, 'compare');
function work(): string[] {
  const costs = compared.calls.map((call) => String(call.arguments[1]).slice(0, '$2b$04$'.length));
  compared.resetCalls();
  return costs;
}

/** Of the same length, so that the answers are, too. */
const people = ['known', 'nobod', 'disab', 'waits', 'bare0'];

const doors: Readonly<Record<string, (front: Front, username: string, password: string) => Promise<Reply>>> = {
  form: (front, username, typed) => front.form(`${own}/login`, { username, password: typed }),
  API: (front, username, typed) => front.json('POST', `${own}/api/v1/login`, { username, password: typed }),
};

/** All that the one who asks can see, but for the moment, the request's id and the name that they typed themselves. */
function visible({ status, headers, text }: Reply, username: string) {
  const { date: _, 'x-request-id': __, ...rest } = headers;
  return { status, headers: rest, text: text.replaceAll(username, 'NAME') };
}

for (const [door, knock] of Object.entries(doors)) {
  for (const typed of ['a wrong password', '', 'x'.repeat(2000), 'with a \0 in it']) {
    test(`telling known from unknown by the answer to ${JSON.stringify(typed).slice(0, 24)} (${door})`, async () => {
      await using here = await withPeople();
      // A form with an empty field is shown again, whoever it is about.
      const expected = door === 'form' && typed === '' ? [] : ['$2b$04$'];
      const answers: object[] = [];
      work();
      for (const username of people) {
        answers.push(visible(await knock(here.gateway, username, typed), username));
        deepEqual([username, work()], [username, expected]);
      }
      for (const answer of answers) deepEqual(answer, answers[0]);
      equal(here.rows('sessions'), 0);
    });
  }
}

test('telling known from unknown by when they are locked, and by what that costs', async () => {
  await using here = await withPeople();
  const answers: object[] = [];
  for (const username of people) {
    for (let at = 0; at < 4; at += 1) await doors.API?.(here.gateway, username, 'a wrong password');
    work();
    const reply = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
    deepEqual([reply.code, work()], ['rate_limited', []]);
    const { 'retry-after': _, ...headers } = reply.headers;
    answers.push(visible({ ...reply, headers }, username));
  }
  for (const answer of answers) deepEqual(answer, answers[0]);
});

test('only the right password learns that the account waits or is disabled', async () => {
  await using here = await withPeople();
  for (const [username, code] of [
    ['disab', 'account_disabled'],
    ['waits', 'account_pending'],
  ]) {
    const reply = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
    deepEqual([reply.status, reply.code, reply.setCookie], [403, code, []]);
  }
  deepEqual([here.rows('sessions'), here.rows('known_addresses')], [0, 0]);
});

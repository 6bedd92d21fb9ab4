import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { cookieIn, type Reply } from './attacker.ts';
import { besieged, type Front, own, password } from './fronts.ts';

const rounds = 20;
const passwordAt = (round: number) => (round === 0 ? password : `${password} ${round}`);

const change = (front: Front, headers: Readonly<Record<string, string>>, round: number) =>
  front.json(
    'PUT',
    `${own}/api/v1/account/password`,
    { current_password: passwordAt(round), new_password: passwordAt(round + 1) },
    { origin: front.url, ...headers },
  );

/** Asks again and again with the cookie that the browser holds at that moment, until it is stopped. */
function polling(fronts: readonly Front[], cookieNow: () => string) {
  let on = true;
  const replies: Reply[] = [];
  const paths = ['/inbox', `${own}/api/v1/session`, '/public/x'];
  async function poll(at: number): Promise<void> {
    for (let count = at; on; count += 1) {
      const front = fronts[count % fronts.length];
      const reply = await front?.ask(paths[count % paths.length] ?? '/', { headers: { cookie: cookieNow() } });
      if (reply) replies.push(reply);
    }
  }
  const polls = Array.from({ length: 6 }, (_, at) => poll(at));
  return {
    replies,
    async stop() {
      on = false;
      await Promise.all(polls);
    },
  };
}

test('20 changes of a password while its owner’s browser polls: it is never signed out, and no cookie is cleared', async () => {
  await using here = await besieged();
  await here.addUser('ada');
  let cookie = await here.gateway.signIn('ada');
  const browser = polling(here.fronts, () => cookie);
  for (let round = 0; round < rounds; round += 1) {
    const from = browser.replies.length;
    const front = here.fronts[round % here.fronts.length] ?? here.gateway;
    const changed = await change(front, { cookie }, round);
    equal(changed.status, 204, changed.text);
    cookie = cookieIn(changed);
    for (const one of here.fronts) equal(await one.whoami({ cookie }), 'ada by session');
    // The round goes on until requests with the new cookie have been answered.
    while (browser.replies.length < from + 12) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await browser.stop();
  ok(browser.replies.length >= rounds * 12);
  deepEqual(
    browser.replies.filter(({ setCookie }) => setCookie.length > 0),
    [],
  );
  const statuses = new Set(browser.replies.map(({ status }) => status));
  deepEqual(
    [...statuses].filter((status) => status !== 200 && status !== 401),
    [],
  );
  equal((await here.gate.sessions.list('ada')).items.length, 1);
});

test('20 changes of a password by an access token: it goes on, and its refresh token too', async () => {
  await using here = await besieged();
  await here.addUser('ada');
  const login = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
  const { token, refresh_token } = JSON.parse(login.text) as { token: string; refresh_token: string };
  const authorization = `Bearer ${token}`;
  for (let round = 0; round < rounds; round += 1) {
    equal((await change(here.gateway, { authorization }, round)).status, 204);
    for (const one of here.fronts) equal(await one.whoami({ authorization }), 'ada by access-token');
  }
  const fields = { grant_type: 'refresh_token', refresh_token };
  equal((await here.gateway.form(`${own}/oauth/token`, fields, {})).status, 200);
});

test('a session that was ended while its request to change the password is under way', async () => {
  await using here = await besieged();
  await here.addUser('ada');
  const [mine, elsewhere] = [await here.gateway.signIn('ada'), await here.gateway.signIn('ada')];
  const changes = [mine, elsewhere].map((cookie) => change(here.gateway, { cookie }, 0));
  const replies = await Promise.all(changes);
  const refused = replies.filter(({ status }) => status !== 204);
  equal(refused.length, 1);
  // The later it comes, the earlier it is refused: it has ended, or the password that it proves is another one.
  match(refused[0]?.code ?? '', /^(token_revoked|invalid_token|confirmation_required)$/);
  const won = replies.find(({ status }) => status === 204);
  ok(won);
  equal(await here.gateway.whoami({ cookie: cookieIn(won) }), 'ada by session');
  equal((await here.gate.sessions.list('ada')).items.length, 1);
});

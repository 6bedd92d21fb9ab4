import { ok } from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Actor } from 'gatewarden';
import { anyString, bodyOf, segment } from './arbitrary-body.ts';
import { described, type Json, jsonBodyOf, type Operation, type Wish } from './described.ts';

const here = await described();
after(() => here.site[Symbol.asyncDispose]());

const program: Actor = {
  principal: { kind: 'user', id: '', name: 'test', role: 'admin', scopes: [], via: 'command' },
};

/** What the paths name is there each time: requests delete it. */
async function prepare(): Promise<void> {
  const { users, clients, tokens } = here.site.gate;
  await users.create({ username: 'bob', role: 'user', reuseName: true }, program);
  await clients.create({ clientId: 'ci', name: 'CI' }, program);
  const { items } = await tokens.list('the-one-who-asks');
  if (!items.some(({ name }) => name === 'ci')) await tokens.create('the-one-who-asks', { name: 'ci' }, program);
}

/** An admin by a token that needs no confirmation, so that what is sent gets as far as the services. */
async function token(): Promise<Record<string, string>> {
  await here.site.gate.users.create({ username: 'the-one-who-asks', role: 'admin' });
  const made = await here.site.gate.tokens.create('the-one-who-asks', { name: 'test' });
  if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  return { authorization: `Bearer ${made.value.token}` };
}

const admin = await token();
const client = here.site.client();

const text = anyString.map((one) => one.toWellFormed());
const filled = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] });
const namesIn = ({ parameters }: Operation, where: string) =>
  parameters.filter((one) => one.in === where).map(({ name }) => name);

function contentOf(operation: Operation): fc.Arbitrary<Pick<Wish, 'body' | 'form'>> {
  const json = jsonBodyOf(operation);
  if (json) return bodyOf(json).map((body) => ({ body }));
  const form = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema;
  if (!form) return fc.constant({});
  const fields = fc.record(
    Object.fromEntries(Object.keys((form.properties ?? {}) as Json).map((name) => [name, text])),
    { requiredKeys: [] },
  );
  return fields.map((given) => ({ form: given as Record<string, string> }));
}

function wishOf(operation: Operation): fc.Arbitrary<Wish> {
  const params = fc.record(Object.fromEntries(namesIn(operation, 'path').map((name) => [name, segment])));
  return fc
    .record({
      params,
      query: filled(namesIn(operation, 'query')),
      content: contentOf(operation),
      anonymous: fc.boolean(),
    })
    .map(({ params: named, query, content, anonymous }) => ({
      ...content,
      params: named,
      query: query as Record<string, string>,
      by: client,
      headers: anonymous && operation.path.startsWith('/oauth') ? {} : admin,
    }));
}

for (const operation of here.operations) {
  test(`${operation.line} answers whatever is sent as it is described, and never breaks`, async () => {
    await fc.assert(
      fc
        .asyncProperty(wishOf(operation), async (wish) => {
          const { status } = await here.held(operation, wish);
          ok(status < 500, `${status}`);
        })
        .beforeEach(prepare),
      { numRuns: operation.requestBody ? 60 : 15 },
    );
  });
}

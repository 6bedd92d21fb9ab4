import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { described, fieldsOf, type Json, jsonBodyOf, type Operation, type Wish } from './described.ts';
import { driveOn, lines } from './operations.ts';
import { password } from './site.ts';

const here = await described();
after(() => here.site[Symbol.asyncDispose]());

const { operations, held } = here;
const guardOf = (operation: Operation) => operation['x-gatewarden'].guard;
const formOf = ({ requestBody }: Operation) => requestBody?.content['application/x-www-form-urlencoded'];

async function tokenOf(role: string, options: { scopes?: readonly string[] } = {}): Promise<Wish['headers']> {
  const username = `only-${role}-${options.scopes === undefined ? 'all' : 'few'}`;
  await here.site.gate.users.create({ username, role });
  const made = await here.site.gate.tokens.create(username, { name: 'test', ...options });
  if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  return { authorization: `Bearer ${made.value.token}` };
}

async function lowClient(): Promise<Record<string, string>> {
  const made = await here.site.gate.clients.create({ clientId: 'low', name: 'Low', scopes: ['gatewarden:read'] });
  if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  return { grant_type: 'client_credentials', client_id: 'low', client_secret: made.value.secret };
}

const grant = await lowClient();

/** A token of its own each time: one of the operations ends what it is called with. */
async function clientToken(): Promise<Wish['headers']> {
  const answer = await here.site.client().form('/auth/oauth/token', grant);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${token}` };
}

const viewer = await tokenOf('viewer');
const scopeless = await tokenOf('admin', { scopes: ['gatewarden:introspect'] });
const stranger = () => here.site.client();

/** The first body that a line sent for each operation, which the server accepted. */
const samples = new Map<string, Json>();

const withPassword = (operation: Operation, fields: object): object =>
  fieldsOf(operation).includes('current_password') ? { current_password: password, ...fields } : fields;

function proven(operation: Operation, { body, form, ...rest }: Wish): Wish {
  if (typeof body === 'object' && body !== null) return { ...rest, body: withPassword(operation, body) };
  if (typeof form !== 'object') return { ...rest, ...(form !== undefined && { form }) };
  return { ...rest, form: withPassword(operation, form) as Record<string, string> };
}

const newestEvent = async () => (await here.site.gate.audit.list({ limit: 1 })).items[0]?.id;

/** Asking for device codes, about a token or about a password changes nothing that is anybody’s. The line of the setup has a site of its own. */
const unaudited = ['post /oauth/device_authorization', 'post /oauth/introspect', 'post /setup', 'post /password-check'];
const changes = ({ line, method }: Operation): boolean => method !== 'get' && !unaudited.includes(line);

async function driven(operation: Operation): Promise<void> {
  const line = lines[operation.line];
  ok(line, `test/routes/operations.ts has no line for ${operation.line}`);
  let isAudited = false;
  const drive = driveOn(here.site, async (wish = {}) => {
    const sent = proven(operation, wish);
    if (sent.body !== undefined && !samples.has(operation.line)) samples.set(operation.line, sent.body as Json);
    const before = await newestEvent();
    const answer = await held(operation, sent);
    isAudited ||= answer.status < 400 && (await newestEvent()) !== before;
    return answer;
  });
  await line(drive);
  if (changes(operation)) equal(isAudited, true, 'no success is in the audit log');
  const untried = Object.keys(operation.responses).filter(
    (status) => /^[23]/.test(status) && !here.seen(operation).has(status),
  );
  deepEqual(untried, [], 'successes that the line does not reach');
}

const values: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e21, '', 'x', 'x'.repeat(5000), '\u0000', '\ud800', [], [1], ['x'], {}],
  { a: 1 },
];

/** Bodies in which one field is of a wrong type: those of `values` that the schema does not allow. */
function wrongBodies(schema: Json, sample: Json): readonly (readonly [field: string, body: Json])[] {
  const judged = here.judge(schema);
  return Object.keys((schema.properties ?? {}) as Json).flatMap((field) =>
    values
      .map((value) => ({ ...sample, [field]: value }))
      .filter((body) => !judged.safeParse(body).success)
      .map((body) => [field, body] as const),
  );
}

const fieldsNamed = (value: Json): readonly string[] =>
  ((value.errors ?? []) as { field: string }[]).map(({ field }) => field.split('.')[0] ?? '');

for (const operation of operations) {
  describe(operation.line, () => {
    const { scope } = operation['x-gatewarden'];
    const guard = guardOf(operation);
    const schema = jsonBodyOf(operation);

    test('answers as described, and reaches every success that it declares', () => driven(operation));

    test('refuses nobody, a low role and a credential without the scope as described', async () => {
      const asked: readonly (readonly [who: Wish, guards: readonly string[], status: number])[] = [
        [{ by: stranger() }, ['signed-in', 'self', 'operator', 'admin'], 401],
        [
          { by: stranger(), headers: { authorization: 'Bearer nonsense' } },
          ['signed-in', 'self', 'operator', 'admin'],
          401,
        ],
        [{ by: stranger(), headers: viewer ?? {} }, ['operator', 'admin'], 403],
        [{ by: stranger(), headers: (await clientToken()) ?? {} }, ['self', 'operator', 'admin'], 403],
        [{ by: stranger(), headers: scopeless ?? {} }, scope === null ? [] : [guard], 403],
      ];
      for (const [who, guards, status] of asked) {
        const answer = await held(operation, who);
        if (guards.includes(guard)) equal(answer.status, status, JSON.stringify(answer.value));
      }
    });

    if (schema) {
      test('refuses a field of a wrong type, an unknown one, and a body that is none', async () => {
        const sample = samples.get(operation.line) ?? {};
        for (const [field, body] of wrongBodies(schema, sample)) {
          const { status, value } = await held(operation, { body });
          equal(status, 400, JSON.stringify(body));
          equal(fieldsNamed(value).includes(field), true, `${JSON.stringify(body)}: ${JSON.stringify(value)}`);
        }
        const unknown = await held(operation, { body: { ...sample, surely_not_a_field: 1 } });
        deepEqual([unknown.status, fieldsNamed(unknown.value)], [400, ['surely_not_a_field']]);
        for (const body of [[], 'x', 1, null]) equal((await held(operation, { body })).status, 400);
        const json = { 'content-type': 'application/json' };
        equal((await held(operation, { raw: '{"a":', headers: json })).status, 400);
        equal((await held(operation, { raw: '{}', headers: { 'content-type': 'text/plain' } })).status, 415);
        equal((await held(operation, { raw: `"${'x'.repeat(200_000)}"`, headers: json })).status, 413);
      });
    }

    if (formOf(operation)) {
      test('takes fields that are doubled, long or strange, and no other type of body', async () => {
        for (const field of fieldsOf(operation)) {
          for (const form of [
            `${field}=a&${field}=b`,
            `${field}=${'x'.repeat(5000)}`,
            `${field}=%00%ff`,
            `${field}[a]=b`,
          ]) {
            const { status } = await held(operation, { by: stranger(), form });
            equal(status < 500, true);
          }
        }
        equal((await held(operation, { by: stranger(), body: { a: 1 } })).status >= 400, true);
      });
    }

    const inQuery = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    if (inQuery.length > 0) {
      test('takes a query that is doubled, long or strange', async () => {
        for (const name of inQuery) {
          for (const query of [`${name}=a&${name}=b`, `${name}=${'x'.repeat(3000)}`, `${name}=%00%ff`, `${name}=`]) {
            const { status } = await held(operation, { query });
            equal(status < 500, true);
          }
        }
        if (!operation.path.startsWith('/api/')) return;
        equal((await held(operation, { query: 'surely_not_a_parameter=1' })).status, 400);
      });
    }
  });
}

test('every line drives an operation', () => {
  const described = operations.map(({ line }) => line);
  deepEqual(
    Object.keys(lines).filter((line) => !described.includes(line)),
    [],
  );
});

test('every body described refuses a field that it does not know, as the server does', () => {
  const schemas = operations.map(jsonBodyOf).filter((schema) => schema !== undefined);
  ok(schemas.length > 5);
  for (const { additionalProperties } of schemas) equal(additionalProperties, false);
});

test('it is OpenAPI 3.1, and every name in a path is a parameter', () => {
  ok(here.openapi.startsWith('3.1.'));
  for (const { path, parameters } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    deepEqual(
      parameters.filter((one) => one.in === 'path').map((one) => one.name),
      named,
    );
  }
});

test('a body is required where an empty one is not enough', () => {
  const required = (line: string) => operations.find((one) => one.line === line)?.requestBody?.required;
  deepEqual(
    [required('post /logout'), required('delete /api/v1/users/{username}'), required('post /login')],
    [false, false, false],
  );
  deepEqual([required('post /api/v1/users'), required('post /api/v1/login')], [true, true]);
});

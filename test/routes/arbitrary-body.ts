import fc from 'fast-check';
import type { Json } from './described.ts';

const hostile = [
  '',
  '__proto__',
  '$ne',
  '\u0000',
  'x'.repeat(4096),
  'x'.repeat(4097),
  '\ud800',
  '\u202eadmin',
  'a\r\nb',
  '٣',
  'ﬀ',
];

/** What the services take for a name, a password, a role, a scope, an address, a time. */
const plausible = [
  'bob',
  'ci',
  'viewer',
  'User',
  'a lamp among quiet herons',
  'gatewarden:read',
  'x@example.com',
  '5m',
  '1',
];

const anyString = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/) },
  { weight: 6, arbitrary: fc.constantFrom(...plausible) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

const anyMoment = fc.oneof(
  fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
  fc.constantFrom(
    '2099-01-01T00:00:00Z',
    '1970-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00Z',
  ),
);

/** Values of any type. */
const anything = fc.oneof(fc.anything({ maxDepth: 2, withNullPrototype: false }), anyString);

const oneOf = (all: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> => fc.oneof(...all);

function ofType(schema: Json): fc.Arbitrary<unknown> {
  if (schema.type === 'string') return schema.format === 'date-time' ? anyMoment : anyString;
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.oneof(fc.integer(), fc.constantFrom(0, 1, 100, 2 ** 53));
  if (schema.type === 'number') return fc.double();
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'array') return fc.array(inSchema((schema.items ?? {}) as Json), { maxLength: 4 });
  return schema.type === 'object' ? bodyOf(schema) : anything;
}

/** Values that a schema describes, more or less: of its types, now and then within its limits. */
function inSchema(schema: Json): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  const options = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  return options ? oneOf(options.map(inSchema)) : ofType(schema);
}

const names = fc.stringMatching(/^[a-z][a-z0-9]{4,12}$/);
const later = fc.integer({ min: 1, max: 80 }).map((days) => new Date(Date.now() + days * 86_400_000).toISOString());

/** What fields of these names take, so that most bodies get as far as a service. */
const likely: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  role: fc.constantFrom('viewer', 'user'),
  scopes: fc.constantFrom([], ['gatewarden:read']),
  password: fc.constant('a lamp among quiet herons'),
  email: names.map((name) => `${name}@example.com`),
  expires_at: later,
  ttl: fc.constantFrom('5m', '1h', 60),
  uses: fc.integer({ min: 1, max: 100 }),
  username: names,
  name: names,
  client_id: names,
};

const fieldOf = (name: string, schema: Json): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 40, arbitrary: likely[name] ?? inSchema(schema) },
    { weight: 6, arbitrary: inSchema(schema) },
    { weight: 1, arbitrary: anything },
  );

/** Bodies that a schema describes, more or less; in some a field is of another type, and in few there is one too many. */
export function bodyOf(schema: Json): fc.Arbitrary<Json> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const fields = properties.map(([name, one]) => [name, fieldOf(name, one)] as const);
  const required = (schema.required ?? []) as string[];
  const most = fc.record(Object.fromEntries(fields), {
    requiredKeys: required.filter((name) => name in Object.fromEntries(fields)),
  });
  return fc.oneof(
    { weight: 12, arbitrary: most as fc.Arbitrary<Json> },
    { weight: 1, arbitrary: fc.dictionary(anyString, anything, { maxKeys: 4 }) as fc.Arbitrary<Json> },
  );
}

/** A segment of a path: never empty, and none that a client takes out of the path. */
export const segment = fc
  .oneof(fc.constantFrom('bob', 'bob', 'ci', 'none-such'), anyString)
  .map((text) => text.toWellFormed())
  .filter((text) => text !== '' && text !== '.' && text !== '..');

export { anyString };

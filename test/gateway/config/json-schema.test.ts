import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after } from 'node:test';
import { keysOf } from '../../../gateway/config/schema.ts';
import { folder, problemsOf, routeWith } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

/** As much of a JSON schema as the tests read. */
type Schema = Readonly<{
  type?: string;
  description?: string;
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
}>;

const schema: Schema = JSON.parse(readFileSync('config.schema.json', 'utf8'));
const route = schema.properties?.routes?.items ?? {};

test('the schema is published with the package', () => {
  const path = createRequire(import.meta.url).resolve('gatewarden/config.schema.json');
  equal(path, `${process.cwd()}/config.schema.json`);
  const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
  ok(files.includes('config.schema.json'));
});

test('an editor knows every key of the file, what it means, and that there are no others', () => {
  deepEqual(Object.keys(schema.properties ?? {}), keysOf(undefined));
  deepEqual(Object.keys(route.properties ?? {}), keysOf('routes'));
  equal(schema.additionalProperties, false);
  equal(route.additionalProperties, false);
  for (const [key, value] of Object.entries(route.properties ?? {})) ok(value.description, key);
});

/** The examples of a schema and of what is in it. */
const examplesIn = ({ examples = [], items, anyOf = [] }: Schema): readonly unknown[] => [
  ...examples,
  ...anyOf.flatMap(examplesIn),
  ...(items === undefined ? [] : examplesIn(items).map((one) => [one])),
];

test('every example of the schema is valid in the file', () => {
  const keys = Object.entries(route.properties ?? {}).filter(([key]) => !['host', 'upstream', 'keep'].includes(key));
  const written = keys.flatMap(([key, value]) =>
    examplesIn(value).map((example) => `${key}: ${JSON.stringify(example)}`),
  );
  ok(written.length >= 5, String(written.length));
  for (const line of written) deepEqual(problemsOf(routeWith(line)), [], line);
});

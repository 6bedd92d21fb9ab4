import { deepEqual, match, ok } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { defaultLimits } from '../../gateway/limits.ts';
import { errorTable } from '../../lib/errors.ts';
import { settingTable } from '../../lib/settings/index.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const [logging, keys, limits] = ['docs/logging.md', 'docs/keys.md', 'docs/limits.md'].map(read) as [
  string,
  string,
  string,
];

/** A number as these pages write it. */
const written = (count: number) => count.toLocaleString('en');
const seconds = (ms: number) => (ms % 300_000 === 0 ? `${ms / 60_000} minutes` : `${ms / 1000} s`);

const shown: Readonly<Record<keyof typeof defaultLimits, string>> = {
  headersTimeout: `time for request line and headers | ${seconds(defaultLimits.headersTimeout)}`,
  keepAliveTimeout: `without a request | ${seconds(defaultLimits.keepAliveTimeout)}`,
  maxHeaderSize: `headers together | ${defaultLimits.maxHeaderSize / 1024} KiB`,
  maxConnections: `per process | ${written(defaultLimits.maxConnections)}`,
  bodyStall: `within a request's body | ${seconds(defaultLimits.bodyStall)}`,
  discard: '',
  upstreamConnect: `time for a connection | ${seconds(defaultLimits.upstreamConnect)}`,
  upstreamTimeout: `\`GATEWARDEN_UPSTREAM_TIMEOUT\`, ${seconds(defaultLimits.upstreamTimeout)}`,
  upstreamRequests: `requests at once, per process and target | ${defaultLimits.upstreamRequests},`,
  upstreamQueue: `that wait for their turn | ${defaultLimits.upstreamQueue},`,
  upstreamQueueTime: `each for ${seconds(defaultLimits.upstreamQueueTime)}`,
  drain: `after the signal to stop | ${seconds(defaultLimits.drain)}`,
};
for (const [name, text] of Object.entries(shown)) {
  test(`docs/limits.md has the gateway's ${name}`, () => ok(limits.includes(text), text));
}

test('docs/keys.md lists every label that a key is derived for', () => {
  const derived = globSync('lib/**/*.ts').flatMap((file) =>
    [...read(file).matchAll(/\.derive\('([\w-]+)'\)/g)].map(([, label = '']) => label),
  );
  const listed = [...keys.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, label = '']) => label);
  deepEqual(listed.sort(), [...new Set(derived)].sort());
});

test('docs/logging.md names the lines that the gateway writes, and is right about the access line', () => {
  for (const line of ['the gateway is listening', 'request', 'audit', 'no answer from the upstream']) {
    match(logging, new RegExp(`\\| \`${line}\` \\|`));
    ok(
      globSync('{lib,gateway}/**/*.ts').some((file) => read(file).includes(`'${line}'`)),
      line,
    );
  }
});

test('every setting and error code that these pages name exists', () => {
  const settings = new Set(Object.values(settingTable).map(({ env }) => `GATEWARDEN_${env}`));
  for (const page of [logging, keys, limits]) {
    const named = [...page.matchAll(/`(GATEWARDEN_[A-Z_]+)`/g)].map(([, name = '']) => name);
    deepEqual(
      named.filter((name) => !settings.has(name)),
      [],
    );
    const codes = [...page.matchAll(/\b[1-5]\d\d `(\w+)`/g)].map(([, code = '']) => code);
    deepEqual(
      codes.filter((code) => !(code in errorTable)),
      [],
    );
  }
});

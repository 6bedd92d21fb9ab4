import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Effort, fullEffort, smokeEffort } from './compare.ts';

/*
 * npm run bench                 every subject, for publication: minutes
 * npm run bench -- proxy        one subject
 * npm run bench -- --smoke      everything once, for seconds: proves that it runs, its figures mean nothing
 * npm run bench -- scale --size 100000    with fewer users, or more, than a million
 */

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, size: { type: 'string' } },
});
const size = values.size === undefined ? undefined : Number(values.size);

type Subject = (effort: Effort) => Promise<void>;

const subjects: Readonly<Record<string, Subject>> = {
  proxy: async (effort) => (await import('./proxy.ts')).benchProxy(effort),
  verify: async (effort) => (await import('./verify.ts')).benchVerify(effort),
  routes: async (effort) => (await import('./routes.ts')).benchRoutes(effort),
  http2: async (effort) => (await import('./http2.ts')).benchHttp2(effort),
  middleware: async (effort) => (await import('./middleware.ts')).benchMiddleware(effort),
  token: async (effort) => (await import('./token.ts')).benchToken(effort),
  pages: async (effort) => (await import('./pages.ts')).benchPages(effort),
  scale: async (effort) => (await import('./scale.ts')).benchScale(effort, size),
};

const unknown = wanted.filter((name) => !Object.hasOwn(subjects, name));
if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(', ')}. There are: ${Object.keys(subjects).join(', ')}.`);
  process.exit(5);
}
if (size !== undefined && !(Number.isInteger(size) && size >= 1000)) {
  console.error('--size is a number of users, 1000 at least.');
  process.exit(5);
}
if (!existsSync('/usr/bin/taskset')) {
  console.error('The bench pins processes to cores with taskset (util-linux) and loads with wrk: Linux only.');
  process.exit(5);
}

for (const [name, subject] of Object.entries(subjects)) {
  if (wanted.length === 0 || wanted.includes(name)) await subject(values.smoke ? smokeEffort : fullEffort);
}

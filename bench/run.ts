import { existsSync } from 'node:fs';
import { type Effort, fullEffort, smokeEffort } from './compare.ts';

/*
 * npm run bench                 every subject, for publication: minutes
 * npm run bench -- proxy        one subject
 * npm run bench -- --smoke      everything once, for seconds: proves that it runs, its figures mean nothing
 */

const given = process.argv.slice(2);
const smoke = given.includes('--smoke');
const wanted = given.filter((one) => !one.startsWith('-'));

type Subject = (effort: Effort) => Promise<void>;

const subjects: Readonly<Record<string, Subject>> = {
  proxy: async (effort) => (await import('./proxy.ts')).benchProxy(effort),
  middleware: async (effort) => (await import('./middleware.ts')).benchMiddleware(effort),
};

const unknown = wanted.filter((name) => !Object.hasOwn(subjects, name));
if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(', ')}. There are: ${Object.keys(subjects).join(', ')}.`);
  process.exit(5);
}
if (!existsSync('/usr/bin/taskset')) {
  console.error('The bench pins processes to cores with taskset (util-linux) and loads with wrk: Linux only.');
  process.exit(5);
}

for (const [name, subject] of Object.entries(subjects)) {
  if (wanted.length === 0 || wanted.includes(name)) await subject(smoke ? smokeEffort : fullEffort);
}

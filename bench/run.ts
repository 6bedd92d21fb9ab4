import { existsSync } from 'node:fs';

/*
 * npm run bench                 every subject, for publication: minutes
 * npm run bench -- proxy        one subject
 * npm run bench -- --smoke      everything once, for seconds: proves that it runs, its figures mean nothing
 */

const given = process.argv.slice(2);
const smoke = given.includes('--smoke');
const wanted = given.filter((one) => !one.startsWith('-'));

type Subject = (smoke: boolean) => Promise<void>;

const subjects: Readonly<Record<string, Subject>> = {
  async proxy(short) {
    const { benchProxy, fullEffort, smokeEffort } = await import('./proxy.ts');
    await benchProxy(short ? smokeEffort : fullEffort);
  },
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
  if (wanted.length === 0 || wanted.includes(name)) await subject(smoke);
}

import test from 'node:test';
import { fuzz, newSeed } from './fuzz.ts';
import { subjects } from './subjects.ts';

const cases = 100_000;

for (const subject of subjects) {
  test(`${subject.name}: ${cases.toLocaleString('en')} texts are read or refused, and long ones in time`, (t) => {
    const seed = newSeed();
    t.diagnostic(`npm run fuzz -- --cases ${cases} --seed ${seed} "${subject.name}"`);
    fuzz(subject, { cases, seed });
  });
}

import { randomInt } from 'node:crypto';
import { median } from '../load.ts';
import type { Subject } from './installation.ts';
import { initials, nameOf } from './people.ts';

/** An installation with so many users and sessions. */
export type Sized = Readonly<{ subject: Subject; size: number }>;

export interface Cost {
  readonly name: string;
  /** Milliseconds, medians of the rounds. */
  readonly small: number;
  readonly big: number;
}

/** `prepare` gives what is timed. */
type Work = Readonly<{ name: string; prepare(of: Sized): () => Promise<void> }>;

const pageSize = 50;

/** Of a name that does not begin with the last letter: after it there is a full page. */
const randomKey = (size: number): string => {
  const n = randomInt(size);
  return nameOf(n % initials.length === initials.length - 1 ? n - 1 : n);
};

const pageOf =
  (query: { after?: string; prefix?: string }, { subject }: Sized) =>
  async () => {
    const { items } = await subject.users.list({ limit: pageSize, ...query });
    if (items.length !== pageSize) throw new Error(`a page has ${items.length} users`);
  };

const works: readonly Work[] = [
  {
    name: 'look-up of a sign-in: a user by name',
    prepare({ subject, size }) {
      const name = nameOf(randomInt(size));
      return async () => {
        if (!(await subject.users.byName(name))) throw new Error('a user is not there');
      };
    },
  },
  {
    name: 'session check, nothing remembered',
    prepare({ subject, size }) {
      subject.forget();
      return subject.check(randomInt(size));
    },
  },
  {
    name: `page of ${pageSize} users, after any name`,
    prepare: (of) => pageOf({ after: randomKey(of.size) }, of),
  },
  {
    name: `page of ${pageSize} users, by a prefix`,
    prepare: (of) => pageOf({ prefix: initials[randomInt(initials.length)] ?? '' }, of),
  },
];

async function timed(work: Work, of: Sized): Promise<number> {
  const ask = work.prepare(of);
  const startedAt = performance.now();
  await ask();
  return performance.now() - startedAt;
}

/** A round is over after this long, in milliseconds, however few look-ups it had. */
const longestRound = 10_000;

/** One after the other, small and big in turn, and each as often the first: what the machine does besides hits both. */
async function round(work: Work, small: Sized, big: Sized, times: number) {
  const took = { small: [] as number[], big: [] as number[] };
  const end = performance.now() + longestRound;
  for (let at = 0; at < times && (at < 2 || performance.now() < end); at++) {
    const order = at % 2 === 0 ? (['small', 'big'] as const) : (['big', 'small'] as const);
    for (const which of order) took[which].push(await timed(work, which === 'small' ? small : big));
  }
  return { small: median(took.small), big: median(took.big) };
}

/** What each look-up costs with few and with many users, in `rounds` of `times` each. */
export async function lookUps(small: Sized, big: Sized, rounds: number, times: number): Promise<Cost[]> {
  const found = new Map(works.map((work) => [work, { small: [] as number[], big: [] as number[] }]));
  for (const work of works) await round(work, small, big, Math.ceil(times / 4));
  for (let at = 0; at < rounds; at++) {
    for (const [work, costs] of found) {
      const medians = await round(work, small, big, times);
      costs.small.push(medians.small);
      costs.big.push(medians.big);
    }
  }
  return [...found].map(([{ name }, costs]) => ({ name, small: median(costs.small), big: median(costs.big) }));
}

/** Store calls of a session's first request, and of all that follow together. */
export async function callsOf({ subject }: Sized, followed: number): Promise<{ first: number; following: number }> {
  subject.forget();
  const before = subject.calls;
  await subject.check(0)();
  const first = subject.calls - before;
  for (let at = 0; at < followed; at++) await subject.check(0)();
  return { first, following: subject.calls - before - first };
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Sized } from './look-ups.ts';

/** What is really in use. Only code that is compiled after the flag can collect garbage at will. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node collects no garbage at will');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Kilobytes of heap for each of `count` sessions that the request path remembers. */
export async function memoryPerSession({ subject }: Sized, count: number): Promise<number> {
  const rememberAll = async () => {
    for (let n = 0; n < count; n++) await subject.check(n)();
  };
  await rememberAll();
  subject.forget();
  const before = heapInUse();
  await rememberAll();
  return (heapInUse() - before) / 1000 / count;
}

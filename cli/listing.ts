import { InvalidArgumentError, Option } from 'commander';

const longestPage = 200;

/** Reads a whole number of at least 1, for an option. */
export function wholeNumber(given: string): number {
  const number = Number(given);
  if (!/^\d{1,15}$/.test(given) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return number;
}

/** `--limit` of a list. Without a default a list has everything. */
export const limitOption = (help = 'at most so many (default: all)') =>
  new Option('--limit <number>', help).argParser(wholeNumber);

/** How many things to read at once for a list of `limit`. */
export const pageSizeFor = (limit: number | undefined): number => Math.min(limit ?? longestPage, longestPage);

/** The first `limit` things, or all of them. No page is read beyond them. */
export async function* first<T>(limit: number | undefined, things: AsyncIterable<T>): AsyncIterable<T> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const thing of things) {
    yield thing;
    left -= 1;
    if (left <= 0) return;
  }
}

/** Everything that comes, in an array. */
export async function collected<T>(things: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const thing of things) all.push(thing);
  return all;
}

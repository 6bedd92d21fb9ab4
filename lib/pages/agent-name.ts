import { type Words, wordsOf } from './words/words.ts';

/** Stands for the name of our own command, which the words of a language have. */
const ownCommand = 'gatewarden';

const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^gatewarden\b/i, ownCommand],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows(?:_NT)?\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b|\bDarwin\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const firstOf = (table: typeof programs, agent: string) => table.find(([pattern]) => pattern.test(agent))?.[1];

/** Names the device of a `User-Agent` from a fixed vocabulary, so that the header itself is not shown. `words`: default English. */
export function agentName(agent: string | undefined, words: Words = wordsOf('en')): string {
  const program = firstOf(programs, agent ?? '')?.replace(ownCommand, () => words.text('devices.command'));
  const system = firstOf(systems, agent ?? '');
  if (program && system) return words.text('devices.programOn', { program, system });
  return program ?? system ?? words.text('devices.unknown');
}

import fc from 'fast-check';
import type { Rule } from '../../../lib/request/authorize/rules.ts';
import type { Principal } from '../../../lib/types.ts';
import { roles } from './known.ts';

/** Lenient services, written without a look at how the product reads: each makes one path of the bytes it gets. */
export type Reader = Readonly<{ name: string; read: (target: string) => string; folds: boolean }>;

const decodeLoosely = (text: string): string =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  ).toString('utf8');
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const decodeAgain = (text: string): string => decodeLoosely(bytesOf(text));
const dropParams = (text: string): string =>
  text
    .split('/')
    .map((segment) => segment.split(';')[0] ?? '')
    .join('/');
const cutAtParams = (text: string): string => text.split(';')[0] || '/';
const merge = (text: string): string => text.replace(/\/\/+/g, '/');
const chomp = (text: string): string => (text === '/' ? text : text.replace(/\/$/, ''));
const asWindows = (text: string): string =>
  text
    .split('/')
    .map((segment) => segment.replace(/[. ]+$/, ''))
    .join('/');
const backslashes = (text: string): string => text.replaceAll('\\', '/');
const asUrl = (text: string): string => text.replace(/^\/\/+[^/]*(?=\/)/, '');
const reparse = (text: string): string => text.split(/[?#]/)[0] || '/';
const fold = (text: string): string => text.toLowerCase();

function resolve(text: string): string {
  const stack: string[] = [];
  for (const segment of text.split('/').slice(1)) {
    if (segment === '..') stack.pop();
    else if (segment !== '.') stack.push(segment);
  }
  return `/${stack.join('/')}`;
}

type Step = (text: string) => string;
/** In the order in which services do them; each on or off. */
const optional: readonly (readonly [string, Step])[] = [
  ['params', dropParams],
  ['decode', decodeLoosely],
  ['twice', decodeAgain],
  ['thrice', decodeAgain],
  ['backslashes', backslashes],
  ['url', asUrl],
  ['reparse', reparse],
  ['late params', dropParams],
  ['cut', cutAtParams],
  ['windows', asWindows],
  ['merge', merge],
  ['resolve', resolve],
  ['chomp', chomp],
  ['fold', fold],
];

function readerOf(chosen: typeof optional): Reader {
  // No service behind us never decodes: the first reading is the decoded one.
  const steps = optional.filter((step) => chosen.includes(step) || step[0] === 'decode');
  const pathOnly = (target: string) => target.split('?')[0] ?? '';
  return {
    name: steps.map(([name]) => name).join(' '),
    read: (target) => steps.reduce((text, [, step]) => step(text), pathOnly(target)),
    folds: steps.some(([name]) => name === 'fold'),
  };
}

/** A service that does some of them. */
export const reader: fc.Arbitrary<Reader> = fc.subarray([...optional]).map(readerOf);

/** Every service there is of this kind: one for each choice of steps. */
export const everyReader: readonly Reader[] = optional
  .filter(([name]) => name !== 'decode' && name !== 'thrice')
  .reduce<(typeof optional)[]>((sets, step) => sets.flatMap((set) => [set, [...set, step]]), [[]])
  .map(readerOf);

/** What attackers make targets of. */
export const units = [
  '/',
  '/',
  '/',
  '//',
  'admin',
  'ADMIN',
  'Admin',
  'administrator',
  'public',
  'home',
  'alice',
  'Alice',
  'bob',
  'a',
  'x',
  'wiki',
  'secret',
  '.',
  '..',
  '...',
  ';',
  ';x=1',
  '%3b',
  '%61',
  '%41',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%20',
  '%23',
  '%3f',
  '%25',
  '%252e',
  '%252f',
  '%255c',
  '%2561',
  '%252561',
  '2e',
  '%c3%a9',
  '%e2%84%aa',
  '%c0%ae',
  '%',
  '?',
  '?x=/public',
  '#',
  '~',
  ' ',
  '\u00e9',
  '=',
];
/** Request targets that are made of what attackers use. */
export const target = fc.oneof(
  fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join('')}`),
  fc
    .array(fc.constantFrom('admin', 'public', 'home', 'alice', 'secret', 'a', 'wiki', ''), { maxLength: 5 })
    .chain((segments) =>
      fc.tuple(
        fc.constant(segments),
        fc.array(fc.constantFrom('', '', '', ';x', '.', '%20', '%23', '/', '%61'), { minLength: 5, maxLength: 5 }),
      ),
    )
    .map(([segments, tails]) => `/${segments.map((segment, at) => segment + (tails[at] ?? '')).join('/')}`),
);

/** The rules as a service would understand them of its own path, segment by segment. */
function covers(rule: Rule, path: string, folds: boolean): { self?: string } | undefined {
  const wanted = (folds ? rule.pattern.toLowerCase() : rule.pattern).slice(1).split('/');
  const given = path.slice(1).split('/');
  const open = wanted.at(-1) === '**';
  if (open ? given.length < wanted.length - 1 : given.length !== wanted.length) return undefined;
  if (rule.pattern === '/**') return {};
  const found: { self?: string } = {};
  for (const [at, segment] of wanted.slice(0, open ? -1 : undefined).entries()) {
    const value = given[at] ?? '';
    if (segment === ':self' && value !== '') found.self = value;
    else if (segment === '*' ? value === '' : segment !== value) return undefined;
  }
  return found;
}

/** Whether the rules let somebody have this path, as the service reads it. */
export function permits(rules: readonly Rule[], path: string, folds: boolean, who: Principal): boolean {
  for (const rule of rules) {
    const covered = covers(rule, path, folds);
    if (covered === undefined) continue;
    if (!roles.atLeast(who.role, rule.role)) return false;
    if (covered.self === undefined) return true;
    return who.kind === 'user' && (folds ? who.name.toLowerCase() : who.name) === covered.self;
  }
  return who.role === 'admin';
}

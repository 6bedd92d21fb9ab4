import { styleText } from 'node:util';
import { replaceHazards } from '#text';

const levels: Readonly<Record<number, Readonly<{ word: string; color?: 'yellow' | 'red' | 'gray' }>>> = {
  10: { word: 'trace', color: 'gray' },
  20: { word: 'debug', color: 'gray' },
  30: { word: 'info' },
  40: { word: 'WARN', color: 'yellow' },
  50: { word: 'ERROR', color: 'red' },
  60: { word: 'FATAL', color: 'red' },
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * Formats one JSON line of the log for a terminal. `stream`: colours are used if it supports them (`NO_COLOR` switches
 * them off).
 */
export function readableLine(line: string, stream?: NodeJS.WriteStream): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Fields;
  const { word, color } = levels[Number(level)] ?? { word: '' };
  const padded = word.padEnd(5);
  const shown = color !== undefined && stream !== undefined ? styleText(color, padded, { stream }) : padded;
  const head = [String(time).slice(11, 19), shown, ...(msg === 'request' ? requestWords(fields) : words(msg, fields))];
  return `${head.join(' ')}\n${blocks(fields)}`;
}

/** `GET /x 200 5.1 ms user=zoe …` */
function requestWords({ method, path, status, duration, bytes, ...rest }: Fields): readonly string[] {
  return [plain(method), plain(path), plain(status), `${plain(bytes)} bytes`, `${plain(duration)} ms`, ...pairs(rest)];
}

const words = (message: unknown, fields: Fields): readonly string[] => [plain(message), ...pairs(fields)];

/** Everything that fits into the line, as `name=value`. */
const pairs = (fields: Fields): readonly string[] =>
  Object.entries(fields)
    .filter(([, value]) => value !== '' && !isBlock(value))
    .map(([name, value]) => `${plain(name)}=${quoted(value)}`);

function quoted(value: unknown): string {
  const text = plain(value);
  return /^[\w./:@+,;*=()-]*$/.test(text) ? text : `"${text}"`;
}

/** Clients must not control the terminal: hazardous characters are shown as question marks. */
const plain = (value: unknown): string => replaceHazards(textOf(value), '?');

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${textOf(one)}`)
    .join(', ');
}

/** Whether a value is an error, which is printed on lines of its own. */
const isBlock = (value: unknown): value is Readonly<{ stack: string }> =>
  typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string';

/** The errors of a line, indented, so that none of their lines looks like one of the log. */
const blocks = (fields: Fields): string =>
  Object.values(fields)
    .filter(isBlock)
    .flatMap(({ stack }) => stack.split('\n'))
    .map((line) => `         ${replaceHazards(line, '?')}\n`)
    .join('');

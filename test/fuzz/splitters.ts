/** How a service tells where one request ends and the next begins: each of these has been found in some. */
export type Splitter = Readonly<{
  /** What ends a line. */
  ends: RegExp;
  /** Which length counts where there are several. */
  length: 'first' | 'last';
  /** Which framing counts where there are both. */
  framing: 'chunked' | 'length';
  /** Reads `Transfer-Encoding: xchunked` as chunked, and `Content_Length` as `Content-Length`. */
  loosely: boolean;
  /** Adds a line that begins with a space to the one before it. */
  folds: boolean;
}>;

const lineEnds = [/\r\n/, /\r?\n/, /\r\n|\r|\n/];
const either = [true, false];

/** Every splitter of this kind. */
export const splitters: readonly Splitter[] = lineEnds.flatMap((ends) =>
  (['first', 'last'] as const).flatMap((length) =>
    (['chunked', 'length'] as const).flatMap((framing) =>
      either.flatMap((loosely) => either.map((folds) => ({ ends, length, framing, loosely, folds }))),
    ),
  ),
);

type Part = Readonly<{ text: string; rest: string }>;

/** The text up to the next end of a line, and what is behind it; undefined when no line ends. */
function lineOf(bytes: string, { ends }: Splitter): Part | undefined {
  const found = ends.exec(bytes);
  return found === null
    ? undefined
    : { text: bytes.slice(0, found.index), rest: bytes.slice(found.index + found[0].length) };
}

function headOf(bytes: string, how: Splitter): Readonly<{ lines: readonly string[]; rest: string }> | undefined {
  const lines: string[] = [];
  for (let part = lineOf(bytes, how); part !== undefined; part = lineOf(part.rest, how)) {
    if (part.text === '') return { lines, rest: part.rest };
    if (how.folds && /^[ \t]/.test(part.text)) lines.push(`${lines.pop() ?? ''} ${part.text.trim()}`);
    else lines.push(part.text);
  }
  return undefined;
}

function valuesOf(lines: readonly string[], name: string, { loosely }: Splitter): string[] {
  return lines.slice(1).flatMap((line) => {
    const [found = '', ...value] = line.split(':');
    const read = loosely ? found.trim().replaceAll('_', '-') : found;
    return read.toLowerCase() === name ? [value.join(':').trim()] : [];
  });
}

/** How long the body at the beginning of `bytes` is, as it was sent; undefined when it is not all there. */
function bodyLength(lines: readonly string[], bytes: string, how: Splitter): number | undefined {
  const lengths = valuesOf(lines, 'content-length', how)
    .flatMap((value) => value.split(','))
    .map(Number);
  const length = how.length === 'first' ? lengths[0] : lengths.at(-1);
  const coded = valuesOf(lines, 'transfer-encoding', how).join(',').toLowerCase();
  const chunked = how.loosely ? coded.includes('chunked') : /(^|,)\s*chunked$/.test(coded);
  if (chunked && (how.framing === 'chunked' || length === undefined)) return chunkedLength(bytes, how);
  return length === undefined || length <= bytes.length ? (length ?? 0) : undefined;
}

function chunkedLength(bytes: string, how: Splitter): number | undefined {
  let rest = bytes;
  for (let part = lineOf(rest, how); part !== undefined; part = lineOf(rest, how)) {
    const size = Number.parseInt(part.text, 16);
    if (Number.isNaN(size)) return undefined;
    if (size === 0) {
      const trailers = headOf(part.rest, how);
      return trailers === undefined ? undefined : bytes.length - trailers.rest.length;
    }
    rest = lineOf(part.rest.slice(size), how)?.rest ?? '';
  }
  return undefined;
}

/** The requests that are complete in what one connection brought: the first line of each, and how much body it has. */
export function split(bytes: string, how: Splitter): string[] {
  const requests: string[] = [];
  for (let head = headOf(bytes, how); head !== undefined; head = headOf(head.rest, how)) {
    const { lines, rest } = head;
    const length = bodyLength(lines, rest, how);
    if (length === undefined) return requests;
    if (lines.length > 0) requests.push(`${lines[0]} with ${length}`);
    head = { lines, rest: rest.slice(length) };
  }
  return requests;
}

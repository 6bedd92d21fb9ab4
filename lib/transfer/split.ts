/** The most bytes of a line. The largest record, a user with 1,000 ended sessions, takes a tenth. */
const mostBytes = 1024 * 1024;

/** A line with its number, from 1; undefined text for one that is too long or not UTF-8. */
export type Numbered = Readonly<{ number: number; text: string | undefined }>;

/** Splits a stream of bytes into lines, in bounded memory even for endless lines. Accepts CRLF. */
export async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Numbered> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let kept: Buffer[] = [];
  let bytes = 0;
  let number = 0;

  function keep(part: Buffer): void {
    bytes += part.length;
    if (bytes <= mostBytes) kept.push(part);
    else kept = [];
  }
  function take(): Numbered {
    number += 1;
    const line = bytes > mostBytes ? undefined : textOf(decoder, Buffer.concat(kept));
    kept = [];
    bytes = 0;
    return { number, text: line };
  }

  for await (const chunk of source) {
    let rest = Buffer.from(chunk);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      keep(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      yield take();
    }
    keep(rest);
  }
  if (bytes > 0) yield take();
}

function textOf(decoder: { decode(bytes: Uint8Array): string }, line: Buffer): string | undefined {
  try {
    return decoder.decode(line);
  } catch {
    return undefined;
  }
}

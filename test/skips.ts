type Event = Readonly<{ type: string; data?: { name?: string; file?: string; skip?: string | boolean } }>;

/** A reporter for node:test that names each skipped test and why, one a line: nothing is skipped silently. */
export default async function* skips(events: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' || data?.skip === undefined || data.skip === false) continue;
    const reason = typeof data.skip === 'string' && data.skip !== '' ? data.skip : 'no reason given';
    yield `${data.file?.replace(`${process.cwd()}/`, '') ?? ''}: ${data.name ?? ''}: ${reason}\n`;
  }
}

import { printTable } from '../table.ts';

type Fetched = Readonly<{ name: string; wire: number; plain: number }>;

/** The bytes of the answer's body as sent, and unpacked. Undici's `fetch` unpacks: the length is of what was sent. */
async function fetched(base: string, path: string): Promise<Fetched & Readonly<{ text: string }>> {
  const answer = await fetch(base + path, { headers: { 'accept-encoding': 'gzip', accept: '*/*' } });
  const text = await answer.text();
  const sent = answer.headers.get('content-length');
  const plain = Buffer.byteLength(text);
  return { name: path.split('?')[0] ?? path, wire: sent === null ? plain : Number(sent), plain, text };
}

/** What a browser loads for the sign-in page, the first time that it comes. All of it is named in the HTML: one round trip after it. */
export async function printFirstPage(base: string): Promise<void> {
  const page = await fetched(base, '/_gatewarden/login?next=/');
  const named = [...page.text.matchAll(/(?:src|href)="([^"]+\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  const files = await Promise.all([...new Set(named)].map((path) => fetched(base, path)));
  const all = [page, ...files];
  const wire = all.reduce((sum, one) => sum + one.wire, 0);
  printTable(
    'The first sign-in page: bytes on the wire without headers',
    ['', 'sent', 'unpacked'],
    [...all.map((one) => [one.name, String(one.wire), String(one.plain)]), ['all', String(wire), '']],
  );
}

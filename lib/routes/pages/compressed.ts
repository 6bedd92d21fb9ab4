import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Asset } from '../../pages/index.ts';

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;

/** Up to this size brotli takes its time: above, the best quality takes a second and saves little. */
const large = 64 * 1024;

const compressors = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, {
      params: { [BROTLI_PARAM_QUALITY]: body.length < large ? 11 : 9, [BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
  gzip: (body: Buffer) => promisify(gzip)(body, { level: 9 }),
} as const;

type Encoding = keyof typeof compressors;

/** The encodings that we make, the one that we like best first. */
const encodings: readonly Encoding[] = ['br', 'gzip'];

/** Whether a client takes an encoding, by its `Accept-Encoding` (RFC 9110, 12.5.3). One that says nothing gets none. */
function accepts(header: string | undefined, encoding: Encoding): boolean {
  const ranges = (header ?? '').slice(0, 400).toLowerCase().split(',', 20);
  const parsed = ranges.map((range) => range.split(';').map((part) => part.trim()));
  const named = parsed.find(([name]) => name === encoding) ?? parsed.find(([name]) => name === '*');
  return named !== undefined && !named.some((part) => /^q=0(\.0*)?$/.test(part));
}

type Encoded = Readonly<{ body: Asset['body']; encoding?: Encoding }>;

const made = new WeakMap<Asset, Map<Encoding, Promise<Encoded>>>();

async function encode({ body }: Asset, encoding: Encoding): Promise<Encoded> {
  const plain = Buffer.from(body);
  const compressed = await compressors[encoding](plain);
  return compressed.length < plain.length ? { body: compressed, encoding } : { body };
}

/** Images besides SVG are compressed already. */
export const isCompressible = ({ type }: Asset): boolean => !type.startsWith('image/') || type.includes('svg');

/** A file as it is sent to a client that accepts these encodings. Each is made once, when it is first asked for. */
export async function encoded(file: Asset, acceptEncoding: string | undefined): Promise<Encoded> {
  const encoding = encodings.find((one) => accepts(acceptEncoding, one));
  if (encoding === undefined || !isCompressible(file)) return { body: file.body };
  const known = made.get(file) ?? new Map<Encoding, Promise<Encoded>>();
  made.set(file, known);
  const making = known.get(encoding) ?? encode(file, encoding);
  known.set(encoding, making);
  return making;
}

import { svgProblem, svgSize } from './svg.ts';

/** An image that browsers show: its media type and the ending of its name, and how much wider than high it is. */
export type Image = Readonly<{ type: string; extension: string; ratio: number }>;

type Size = Readonly<{ width: number; height: number }>;
type Format = Readonly<{
  type: string;
  extension: string;
  is: (bytes: Buffer) => boolean;
  /** Undefined for a file that is broken. */
  size: (bytes: Buffer) => Size | undefined;
}>;

const tag = (bytes: Buffer, from: number, text: string): boolean =>
  bytes.toString('latin1', from, from + text.length) === text;

const formats: readonly Format[] = [
  { type: 'image/png', extension: 'png', is: (bytes) => tag(bytes, 0, '\x89PNG\r\n\x1a\n'), size: pngSize },
  { type: 'image/jpeg', extension: 'jpg', is: (bytes) => tag(bytes, 0, '\xff\xd8\xff'), size: jpegSize },
  {
    type: 'image/webp',
    extension: 'webp',
    is: (bytes) => tag(bytes, 0, 'RIFF') && tag(bytes, 8, 'WEBP'),
    size: webpSize,
  },
];

/** The image in a file, told by its content; else what is wrong with it, in words that follow the name of the file. */
export function imageIn(bytes: Buffer): Image | string {
  const format = formats.find(({ is }) => is(bytes));
  if (format === undefined) return svgIn(bytes);
  const size = format.size(bytes);
  return size === undefined || size.width === 0 || size.height === 0
    ? `is a broken ${format.extension.toUpperCase()} file`
    : { type: format.type, extension: format.extension, ratio: size.width / size.height };
}

function svgIn(bytes: Buffer): Image | string {
  const text = bytes.toString('utf8');
  const problem = Buffer.from(text, 'utf8').equals(bytes) ? svgProblem(text) : 'is no SVG, PNG, WebP or JPEG image';
  if (problem !== undefined) return problem;
  const { width, height } = svgSize(text);
  return { type: 'image/svg+xml; charset=utf-8', extension: 'svg', ratio: width / height };
}

/** The first chunk of a PNG is its header (PNG, 11.2.1), the last one IEND. */
function pngSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 33 || !tag(bytes, 12, 'IHDR') || !bytes.includes('IEND', 24, 'latin1')) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Markers of a frame (ITU T.81, B.1.1.3): C0 to CF without the three that are none. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    // A marker may be preceded by any number of fill bytes.
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** The three forms of WebP: extended, lossless, lossy (RFC 9649, 2.5 to 2.7). */
function webpSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 30 || bytes.readUInt32LE(4) + 8 > bytes.length) return undefined;
  if (tag(bytes, 12, 'VP8X')) return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (tag(bytes, 12, 'VP8L')) {
    const bits = bytes.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!tag(bytes, 12, 'VP8 ')) return undefined;
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}

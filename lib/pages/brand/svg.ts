const noImage = 'is no SVG, PNG, WebP or JPEG image';

/** The tag of the root element, after what may stand before it: a byte order mark, `<?xml …?>`, comments and a document type. */
function rootOf(text: string): string | undefined {
  const prolog = /^\uFEFF?(?:\s|<\?xml [^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE [^>[]*>)*/i.exec(text)?.[0] ?? '';
  return /^<svg(?=[\s>/])[^>]*>/.exec(text.slice(prolog.length))?.[0];
}

/** A logo is shown as an image, in which browsers run no script; opened by itself it would be a page of our origin. */
const active: readonly (readonly [RegExp, string])[] = [
  [/<\s*(?:[\w-]+:)?script[\s>/]/i, 'has a script in it'],
  [/\son[a-z]+\s*=/i, 'has an event handler in it'],
  [/<\s*(?:[\w-]+:)?foreignObject[\s>/]/i, 'has a foreignObject in it'],
  [/javascript:/i, 'has a script in it'],
  [/<!ENTITY/i, 'declares entities'],
];

/** What is wrong with an SVG, in words that follow its name; undefined for one that can be shown. */
export function svgProblem(text: string): string | undefined {
  const root = rootOf(text);
  if (root === undefined) return /<!ENTITY/i.test(text) ? 'declares entities' : noImage;
  const found = active.find(([pattern]) => pattern.test(text));
  if (found !== undefined) return found[1];
  if (!/\sxmlns\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/.test(root))
    return 'is an SVG without xmlns="http://www.w3.org/2000/svg", which browsers do not show';
  return root.endsWith('/>') || endsWithRoot(text) ? undefined : 'is a broken SVG file';
}

const endTag = '</svg>';

/** Whether nothing but comments stands behind the last end tag: a file that breaks off is not shown. */
function endsWithRoot(text: string): boolean {
  const at = text.lastIndexOf(endTag);
  return at !== -1 && /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)*$/.test(text.slice(at + endTag.length));
}

/** The size that an SVG names, else a square. */
export function svgSize(text: string): Readonly<{ width: number; height: number }> {
  const root = rootOf(text) ?? '';
  const box = /\sviewBox\s*=\s*["']([^"']*)["']/.exec(root)?.[1];
  const [, , width = 0, height = 0] = (box ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (width > 0 && height > 0) return { width, height };
  const lengthOf = (name: string) =>
    Number(new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(root)?.[1] ?? 0);
  const [given, high] = [lengthOf('width'), lengthOf('height')];
  return given > 0 && high > 0 ? { width: given, height: high } : { width: 1, height: 1 };
}

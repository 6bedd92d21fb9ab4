import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { imageIn } from '../../lib/pages/brand/image.ts';

/** Images of 6 by 2 pixels, as Chromium writes them. */
const images = {
  PNG: 'iVBORw0KGgoAAAANSUhEUgAAAAYAAAACCAYAAAB7Xa1eAAAAH0lEQVR4AXTDMQ0AAAwCsIV34nCC/w8MQJPiRbe4IQAAAP//lPZAowAAAAZJREFUAwCIhwqvxnOuTAAAAABJRU5ErkJggg==',
  JPEG: '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAACAAYDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCAARP/2Q==',
  'lossy WebP': 'UklGRiwAAABXRUJQVlA4ICAAAAAwAQCdASoGAAIABABoJaAAA3AA/us2P/6Fesvvpi4AAA==',
  'lossless WebP': 'UklGRh4AAABXRUJQVlA4TBEAAAAvBUAAAAdQty70qf+BiOh/AAA=',
  'extended WebP':
    'UklGRlQAAABXRUJQVlA4WAoAAAAQAAAABQAAAQAAQUxQSAsAAAABDzCIERGiBxH9DwBWUDggIgAAADABAJ0BKgYAAgACwEwlkAADcAD+7goH/dVvQdzEGcQAAAA=',
};

const types: Readonly<Record<string, readonly [string, string]>> = {
  PNG: ['image/png', 'png'],
  JPEG: ['image/jpeg', 'jpg'],
};

for (const [name, base64] of Object.entries(images)) {
  const bytes = Buffer.from(base64, 'base64');

  test(`${name} is told by its content, with its sides`, () => {
    const [type, extension] = types[name] ?? ['image/webp', 'webp'];
    deepEqual(imageIn(bytes), { type, extension, ratio: 3 });
  });

  test(`${name} that is cut short is broken, or no image, and never an error`, () => {
    const cut = Array.from({ length: bytes.length - 1 }, (_, at) => imageIn(bytes.subarray(0, at)));
    const half = cut.slice(0, Math.floor(bytes.length / 2));
    equal(
      half.every((found) => typeof found === 'string' && /^is (a broken|no) /.test(found)),
      true,
    );
  });
}

const svg = (inside = '', more = ' viewBox="0 0 48 16"') =>
  `<svg xmlns="http://www.w3.org/2000/svg"${more}>${inside}</svg>`;

const squares: readonly (readonly [string, string, number])[] = [
  ['with a viewBox', svg(), 3],
  ['with a size', svg('', ' width="30px" height="20"'), 1.5],
  ['without a size', svg('', ''), 1],
  ['with a size in percent', svg('', ' width="100%" height="100%"'), 1],
  [
    'after what may stand before it',
    `\uFEFF<?xml version="1.0"?>\n<!-- - -- a logo -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n${svg()}\n<!-- end -->\n`,
    3,
  ],
  ['empty', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', 1],
];

for (const [name, text, ratio] of squares) {
  test(`an SVG ${name} is an image`, () => {
    deepEqual(imageIn(Buffer.from(text)), { type: 'image/svg+xml; charset=utf-8', extension: 'svg', ratio });
  });
}

const noImage = 'is no SVG, PNG, WebP or JPEG image';
const refused: readonly (readonly [string, string, string])[] = [
  ['with a script', svg('<script>alert(1)</script>'), 'has a script in it'],
  ['with a script of a prefix', svg('<s:script xlink:href="x"/>'), 'has a script in it'],
  ['with an event handler', svg('<g\nonclick = "x()"/>'), 'has an event handler in it'],
  ['with a link to a script', svg('<a href="JavaScript:x()"/>'), 'has a script in it'],
  ['with HTML', svg('<foreignObject><p/></foreignObject>'), 'has a foreignObject in it'],
  ['with entities', `<!DOCTYPE svg [<!ENTITY a "b">]>${svg()}`, 'declares entities'],
  [
    'without a namespace',
    '<svg viewBox="0 0 1 1"></svg>',
    'is an SVG without xmlns="http://www.w3.org/2000/svg", which browsers do not show',
  ],
  ['that is cut short', svg().slice(0, -3), 'is a broken SVG file'],
  ['within HTML', `<p>${svg()}</p>`, noImage],
  ['of another name', '<svgx xmlns="http://www.w3.org/2000/svg"></svgx>', noImage],
  ['that is empty', '', noImage],
];

for (const [name, text, problem] of refused) {
  test(`an SVG ${name} is refused`, () => equal(imageIn(Buffer.from(text)), problem));
}

test('what is no image is refused, in bytes of any kind', () => {
  for (const bytes of ['GIF89a', '%PDF-1.7', 'PK\x03\x04', '\x00\x00\x01\x00', '\xff\xfe<\0s\0v\0g\0'])
    equal(imageIn(Buffer.from(bytes, 'latin1')), noImage);
});

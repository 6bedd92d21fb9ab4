import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { testGate } from 'gatewarden/testing';
import { SettingsError } from '../../lib/errors.ts';
import { temporaryFolder } from '../support/folders.ts';
import { site } from './site.ts';

const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20"/></svg>';

async function folderWith(name: string, content: string | Buffer) {
  const folder = await temporaryFolder();
  const path = join(folder.path, name);
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const loadedBy = (page: string) =>
  [...page.matchAll(/(?:href|src)="\/auth\/(assets\/brand\/[^"]+)"/g)].map(([, at]) => at);

test('the pages show the logo and the colour of the settings, from files that may be kept for ever', async () => {
  await using file = await folderWith('logo.png', logo);
  await using here = await site({ brandName: 'Example', brandLogo: file.path, brandColor: '#0B6E4F' });
  const page = await (await here.client().send('/auth/login')).text();
  const [icon, colours, shown] = loadedBy(page);
  match(page, /<img src="[^"]+" alt="" width="120" height="40">/);
  equal(icon, shown);
  const image = await here.client().send(`/auth/${icon}`);
  deepEqual(
    [image.status, image.headers.get('content-type'), image.headers.get('cache-control'), image.headers.get('vary')],
    [200, 'image/svg+xml; charset=utf-8', 'public, max-age=31536000, immutable', 'Accept-Encoding'],
  );
  equal(await image.text(), logo);
  const styles = await here.client().send(`/auth/${colours}`);
  equal(styles.headers.get('content-type'), 'text/css; charset=utf-8');
  match(await styles.text(), /--accent: #0b6e4f;/);
});

test('a picture in bytes arrives as it is', async () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAYAAAACCAYAAAB7Xa1eAAAAH0lEQVR4AXTDMQ0AAAwCsIV34nCC/w8MQJPiRbe4IQAAAP//lPZAowAAAAZJREFUAwCIhwqvxnOuTAAAAABJRU5ErkJggg==';
  await using file = await folderWith('logo', Buffer.from(png, 'base64'));
  await using here = await site({ brandLogo: file.path });
  const [at] = loadedBy(await (await here.client().send('/auth/login')).text());
  const image = await here.client().send(`/auth/${at}`);
  deepEqual([image.headers.get('content-type'), image.headers.get('vary')], ['image/png', null]);
  equal(Buffer.from(await image.arrayBuffer()).toString('base64'), png);
});

test('a logo that is opened by itself runs nothing and loads nothing', async () => {
  await using file = await folderWith('logo.svg', logo);
  await using here = await site({ brandLogo: file.path });
  const [at] = loadedBy(await (await here.client().send('/auth/login')).text());
  const { headers } = await here.client().send(`/auth/${at}`);
  equal(
    headers.get('content-security-policy'),
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  );
  equal(headers.get('x-content-type-options'), 'nosniff');
});

test('with a colour and without a logo, ours has that colour', async () => {
  await using here = await site({ brandColor: '#7a1fa2' });
  const [icon] = loadedBy(await (await here.client().send('/auth/login')).text());
  match(await (await here.client().send(`/auth/${icon}`)).text(), /fill="#7a1fa2"/);
});

test('without a brand there is no file of one, and no other file than its own with one', async () => {
  await using plain = await site();
  deepEqual(loadedBy(await (await plain.client().send('/auth/login')).text()), []);
  await using branded = await site({ brandColor: '#7a1fa2' });
  for (const name of ['logo.svg', '..%2fstyle.css', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '']) {
    equal((await branded.client().send(`/auth/assets/brand/${name}`)).status, 404);
  }
});

const unusable: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['no image', 'GIF89a', /logo" is no SVG, PNG, WebP or JPEG image$/],
  ['a script in an SVG', logo.replace('<rect', '<script/><rect'), /logo" has a script in it$/],
  ['more than 200 kB', Buffer.alloc(200_001), /logo" is larger than 200 kB$/],
];

const problemWith = (problem: RegExp) => (error: unknown) =>
  error instanceof SettingsError && error.problems.length === 1 && problem.test(error.problems[0] ?? '');

for (const [what, content, problem] of unusable) {
  test(`a logo with ${what} stops the start`, async () => {
    await using file = await folderWith('logo', content);
    await rejects(testGate({ brandLogo: file.path }), problemWith(problem));
  });
}

test('a logo that is not there, and a folder, stop the start', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'logo');
  await rejects(testGate({ brandLogo: path }), problemWith(/^BRAND_LOGO: ".*logo" cannot be read \(ENOENT\)$/));
  await mkdir(path);
  await rejects(testGate({ brandLogo: path }), problemWith(/logo" is no file$/));
});

test('a colour that is none, or on which white cannot be read, stops the start', async () => {
  await rejects(
    testGate({ brandColor: 'red' }),
    problemWith(/^option "brandColor": must be a colour such as #2f5bd0$/),
  );
  await rejects(testGate({ brandColor: '#ffd400' }), problemWith(/^BRAND_COLOR: has a contrast of 1\.4:1 with white/));
});

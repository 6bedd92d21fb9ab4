import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { problemOfDataDir } from '../../lib/stores/data-dir.ts';
import { temporaryFolder } from '../support/folders.ts';

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const at = (...names: string[]) => join(folder.path, ...names);

before(async () => {
  await mkdir(at('there'));
  await writeFile(at('file'), '');
  await symlink(at('there'), at('link'));
  await symlink(at('nowhere'), at('dangling'));
  await symlink(at('file'), at('link-to-file'));
});

const cases: [title: string, path: string, code: RegExp | undefined][] = [
  ['a directory', at('there'), undefined],
  ['a link to one', at('link'), undefined],
  ['a directory to be made', at('new'), undefined],
  ['several directories to be made', at('new', 'and', 'newer'), undefined],
  ['a file', at('file'), /ENOTDIR/],
  ['a path below a file', at('file', 'data'), /ENOTDIR/],
  ['a link to nothing', at('dangling'), /ENOENT/],
  ['a link to a file', at('link-to-file'), /ENOTDIR/],
  ['a directory that takes no files', '/proc', /ENOENT|EACCES|EPERM/],
  ['a place that takes no directories', '/proc/gatewarden/data', /ENOENT|EACCES|EPERM/],
];
for (const [title, path, code] of cases) {
  test(`${title} ${code === undefined ? 'can be' : 'cannot be'} the data directory`, async () => {
    const problem = await problemOfDataDir(path);
    if (code === undefined) equal(problem, undefined);
    else match(problem ?? '', new RegExp(`^DATA_DIR: "${path}" cannot be written \\((${code.source})\\)`));
  });
}

test('nothing is left behind', async () => {
  deepEqual((await readdir(folder.path)).sort(), ['dangling', 'file', 'link', 'link-to-file', 'there']);
  deepEqual(await readdir(at('there')), []);
});

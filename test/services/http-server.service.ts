import { match } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromNpm } from './install.ts';

const httpServer = service({
  name: 'http-server',
  installed: await fromNpm(['http-server']),
  async start({ port, folder, installed, env }) {
    const files = join(folder, 'files');
    await mkdir(files);
    await writeFile(join(files, 'plain.txt'), 'a plain file');
    await writeFile(join(files, 'with space & 100%.txt'), 'a file with a space');
    await writeFile(join(files, 'literal%20escape.txt'), 'a file with an escape in its name');
    await writeFile(join(files, 'back\\slash.txt'), 'a file with a backslash');
    const program = join(installed, 'node_modules', '.bin', 'http-server');
    return start(program, [files, '-a', '127.0.0.1', '-p', String(port)], { env });
  },
});

httpServer.tries(
  'browser',
  'the listing, files with spaces, `%`, a literal `%20` and a backslash in their names',
  async ({ signedIn }) => {
    const page = await signedIn();
    for (const [name, content] of [
      ['plain.txt', 'a plain file'],
      ['with space & 100%.txt', 'a file with a space'],
      ['literal%20escape.txt', 'an escape in its name'],
      ['back\\slash.txt', 'a file with a backslash'],
    ] as const) {
      await page.getByRole('link', { name }).click();
      await page.getByText(content).waitFor();
      await page.goBack();
    }
  },
);

httpServer.tries('command line', '`curl` with a range, with an API token', async ({ address, token, command }) => {
  const args = ['--silent', '--include', '--range', '2-6', '--oauth2-bearer', token, `${address}/plain.txt`];
  match(await command('curl', args), /206 Partial Content[\s\S]*\r\n\r\nplain$/);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromNpm } from './install.ts';

const vite = service({
  name: 'Vite',
  installed: await fromNpm(['vite']),
  async start({ port, folder, installed, env }) {
    const page = '<!doctype html><title>Tides</title><p id=tide></p><script type=module src=/main.js></script>';
    await writeFile(join(folder, 'index.html'), page);
    await writeFile(
      join(folder, 'main.js'),
      "import { tide } from './tide.js'; document.querySelector('#tide').textContent = tide;",
    );
    await writeFile(join(folder, 'tide.js'), "export const tide = 'low water';");
    const program = join(installed, 'node_modules', '.bin', 'vite');
    return start(program, ['--host', '127.0.0.1', '--port', String(port), '--strictPort'], { cwd: folder, env });
  },
});

vite.tries('browser', 'a page reloads by itself when a file changes', async ({ signedIn, folder }) => {
  const page = await signedIn();
  await page.getByText('low water').waitFor();
  await writeFile(join(folder, 'tide.js'), "export const tide = 'high water';");
  await page.getByText('high water').waitFor();
});

import { match } from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { service } from './behind.ts';
import { fromDebian, startUnpacked } from './install.ts';

const packages = ['php8.2-cli', 'php8.2-common', 'php8.2-xml', 'libphp-simplepie', 'php-phpseclib', 'php-geshi'];
const scripts = ['libjs-jquery', 'libjs-jquery-cookie', 'libjs-jquery-ui'];
const extensions = ['iconv', 'ctype', 'dom', 'xml', 'simplexml', 'tokenizer'];

/** Debian's DokuWiki spreads over `/usr/share`, `/etc` and `/var/lib`: its parts are put together in one folder. */
async function assemble(installed: string, folder: string): Promise<string> {
  const [wiki, conf, data] = [join(folder, 'wiki'), join(folder, 'conf'), join(folder, 'data')];
  await cp(join(installed, 'usr/share/dokuwiki'), wiki, { recursive: true, verbatimSymlinks: true });
  await cp(join(installed, 'etc/dokuwiki'), conf, { recursive: true, verbatimSymlinks: true });
  await cp(join(installed, 'var/lib/dokuwiki/data'), data, { recursive: true });
  for (const name of ['lib/plugins', 'lib/tpl']) {
    await rm(join(wiki, name));
    await cp(join(installed, 'var/lib/dokuwiki', name), join(wiki, name), { recursive: true });
  }
  const preload = await readFile(join(wiki, 'inc/preload.php'), 'utf8');
  await writeFile(join(wiki, 'inc/preload.php'), preload.replaceAll('/etc/dokuwiki/', `${conf}/`));
  const settings = [`$conf['savedir'] = '${data}'`, "$conf['useacl'] = 0", "$conf['updatecheck'] = 0", ''];
  await writeFile(join(conf, 'local.php'), `<?php\n${settings.join(';\n')}`);
  return wiki;
}

const dokuwiki = service({
  name: 'DokuWiki',
  installed: await fromDebian('dokuwiki', ...packages, ...scripts),
  needs: ["`$conf['useacl'] = 0`: the gateway decides who may read and write"],
  async start({ port, folder, installed }) {
    const wiki = await assemble(installed, folder);
    const php = {
      extension_dir: join(installed, 'usr/lib/php/20220829'),
      include_path: '.:/usr/share/php',
      'session.save_path': folder,
    };
    const settings = Object.entries(php).map(([name, value]) => `${name}=${value}`);
    const all = [...settings, ...extensions.map((name) => `extension=${name}`)].flatMap((one) => ['-d', one]);
    return startUnpacked(installed, 'usr/bin/php8.2', ['-n', ...all, '-S', `127.0.0.1:${port}`, '-t', wiki], folder);
  },
});

dokuwiki.tries('browser', 'a page is written, saved and found', async ({ signedIn, address }) => {
  const page = await signedIn('/doku.php?id=tides&do=edit');
  await page.locator('#wiki__text').fill('====== Tides ======\n\nHigh water at six.');
  await page.locator('#edbtn__save').click();
  await page.getByRole('heading', { name: 'Tides' }).waitFor();
  await page.goto(`${address}/doku.php?id=tides&do=search&q=water`);
  await page.getByRole('link', { name: 'tides' }).first().waitFor();
});

dokuwiki.tries('command line', '`curl` reads a page, with an API token', async ({ address, viewerToken, command }) => {
  const url = `${address}/doku.php?id=tides&do=export_raw`;
  match(await command('curl', ['--silent', '--oauth2-bearer', viewerToken, url]), /High water at six/);
});

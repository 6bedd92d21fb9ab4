import { deepEqual, equal, match } from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { checkedGatewayConfig } from '../../gateway/config/index.ts';
import { keysOf } from '../../gateway/config/schema.ts';
import { folder, problemsOf, settingsOf } from '../gateway/config/reading.ts';

after(() => rmSync(folder, { recursive: true }));

const page = readFileSync('docs/gateway-config.md', 'utf8');

/** The names in the first column of the table with this heading. */
function namesIn(heading: string): readonly string[] {
  const [, table = ''] = page.split(`| ${heading} | default | meaning |\n|---|---|---|\n`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

test('the page lists every key of the file, and no other', () => {
  deepEqual(namesIn('key'), keysOf(undefined));
  const [, ofRoute = ''] = page.split('## Keys of a route');
  const rows = [...ofRoute.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  deepEqual(
    keysOf('routes').filter((key) => !rows.includes(key)),
    [],
  );
  for (const map of ['health', 'tls', 'limits']) deepEqual(namesIn(`key of \`${map}\``), keysOf(map), map);
});

test('the example of the page can be used, its tests hold, and nothing in it is warned about', async () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(folder, 'example.yaml');
  writeFileSync(file, example);
  const { routes, warnings } = await checkedGatewayConfig(file, settingsOf());
  equal(routes.length, 4);
  deepEqual(warnings, []);
});

test('the example of the README can be used, and its tests hold', async () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const file = join(folder, 'readme.yaml');
  writeFileSync(file, example);
  const { routes, warnings } = await checkedGatewayConfig(file, settingsOf());
  equal(routes.length, 2);
  deepEqual(warnings, []);
});

test('the problems that the page shows are those of such a file', () => {
  const shown = [...page.matchAll(/^ {2}- gatewarden\.yaml:(.*)$/gm)].map(([, problem]) => problem);
  const text = `# the wiki
routes:
  - host: https://wiki.example.com
    upstrem: http://wiki:8080
    upstream: http://wiki:8080
    rules: |
      vewer read /**`;
  deepEqual(problemsOf(text), shown);
  match(page, /`the configuration was reloaded`/);
});

import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { freePort } from '../support/ports.ts';
import { gatewayTo, upstreamThat } from './started.ts';
import { until } from './until.ts';

const page = '/_gatewarden/admin/health';
const localhost = { host: 'localhost', 'accept-language': 'en' };

/** Rows of the table of services: the text of each cell. */
const rowsIn = (text: string): string[][] =>
  [...(text.split('id="services"')[1] ?? '').matchAll(/<tr>(.*?)<\/tr>/gs)]
    .map(([, row = '']) => [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = '']) => textOf(cell)))
    .slice(1);

const textOf = (cell: string): string =>
  cell
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

test('the page tells of each target of each route, and how long a connection takes', async () => {
  await using service = await upstreamThat((_req, res) => void res.end('ok'));
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const file = [
    'routes:',
    '  - host: two.example',
    `    upstream: ["${service.url}", "${nobody}"]`,
    '    health: { path: /, interval: 10s }',
    '    rules: public * /**',
    '  - host: one.example',
    `    upstream: "${service.url}/base"`,
    '    rules: public * /**',
  ].join('\n');
  await using gateway = await gatewayTo(undefined, { file });
  const admin = await gateway.bearer('ada', 'admin');
  const operator = await gateway.bearer('olga', 'operator');
  await until(() => gateway.app.health().every(({ checked }, n) => n === 2 || checked !== undefined));
  const { text } = await gateway.send('localhost', page, { headers: { ...localhost, ...admin } });
  const [first = [], second = [], third = []] = rowsIn(text);
  deepEqual([first[0], first[1], first[2], first[5], first[6]], ['two.example', service.url, 'well', '0', 'none']);
  match(first[3] ?? '', /^[\d.]+ ms$/);
  match(first[4] ?? '', /^[\d.]+ ms \S/);
  deepEqual([second[0], second[1], second[2]], [nobody, 'down', 'ECONNREFUSED']);
  match(second[3] ?? '', /^ECONNREFUSED, [\d.]+ ms \S/);
  match(second[5] ?? '', /^ECONNREFUSED \S/);
  deepEqual([third[0], third[1], third[4]], ['one.example', `${service.url}/base`, 'not checked']);
  match(text, /Something does not answer/);
  const seen = await gateway.send('localhost', page, { headers: { ...localhost, ...operator } });
  deepEqual([rowsIn(seen.text)[0]?.[1], rowsIn(seen.text)[1]?.[0]], ['Number 1', 'Number 2']);
  doesNotMatch(seen.text, /127\.0\.0\.1/, 'addresses are for admins');
});

test('a gateway without a service says so, and after a reload it tells of the new ones', async () => {
  await using service = await upstreamThat((_req, res) => void res.end('ok'));
  const routeTo = (host: string) =>
    `routes:\n  - host: ${host}\n    upstream: "${service.url}"\n    rules: public * /**\n`;
  await using gateway = await gatewayTo(undefined, { file: routeTo('before.example') });
  const admin = await gateway.bearer('ada', 'admin');
  const routes = async () => {
    const { text } = await gateway.send('localhost', page, { headers: { ...localhost, ...admin } });
    return rowsIn(text).map(([name]) => name);
  };
  deepEqual(await routes(), ['before.example']);
  gateway.reload(routeTo('after.example'));
  deepEqual(await routes(), ['after.example']);
  await using bare = await gatewayTo(undefined, { options: { trustedProxies: ['127.0.0.1/32'] } });
  const other = await bare.bearer('ada', 'admin');
  const { text, status } = await bare.send('localhost', page, { headers: { ...localhost, ...other } });
  equal(status, 200);
  match(text, /no service behind it/);
});

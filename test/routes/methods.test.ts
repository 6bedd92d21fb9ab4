import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inventory } from '../../lib/routes/inventory.ts';
import { navigate, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site();
});
after(() => here[Symbol.asyncDispose]());

const every = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const paths = [...new Set(inventory.filter((one) => !one.everyMethod).map(({ path }) => path))];

/** The methods of the inventory, as `Allow` lists them. */
function methodsOf(path: string): string[] {
  const methods = inventory.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].sort();
}

const listed = (answer: Response): string[] => (answer.headers.get('allow') ?? '').split(', ').sort();

for (const path of paths) {
  test(`${path} answers another method with 405 and the methods that it has`, async () => {
    const at = `/auth${path.replace(/\{\w+\}/g, 'x')}`;
    for (const method of every.filter((one) => !methodsOf(path).includes(one))) {
      const answer = await here.client().send(at, { method });
      deepEqual([answer.status, listed(answer)], [405, methodsOf(path)], method);
      if (method === 'HEAD') continue;
      const body = (await answer.json()) as Record<string, unknown>;
      if (path.startsWith('/oauth/')) equal(body.error, 'invalid_request');
      else equal(body.code, 'method_not_allowed');
    }
  });

  test(`${path} answers OPTIONS with its methods, and grants nothing to other origins`, async () => {
    const asked = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const at = `/auth${path.replace(/\{\w+\}/g, 'x')}`;
    const answer = await here.client().send(at, { method: 'OPTIONS', headers: asked });
    deepEqual([answer.status, listed(answer)], [204, methodsOf(path)]);
    equal(answer.headers.get('access-control-allow-origin'), null);
  });
}

test('a path that does not exist is 404 with every method, and lists none', async () => {
  for (const method of every) {
    const answer = await here.client().send('/auth/api/v1/nothing', { method });
    deepEqual([answer.status, answer.headers.get('allow')], [404, null], method);
  }
});

test('a browser that opens the address of a form gets a page', async () => {
  const answer = await navigate(`${here.address}/auth/account/password`);
  deepEqual([answer.statusCode, answer.headers.allow], [405, 'POST, OPTIONS']);
  equal(answer.headers['content-type'], 'text/html; charset=utf-8');
});

import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from '../express/app.ts';
import { rawRequest } from '../support/http.ts';
import { requestOf } from './modes.ts';

/**
 * Express remembers how much of `req.url` is scheme and host before any middleware runs, and cuts by that length at each
 * mount. Were they taken away meanwhile, every mounted handler would see another path than the one that was judged.
 */
describe('a target in absolute form, which must not shift what a mounted handler sees', () => {
  const host = 'http://localhost';
  const pad = 'x'.repeat(host.length);
  let app: App;
  let port: number;
  const reached: string[] = [];

  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/judged', gate.protect({ rules: 'public read /judged/**' }));
      server.use('/guarded', gate.authenticate());
      server.use(gate.protect({ rules: 'public read /files/public/**\npublic read /*/open/**\nadmin * /**' }));
      server.use('/files', (req, res) => void res.end(`file ${reached.push(req.url)}`));
      server.use('/:tenant', (_req, _res, next) => next());
      server.get('/admin', (req, res) => void res.end(`admin ${reached.push(req.url)}`));
    });
    port = Number(new URL(app.url).port);
  });
  after(() => app.close());

  async function ask(target: string): Promise<string> {
    return (await rawRequest(port, requestOf(target))).slice(0, 12);
  }

  it('below a mounted folder', async () => {
    equal(
      await ask(`${host}/files/public/${'x'.repeat(host.length - '/public'.length - 1)}/secret.txt`),
      'HTTP/1.1 200',
    );
    deepEqual(reached.splice(0), [`${host}/public/${'x'.repeat(host.length - '/public'.length - 1)}/secret.txt`]);
  });

  it('onto another route, by way of a mount with a parameter', async () => {
    equal(await ask(`${host}/ad/open/${'x'.repeat(host.length - '/open/'.length)}min`), 'HTTP/1.1 404');
    deepEqual(reached.splice(0), []);
  });

  for (const mount of ['judged', 'guarded']) {
    it(`past a guard that is itself mounted, below /${mount}`, async () => {
      const shifted = await ask(`${host}/${mount}/${pad}/../../admin`);
      equal(shifted, 'HTTP/1.1 400');
      equal(['HTTP/1.1 404', 'HTTP/1.1 401'].includes(await ask(`${host}/${mount}/${pad}`)), true);
      deepEqual(reached.splice(0), []);
    });
  }
});

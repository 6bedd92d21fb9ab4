import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from './app.ts';

describe('protect()', () => {
  const warnings: string[] = [];
  const silent = () => undefined;
  const log = {
    debug: silent,
    info: silent,
    warn: (fields: object, message: string) => void warnings.push(`${JSON.stringify(fields)} ${message}`),
    error: silent,
  };
  let app: App;
  let viewer: { authorization: string };

  before(async () => {
    app = await startApp(
      (server, { gate }) => {
        server.use('/rewritten', (req, _res, next) => {
          req.url = req.url.replace('/public', '/secret');
          next();
        });
        server.use('/rewritten', gate.protect({ rules: 'public read /rewritten/public/**\nadmin * /**' }));
        server.use('/relative', gate.protect({ rules: 'viewer read /jobs/**' }));
        server.use('/whole', gate.protect({ rules: 'viewer read /whole/jobs/**' }));
        server.use('/Mixed', gate.protect({ rules: 'viewer read /*/jobs/**' }));
        server.use((req, res) => void res.send(req.originalUrl));
      },
      { log },
    );
    viewer = (await app.signedInAs('viewer')).headers;
  });
  after(() => app.close());

  it('judges the target that the app sees as well as the one that was sent', async () => {
    const { status, code } = await app.ask('/rewritten/public/x');
    deepEqual([status, code], [401, 'missing_credential']);
    equal((await app.ask('/rewritten/public/x', { headers: viewer })).status, 403);
  });

  it('judges what was sent where it is not rewritten', async () => {
    equal((await app.ask('/whole/jobs/1', { headers: viewer })).status, 200);
    equal((await app.ask('/whole/other', { headers: viewer })).status, 403);
    equal((await app.ask('/whole/jobs/1')).status, 401);
  });

  it('warns once where no rule can match below the mount path', async () => {
    for (const path of ['/relative/jobs/1', '/relative/jobs/2']) {
      equal((await app.ask(path, { headers: viewer })).status, 403);
    }
    await app.ask('/mixed/jobs/1', { headers: viewer });
    const [only, ...others] = warnings.filter((line) => line.includes('protect()'));
    match(only ?? '', /^\{"mount":"\/relative"\} no rule of protect\(\) can match/);
    deepEqual(others, []);
  });
});

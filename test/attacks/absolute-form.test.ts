import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from '../express/app.ts';
import { rawRequest } from '../support/http.ts';
import { requestOf } from './raw.ts';

const host = 'http://localhost';

const rules = `
  public read /files/public/**
  public read /*/open/**
  public read /judged/**
  public read /known/**
  admin * /**
`;

/** A path of so many characters that cutting off another scheme and host would leave `rest`. */
const shifting = (path: string, rest: string): string => path + 'x'.repeat(host.length - path.length) + rest;

/**
 * Express measures scheme and host of `req.url` before any middleware runs, and cuts by that length at each mount. Were
 * they taken away meanwhile, whatever is mounted would see another path than the one that was judged.
 */
describe('a target in absolute form that is to shift the path', () => {
  let app: App;
  const reached: string[] = [];

  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/judged', gate.protect({ rules }));
      server.use('/known', gate.authenticate());
      server.use(gate.protect({ rules }));
      server.use('/files', (req, res) => void res.end(`file ${reached.push(req.url)}`));
      server.use('/:tenant', (_req, _res, next) => next());
      server.use((req, res) => void res.end(`rest ${reached.push(req.url)}`));
    });
  });
  after(() => app.close());

  const attacks: readonly (readonly [where: string, target: string, sees: string])[] = [
    ['below a mounted folder', `/files${shifting('/public/', '/secret.txt')}`, shifting('/public/', '/secret.txt')],
    ['onto another route, by way of a parameter', `/ad${shifting('/open/', 'min')}`, `/ad${shifting('/open/', 'min')}`],
    ['by way of rules that are mounted', `/judged${shifting('/', '-not')}`, `/judged${shifting('/', '-not')}`],
    ['by way of a guard that is mounted', `/known${shifting('/', '-not')}`, `/known${shifting('/', '-not')}`],
  ];
  for (const [where, target, sees] of attacks) {
    it(`shifts nothing ${where}`, async () => {
      const heard = await rawRequest(Number(new URL(app.url).port), requestOf(host + target));
      equal(heard.slice(0, 12), 'HTTP/1.1 200');
      deepEqual(reached.splice(0), [host + sees]);
    });
  }
});

import { deepEqual, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { upstreamThat } from '../gateway/started.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, startGateway } from '../support/gateway.ts';
import { adaIsAdmin, errorOf } from '../support/person.ts';
import { freePort } from '../support/ports.ts';
import { accessToken, nowhere } from './administered.ts';

const gateway = await startGateway({ upstream: nowhere, settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());
const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());

const server = { SERVER: gateway.address };
const ada = { ...server, TOKEN: await accessToken(gateway) };
const viewer = { ...server, TOKEN: await accessToken(gateway, await aViewer()) };

async function aViewer(): Promise<string> {
  const args = ['user', 'add', 'vera', '--role', 'viewer', '--password-stdin'];
  await gatewardenCommand(args, { settings: ada, input: adminPassword });
  return 'vera';
}

/** A server that answers everything with this status: as ours does, or without `problem` as another one. */
async function answering(status: number, problem?: Record<string, string>): Promise<Record<string, string>> {
  const type = problem === undefined ? 'text/html' : 'application/problem+json';
  const body = problem === undefined ? '<h1>Oops</h1>' : JSON.stringify({ status, title: 'No.', ...problem });
  const one = await upstreamThat((_req, res) => void res.writeHead(status, { 'Content-Type': type }).end(body));
  after(() => one[Symbol.asyncDispose]());
  return { SERVER: `http://127.0.0.1:${one.port}`, TOKEN: 'gwt_any' };
}

const stopped = { SERVER: `http://127.0.0.1:${await freePort()}`, TOKEN: 'gwt_any' };
const noMongo = {
  MONGODB_URL: `mongodb://127.0.0.1:${await freePort()}/x`,
  DATA_DIR: folder.path,
  SECRET_KEY: makeSecretKey(),
};

type Failure = readonly [
  what: string,
  settings: Record<string, string>,
  args: string,
  exit: number,
  code: RegExp,
  /** What to do next: the hint, else the message itself. */
  next: RegExp,
];

const failures: readonly Failure[] = [
  ['no such user', ada, 'user show nobody', 1, /^not_found$/, /user list/],
  ['no such client', ada, 'client delete nobody --yes', 1, /^not_found$/, /client list/],
  ['a name that is a path', ada, 'user end .. --yes', 1, /^not_found$/, /user list/],
  ['no such session', ada, 'session end nothing', 1, /^not_found$/, /session list/],
  ['a role that is not there', ada, 'user set-role ada king', 1, /^validation_failed$/, /Correct/],
  ['a name that is taken', ada, 'user add ADA --without-password', 1, /^conflict$/, /user list/],
  ['a folder without a store', { DATA_DIR: folder.path }, 'user list --local', 1, /^not_found$/, /DATA_DIR/],
  ['a server that is stopped', stopped, 'user list', 2, /^unreachable$/, /running/],
  ['a store that is stopped', noMongo, 'user list --local', 2, /^store_unavailable$/, /gatewarden check/],
  ['a server that failed', await answering(500, {}), 'audit', 3, /^failed$/, /log of the server/],
  ['a store of the server that is down', await answering(503, { code: 'store_unavailable' }), 'audit', 3, /./, /again/],
  ['a gateway in between that failed', await answering(502), 'user list', 3, /./, /prefix/],
  ['nobody is signed in', server, 'user list', 4, /^missing_credential$/, /auth login/],
  ['a token that is none', { ...server, TOKEN: 'gwt_wrong' }, 'user list', 4, /^invalid_token$/, /GATEWARDEN_TOKEN/],
  ['a viewer', viewer, 'user list', 4, /^insufficient_role$/, /auth login/],
  ['a viewer who would delete', viewer, 'user delete ada --yes', 4, /^insufficient_role$/, /auth login/],
  ['a dangerous command without --yes', ada, 'user delete vera', 5, /^usage$/, /--yes/],
  ['a mistyped command', ada, 'user lst', 5, /^usage$/, /user --help/],
  ['no server', { SERVER: '' }, 'user list', 5, /^no_server$/, /auth login/],
];

for (const [what, settings, args, exit, code, next] of failures) {
  test(`${what}: ${exit}`, async () => {
    const env = { HOME: folder.path, XDG_CONFIG_HOME: '' };
    const ran = await gatewardenCommand([...args.split(' '), '-o', 'json'], { settings, env });
    deepEqual([ran.code, ran.stdout], [exit, ''], ran.stderr);
    const error = errorOf(ran);
    match(error.code ?? '', code);
    match(error.hint ?? error.message ?? '', next, JSON.stringify(error));
  });
}

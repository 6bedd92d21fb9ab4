import { deepEqual, equal, ok } from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { scopeTable } from '../../lib/request/authorize/scopes.ts';
import { clientKind } from '../../lib/stores/records/kinds/client.ts';
import { accessTokens } from '../../lib/tokens/access-tokens.ts';
import { codeOf, granted, hour, issuer, openTokens, roles } from './open.ts';

type Opened = Awaited<ReturnType<typeof openTokens>>;

async function clientOf({ clients, records }: Opened, more: object = {}) {
  const wanted = { name: 'x', role: 'operator', scopes: ['deploy:write', 'report:read'], ...more };
  const { view } = granted(await clients.create(wanted));
  const record = await records.get(clientKind, `client:${view.clientId}`);
  ok(record);
  return record;
}

describe('the access token that a client is granted', () => {
  it('is a JWT of RFC 9068 without a session', async () => {
    const opened = await openTokens();
    const client = await clientOf(opened, { clientId: 'ci' });
    const { token, expiresAt, jti, scopes } = granted(await opened.access.grant(client, {}));
    const iat = Math.floor(opened.time.now / 1000);
    const exp = Math.floor((opened.time.now + hour) / 1000);
    deepEqual(decodeProtectedHeader(token).typ, 'at+jwt');
    deepEqual(decodeJwt(token), {
      ...{ iss: issuer, aud: issuer, sub: 'client:ci', client_id: 'ci', scope: 'deploy:write report:read' },
      ...{ epoch: 0, jti, iat, exp },
    });
    deepEqual([expiresAt, scopes], [exp * 1000, ['deploy:write', 'report:read']]);
    deepEqual(granted(await opened.access.verify(token)), {
      ...{ kind: 'client', sub: 'client:ci', clientId: 'ci', jti, iat, exp, epoch: 0 },
      scopes: ['deploy:write', 'report:read'],
    });
  });

  it('has the scopes that were asked for, and none that the client does not hold', async () => {
    const opened = await openTokens();
    const client = await clientOf(opened);
    const grant = (...scopes: string[]) => opened.access.grant(client, { scopes });
    deepEqual(granted(await grant('report:read', 'report:read')).scopes, ['report:read']);
    deepEqual(granted(await grant()).scopes, []);
    for (const scope of ['gatewarden:admin', 'admin', 'operator', '', 'report:read deploy:write', 'what:ever', '*']) {
      const refused = await grant('report:read', scope);
      ok(!refused.ok);
      deepEqual(refused.refusal, { code: 'insufficient_scope', scope });
    }
  });

  it('without a scope has none, not all', async () => {
    const opened = await openTokens();
    const { token } = granted(await opened.access.grant(await clientOf(opened, { scopes: [] }), {}));
    const claims = granted(await opened.access.verify(token));
    deepEqual(claims.scopes, []);
  });

  it('is not one that is too long to be read: fewer scopes must be asked for', async () => {
    const opened = await openTokens();
    const names = Array.from({ length: 150 }, (_, at) => `a:${'scope-'.repeat(9)}${at}`);
    const { grant } = accessTokens({ ...opened.parts, scopes: scopeTable(names.join(','), roles) });
    const client = { ...(await clientOf(opened)), scopes: names };
    equal(codeOf(await grant(client, {})), 'insufficient_scope');
    const { token } = granted(await grant(client, { scopes: names.slice(0, 50) }));
    equal(codeOf(await opened.access.verify(token)), 'ok');
  });

  it('ends with the client', async () => {
    const opened = await openTokens();
    const end = opened.time.now + hour / 4;
    const { expiresAt } = granted(await opened.access.grant(await clientOf(opened, { expiresAt: end }), {}));
    equal(expiresAt, Math.floor(end / 1000) * 1000);
  });
});

describe('claims that do not fit together are refused, though we signed them', () => {
  let opened: Opened;
  let good: Record<string, unknown>;
  before(async () => {
    opened = await openTokens();
    const iat = Math.floor(opened.time.now / 1000);
    good = {
      iss: issuer,
      aud: issuer,
      sub: 'client:ci',
      client_id: 'ci',
      scope: 'x',
      epoch: 0,
      jti: 'j',
      iat,
      exp: iat + 60,
    };
  });

  async function codeFor(more: Record<string, unknown>): Promise<string> {
    const { kid, algorithm, key } = await opened.keys.current();
    const jwt = new SignJWT({ ...good, ...more });
    return codeOf(
      await opened.access.verify(await jwt.setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid }).sign(key)),
    );
  }

  const none = undefined;
  const cases: [title: string, more: Record<string, unknown>, code: string][] = [
    ['a client’s, as it is', {}, 'ok'],
    ['a user’s, as it is', { sub: 'u_1', sid: 's1', client_id: 'gatewarden', epoch: none }, 'ok'],
    ['a client’s with a session', { sid: 's1' }, 'invalid_token'],
    ['a client’s with an empty session', { sid: '' }, 'invalid_token'],
    ['a client’s with a session that is no text', { sid: null }, 'invalid_token'],
    ['a client’s without an epoch', { epoch: none }, 'invalid_token'],
    ['a client’s whose epoch is a text', { epoch: '0' }, 'invalid_token'],
    ['a client’s whose epoch is negative', { epoch: -1 }, 'invalid_token'],
    ['a client’s whose epoch is a fraction', { epoch: 0.5 }, 'invalid_token'],
    ['a client’s of another client_id', { client_id: 'other' }, 'invalid_token'],
    ['a client’s with its whole name as client_id', { client_id: 'client:ci' }, 'invalid_token'],
    ['a client’s without a client_id', { client_id: none }, 'invalid_token'],
    ['a user’s with a client as its subject', { sid: 's1', epoch: none }, 'invalid_token'],
    ['a user’s without a session', { sub: 'u_1', client_id: 'gatewarden', epoch: none }, 'invalid_token'],
    ['a user’s with an epoch', { sub: 'u_1', sid: 's1', client_id: 'gatewarden' }, 'invalid_token'],
    ['a client’s without an id', { sub: 'client:', client_id: '' }, 'invalid_token'],
    ['scopes in a list', { scope: ['x'] }, 'invalid_token'],
  ];
  for (const [title, more, code] of cases) it(title, async () => equal(await codeFor(more), code));
});

import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type ScriptedSet, scriptedSet } from '../support/scripted-mongod.ts';

async function folderOf(t: TestContext): Promise<string> {
  const folder = await temporaryFolder();
  t.after(() => folder[Symbol.asyncDispose]());
  return folder.path;
}

/** The message with which the start fails. */
async function failure(set: ScriptedSet, options: string): Promise<string> {
  const url = set.url(options).replace('//', '//ada:sesame@');
  const error = await openMongo({ url, patience: 0 }).then(
    async (stores) => {
      await stores.close();
      return new Error('it opened');
    },
    (reason: unknown) => reason,
  );
  ok(error instanceof Error);
  doesNotMatch(`${error.stack} ${String(error.cause)}`, /sesame/);
  return error.message;
}

test('MongoDB over TLS serves when its authority is named', async (t) => {
  const certificate = await certificateIn(await folderOf(t));
  const set = await scriptedSet(t, 1, certificate.options);
  const authority = encodeURIComponent(certificate.authority);
  const stores = await openMongo({ url: set.url(`&tls=true&tlsCAFile=${authority}`), patience: 0 });
  t.after(() => stores.close());
  await stores.records.add(userKind, someUser('ada'));
  equal((await stores.records.get(userKind, 'u_ada'))?.id, 'u_ada');
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: true }]);
});

test('a certificate of an unknown authority fails the start, which says why and sends no password', async (t) => {
  const [ours, another] = [await certificateIn(await folderOf(t)), await certificateIn(await folderOf(t))];
  const set = await scriptedSet(t, 1, ours.options);
  const untrusted = /^MongoDB at 127\.0\.0\.1:\d+ cannot be used: its certificate is not trusted$/;
  match(await failure(set, '&tls=true'), untrusted);
  match(await failure(set, `&tls=true&tlsCAFile=${encodeURIComponent(another.authority)}`), untrusted);
  deepEqual(set.members[0]?.commands, []);
});

test('a certificate for another host fails the start, which says why', async (t) => {
  const certificate = await certificateIn(await folderOf(t), 'DNS:elsewhere.example');
  const set = await scriptedSet(t, 1, certificate.options);
  const options = `&tls=true&tlsCAFile=${encodeURIComponent(certificate.authority)}`;
  match(await failure(set, options), /cannot be used: its certificate is for another name$/);
});

test('a server that speaks no TLS fails the start when TLS is asked for', async (t) => {
  const set = await scriptedSet(t, 1);
  match(await failure(set, '&tls=true'), /cannot be used: /);
  deepEqual(set.members[0]?.commands, []);
});

import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { JWK } from 'jose';
import { readJws, verifiedPayload } from '../../lib/tokens/jws.ts';
import { type Key, keyOf } from '../../lib/tokens/key.ts';

type Vector = { tcId: number; comment: string; jws: unknown; result: 'valid' | 'invalid' };
type Group = { comment: string; public?: JWK; private?: JWK; tests: Vector[] };

const file = new URL('vectors/json_web_signature_test.json', import.meta.url);
const groups: Group[] = JSON.parse(readFileSync(file, 'utf8')).testGroups;

/** What our verifier says of a vector, with the vector's key taken for one of this algorithm. */
async function accepts(group: Group, vector: Vector, algorithm: string): Promise<boolean> {
  const jws = typeof vector.jws === 'string' ? readJws(vector.jws) : undefined;
  const jwk = group.public ?? group.private ?? {};
  // Never a key of ours, but the vectors about base64 are signed with one.
  const key = jwk.kty === 'oct' ? hmacKey(jwk, algorithm) : keyOf(jwk, { kid: '', algorithm });
  const held = await key.catch(() => undefined);
  return jws !== undefined && held !== undefined && (await verifiedPayload(jws, held)) !== undefined;
}

async function hmacKey(jwk: JWK, algorithm: string): Promise<Key> {
  const hash = `SHA-${algorithm.slice(2)}`;
  const key = await crypto.subtle.importKey('jwk', { ...jwk, kty: 'oct' }, { name: 'HMAC', hash }, false, ['verify']);
  return { kid: '', algorithm, key };
}

/** The published file has vectors that are called bad and are, byte for byte, one that is called good. */
const isMislabelled = (group: Group, { jws }: Vector) =>
  group.tests.some((other) => other.result === 'valid' && other.jws === jws);

function algorithmOf({ public: open, private: secret }: Group): string {
  // The file's own name for what RFC 7518 calls ES512.
  const named = (open?.alg ?? secret?.alg)?.replace('ES521', 'ES512');
  return named ?? ((open ?? secret)?.kty === 'RSA' ? 'RS256' : 'ES256');
}

describe('the public vectors for JSON Web Signatures', () => {
  it('are all there', () => {
    equal(groups.flatMap((group) => group.tests).length, 401);
  });

  it('contradict themselves in two places only', () => {
    const contradictions = groups.flatMap((group) =>
      group.tests.filter((vector) => vector.result === 'invalid' && isMislabelled(group, vector)),
    );
    deepEqual(
      contradictions.map((vector) => vector.tcId),
      [367, 370],
    );
  });

  for (const [at, group] of groups.entries()) {
    const bad = group.tests.filter((vector) => vector.result === 'invalid' && !isMislabelled(group, vector));
    if (bad.length === 0) continue;
    it(`refuses the ${bad.length} bad ones of group ${at} (${group.comment})`, async () => {
      const wrong: string[] = [];
      for (const vector of bad) {
        if (await accepts(group, vector, algorithmOf(group))) wrong.push(`${vector.tcId} ${vector.comment}`);
      }
      equal(wrong.join('\n'), '');
    });
  }

  it('accepts the good ones, so that the bad ones are refused for what is bad about them', async () => {
    const refused = new Set<string>();
    for (const group of groups) {
      for (const vector of group.tests.filter(({ result }) => result === 'valid')) {
        if (!(await accepts(group, vector, algorithmOf(group)))) refused.add(vector.comment);
      }
    }
    // Where we are stricter on purpose: no empty part, no stray character, no algorithm but the key's (PS384 for PS256).
    const stricter = [
      'Figure20',
      'InvalidCharacterInsertedInHeader',
      'InvalidCharacterInsertedInPayload',
      'emptyPayload',
    ];
    deepEqual([...refused].sort(), stricter);
  });

  it('refuses even the good ones of an algorithm that the key is not of', async () => {
    for (const group of groups) {
      for (const vector of group.tests) {
        equal(await accepts(group, vector, algorithmOf(group) === 'ES256' ? 'ES384' : 'EdDSA'), false, vector.comment);
      }
    }
  });
});

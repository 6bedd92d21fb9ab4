import { equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { errorTable } from '../../lib/errors.ts';
import { explainHypothetically, type HypotheticalRequest } from '../../lib/request/hypothetical.ts';
import { loadSettings, type Resolved } from '../../lib/start/load-settings.ts';
import { target } from '../request/authorize/readers.ts';
import { type Besieged, besieged, own } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const ruleSets = [
  'public * /**',
  'public read /public/**\noperator * /admin/**\nuser * /home/:self/**\nviewer read /**',
  'user read /a/** scope=deploy:write\nviewer read /b/** network=10.0.0.0/8\nviewer * /** approve=operator',
];
const scopes = 'deploy:write=operator';
const people = { vera: 'viewer', una: 'user', omar: 'operator', ada: 'admin' } as const;
type Name = keyof typeof people;

/** Paths that somebody may take for our own pages, and the usual ones. */
const ownLike = fc.constantFrom(
  own,
  `${own}/nothing-here`,
  '/_Gatewarden/x',
  '//_gatewarden/x',
  '/%5fgatewarden/x',
  '/_gatewarden;x/y',
  '/_gatewarden%2fx',
  '/_gatewarden2',
);
/** Anything else the parser of HTTP refuses before there is a request to decide on. */
const isSendable = (path: string): boolean => /^[\x21-\x7e]+$/.test(path);
const plain = fc.constantFrom('/', '/public/x', '/admin/x', '/home/una/x', '/home/UNA', '/a/x', '/b/x', '/x?y=/../z');

for (const rules of ruleSets) {
  describe(`explain, under the rules ${JSON.stringify(rules)}`, () => {
    const resolved: Resolved = loadSettings({ env: {}, given: { rules, scopes, prefix: own }, applies: 'middleware' });
    const bearers = new Map<Name, string>();
    let site: Besieged;

    before(async () => {
      site = await besieged({ rules, scopes });
      for (const name of Object.keys(people) as Name[]) {
        bearers.set(name, await bearerOf(site.gate, name, people[name]));
      }
    });
    after(() => site[Symbol.asyncDispose]());

    const request = fc.record({
      path: fc.oneof(
        { weight: 2, arbitrary: target.filter(isSendable) },
        { weight: 2, arbitrary: plain },
        { weight: 1, arbitrary: ownLike },
      ),
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'DELETE', 'TRACE', 'PROPFIND'),
      host: fc.constantFrom('localhost', 'localhost', 'localhost', '127.0.0.1:99', 'evil.example'),
      who: fc.constantFrom<Name | undefined>(undefined, 'vera', 'una', 'omar', 'ada'),
    });

    const byOf = (who: Name | undefined): HypotheticalRequest['by'] =>
      who && { user: { id: who, username: who, role: people[who], emailConfirmed: false }, via: 'session' };

    it('says what the gateway does', async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(request, async ({ path, method, host, who }) => {
          const bearer = who === undefined ? undefined : bearers.get(who);
          const lines = [`Host: ${host}`, ...(bearer === undefined ? [] : [bearer])];
          const heard = await send(site.gateway, requestOf(path, lines, method));
          const asked = { method, target: path, host, address: '127.0.0.1', by: byOf(who) };
          const { decision, status } = await explainHypothetically(resolved, asked);
          seen.set(decision, (seen.get(decision) ?? 0) + 1);
          equal(heard.received.length, decision === 'passes' ? 1 : 0);
          if (decision === 'passes') equal(heard.status, 200);
          if (decision === 'refused' && status !== 'ok') equal(heard.status, errorTable[status].status);
        }),
        { numRuns: 250 },
      );
      for (const decision of ['passes', 'refused', 'own-path']) ok((seen.get(decision) ?? 0) > 3, decision);
    });
  });
}

import { equal } from 'node:assert/strict';
import test from 'node:test';
import { decideRules } from '../../../lib/request/authorize/decide.ts';
import { readDestination, selectWithDestination } from '../../../lib/request/authorize/destination.ts';
import { ruleTable } from '../../../lib/request/authorize/match.ts';
import { incoming } from '../../support/incoming.ts';
import { principal, roles, rulesOf } from './known.ts';

/** What somebody may do at the source and at the destination. Whatever is not here is for admins. */
function may(method: 'COPY' | 'MOVE', atSource: string, atDestination: string, overwrite?: string): boolean {
  const rules = [atSource && `user ${atSource} /from/**`, atDestination && `user ${atDestination} /to/**`];
  const headers = [['Host', 'localhost'] as const, ['Destination', '/to/a'] as const];
  const head = incoming({
    method,
    url: '/from/a',
    headers: overwrite === undefined ? headers : [...headers, ['Overwrite', overwrite]],
  });
  const destination = readDestination(head);
  if (destination === undefined || 'code' in destination) throw new Error('no destination');
  const table = ruleTable(rulesOf(rules.filter(Boolean).join('\n')));
  const selection = selectWithDestination(table, head, destination);
  return decideRules(selection, { principal: principal('user'), address: '', ladder: roles }).allow;
}

const needed: readonly (readonly [
  method: 'COPY' | 'MOVE',
  atSource: string,
  atDestination: string,
  overwrite: string | undefined,
  expected: boolean,
])[] = [
  ['COPY', 'GET', 'PUT,DELETE', undefined, true],
  ['COPY', 'GET', 'PUT,DELETE', 'T', true],
  ['COPY', 'GET', 'PUT', 'F', true],
  ['COPY', 'GET', 'PUT', 'f', true],
  ['COPY', 'GET', 'PUT', undefined, false],
  ['COPY', 'GET', 'PUT', 'T', false],
  ['COPY', 'GET', 'PUT', 'F, T', false],
  ['COPY', 'GET', 'PUT', 'no', false],
  ['COPY', 'GET', 'DELETE', 'F', false],
  ['COPY', 'PUT,DELETE', 'PUT,DELETE', 'F', false],
  ['COPY', 'GET', '', 'F', false],
  ['COPY', '', 'PUT,DELETE', 'F', false],
  ['MOVE', 'GET,DELETE', 'PUT,DELETE', undefined, true],
  ['MOVE', 'GET,DELETE', 'PUT', 'F', true],
  ['MOVE', 'GET', 'PUT,DELETE', 'F', false],
  ['MOVE', 'DELETE', 'PUT,DELETE', 'F', false],
  ['MOVE', 'GET,DELETE', 'DELETE', 'F', false],
  ['MOVE', 'GET,DELETE', 'PUT', undefined, false],
];
for (const [method, atSource, atDestination, overwrite, expected] of needed) {
  const what = `${method} with ${atSource || 'nothing'} at the source and ${atDestination || 'nothing'} at the destination`;
  test(`${what}, Overwrite ${overwrite ?? 'absent'}: ${expected ? 'permitted' : 'refused'}`, () => {
    equal(may(method, atSource, atDestination, overwrite), expected);
  });
}

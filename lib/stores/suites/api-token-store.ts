import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiTokenStore } from '../records/api-tokens.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aToken, start } from './records.ts';

/** The contract of `ApiTokenStore`. */
export function describeApiTokenStore(name: string, open: Open<ApiTokenStore>): void {
  describe(`${name} API token store`, () => {
    describeKeeping(open);
    describeFamilies(open);
  });
}

const names = (tokens: readonly { name: string }[]) => tokens.map((token) => token.name);

function describeKeeping(open: Open<ApiTokenStore>): void {
  const check = caseOf(open);
  check('gives back every field of a token by its hash, past its expiry too', async (tokens) => {
    const full = aToken('ci', { role: 'viewer', scopes: ['a:b', 'c'], lastUsedAt: start + 1, expiresAt: start + 2 });
    equal(await tokens.create(full), 'created');
    same(await tokens.byHash('hash of ci'), full);
    equal(await tokens.byHash('hash of nothing'), undefined);
  });
  check('tells no scopes from an empty list of scopes', async (tokens) => {
    await tokens.create(aToken('all'));
    await tokens.create(aToken('none', { scopes: [] }));
    equal((await tokens.byHash('hash of all'))?.scopes, undefined);
    same((await tokens.byHash('hash of none'))?.scopes, []);
  });
  check('keeps names apart by user and by case', async (tokens) => {
    equal(await tokens.create(aToken('ci')), 'created');
    equal(await tokens.create(aToken('ci', { id: 't_2', hash: 'h2' })), 'name-taken');
    equal(await tokens.create(aToken('CI')), 'created');
    equal(await tokens.create(aToken('ci', { id: 't_3', hash: 'h3', userId: 'u_bob' })), 'created');
    same(names(await tokens.listOf('u_ada')), ['CI', 'ci']);
    same(names(await tokens.listOf('u_bob')), ['ci']);
  });
  check('gives one name once among 100 at once', async (tokens) => {
    const answers = await atOnce(100, (n) => tokens.create(aToken('ci', { id: `t_${n}`, hash: `h${n}` })));
    same(tally(answers), { created: 1, 'name-taken': 99 });
  });
  check('notes the last use, of a token that is there, and never goes back', async (tokens) => {
    await tokens.create(aToken('ci'));
    await tokens.touch('t_ci', start + 9);
    await tokens.touch('t_ci', start + 3);
    same(await tokens.byHash('hash of ci'), aToken('ci', { lastUsedAt: start + 9 }));
    await tokens.remove('u_ada', 'ci');
    await tokens.touch('t_ci', start + 10);
    equal(await tokens.byHash('hash of ci'), undefined);
  });
}

function describeFamilies(open: Open<ApiTokenStore>): void {
  const check = caseOf(open);
  async function family(tokens: ApiTokenStore): Promise<void> {
    await tokens.create(aToken('parent'));
    await tokens.create(aToken('child', { parentId: 't_parent' }));
    await tokens.create(aToken('grandchild', { parentId: 't_child' }));
    await tokens.create(aToken('foreign', { parentId: 't_child', userId: 'u_bob' }));
    await tokens.create(aToken('other'));
  }
  check('removes a token with all that it made', async (tokens) => {
    await family(tokens);
    const gone = ['t_child', 't_foreign', 't_grandchild'];
    same([...(await tokens.remove('u_ada', 'child'))].sort(), gone);
    same(names(await tokens.listOf('u_ada')), ['other', 'parent']);
    equal(await tokens.byHash('hash of foreign'), undefined);
  });
  check('removes nothing by a name that is not there, or is another user’s', async (tokens) => {
    await family(tokens);
    same(await tokens.remove('u_ada', 'nothing'), []);
    same(await tokens.remove('u_bob', 'parent'), []);
    equal((await tokens.listOf('u_ada')).length, 4);
  });
  check('removes all tokens of a user with all that they made', async (tokens) => {
    await family(tokens);
    await tokens.create(aToken('bobs', { userId: 'u_bob' }));
    const gone = ['t_child', 't_foreign', 't_grandchild', 't_other', 't_parent'];
    same([...(await tokens.removeAllOf('u_ada'))].sort(), gone);
    same(names(await tokens.listOf('u_bob')), ['bobs']);
  });
  check('makes nothing for a token that is gone', async (tokens) => {
    await family(tokens);
    await tokens.remove('u_ada', 'parent');
    equal(await tokens.create(aToken('late', { parentId: 't_parent' })), 'parent-gone');
    equal(await tokens.byHash('hash of late'), undefined);
  });
  check('leaves no child behind when a parent is removed while it makes 100', async (tokens) => {
    await tokens.create(aToken('parent'));
    await atOnce<unknown>(100, (n) =>
      n === 50 ? tokens.remove('u_ada', 'parent') : tokens.create(aToken(`child${n}`, { parentId: 't_parent' })),
    );
    same(names(await tokens.listOf('u_ada')), []);
  });
}

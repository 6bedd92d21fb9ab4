import { deepEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { adminPlaces } from '../../lib/pages/index.ts';
import { languages } from '../../lib/pages/words/words.ts';
import { inventory } from '../../lib/routes/inventory.ts';
import { settingTable } from '../../lib/settings/index.ts';

const page = readFileSync('docs/pages.md', 'utf8');
const rows = [...page.matchAll(/^\| `(\/[a-z/]+)` \|/gm)].map(([, path = '']) => path);

test('docs/pages.md has a row for each page of the administration, and for no other', () => {
  const addresses = adminPlaces.map((place) => (place === 'overview' ? '/admin' : `/admin/${place}`));
  deepEqual(
    rows.filter((path) => path.startsWith('/admin')),
    addresses,
  );
});

test('every page that docs/pages.md lists is served', () => {
  const served = new Set(inventory.filter(({ method }) => method === 'get').map(({ path }) => path));
  deepEqual(
    rows.filter((path) => !served.has(path)),
    [],
  );
});

test('every setting that docs/pages.md names exists, and every language is named', () => {
  const settings = new Set(Object.values(settingTable).map(({ env }) => `GATEWARDEN_${env}`));
  const named = [...page.matchAll(/`(GATEWARDEN_[A-Z_]+)/g)].map(([, name = '']) => name);
  deepEqual(
    named.filter((name) => !settings.has(name)),
    [],
  );
  const namesOf = new Intl.DisplayNames('en', { type: 'language' });
  deepEqual(
    languages.filter((one) => !page.includes(namesOf.of(one) ?? one)),
    [],
  );
});

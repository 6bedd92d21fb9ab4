import { ownCredentialPolicy } from '../../lib/request/identify.ts';
import { compose } from '../../lib/start/compose.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess, openStores } from '../../lib/stores/open.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { ListQuery } from '../../lib/stores/records/records.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { incoming } from '../../test/support/incoming.ts';
import { cookieSigner } from './people.ts';
import type { StoreUrls } from './servers.ts';

/** An installation on these stores, in this process. */
export interface Subject {
  readonly users: Readonly<{
    byName(nameKey: string): Promise<UserRecord | undefined>;
    /** A page by name. */
    list(query: Omit<ListQuery, 'order'>): Promise<Readonly<{ items: readonly UserRecord[] }>>;
  }>;
  /** Makes a request with the n-th session; what it gives judges it as the request path does, and rejects unless it is good. */
  check(n: number): () => Promise<void>;
  /** The request path forgets all that it remembers. */
  forget(): void;
  /** How many verbs of any store have been called so far. */
  readonly calls: number;
  close(): Promise<void>;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Its clock stands still at `now`, when all sessions were last used: nobody's last use is due to be written. */
export async function openSubject(place: StoreUrls, secretKey: string, now: number): Promise<Subject> {
  const resolved = loadSettings({ env: {}, given: { ...place, secretKey: [secretKey] }, applies: 'middleware' });
  const { stores: opened } = await openStores(resolved.settings, quiet);
  let calls = 0;
  let forget = () => {};
  const counted = countedStores(opened, () => {
    calls += 1;
  });
  const stores: Stores = {
    ...counted,
    // Somebody outside has written, for all that this instance knows: nothing that is remembered holds.
    onForeignChange(listener) {
      forget = listener;
      return () => undefined;
    },
  };
  const { core, close } = await compose(resolved, { log: quiet, opened: ofOneProcess(stores), clock: () => now });
  const cookieOf = cookieSigner(secretKey);

  function check(n: number): () => Promise<void> {
    const req = incoming({
      headers: [
        ['Host', 'localhost'],
        ['Cookie', cookieOf(n)],
      ],
    });
    return async () => {
      const found = await core.identify(req, 'closed', ownCredentialPolicy);
      if (!('principal' in found) || found.principal.kind !== 'user') throw new Error(`session ${n} is not accepted`);
    };
  }
  return {
    users: {
      byName: (nameKey) => opened.records.byKey(userKind, 'name', nameKey),
      list: (query) => opened.records.list(userKind, { ...query, order: 'name' }),
    },
    check,
    forget: () => forget(),
    get calls() {
      return calls;
    },
    close,
  };
}

const held = ['records', 'sessions', 'attempts', 'audit'] as const;

function countedStores(stores: Stores, called: () => void): Stores {
  const counted = held.map((name) => [name, countedVerbs(stores[name], called)]);
  return { ...stores, ...Object.fromEntries(counted) };
}

function countedVerbs<T extends object>(store: T, called: () => void): T {
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      return (...args: readonly unknown[]) => {
        called();
        return verb.apply(target, args);
      };
    },
  });
}

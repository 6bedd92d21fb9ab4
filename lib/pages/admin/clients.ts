import { type Frame, inFrame } from '../frame.ts';
import type { WordKey } from '../words/words.ts';
import type { Asked } from './question.ts';

/** A client, without its secrets; times in milliseconds since the epoch. */
export type ShownClient = Readonly<{
  clientId: string;
  name: string;
  role: string;
  scopes: readonly string[];
  /** Whether it is accepted, but for `expiresAt`. */
  active: boolean;
  /** The newest first; two at most. */
  secrets: readonly Readonly<{ createdAt: number }>[];
  createdAt: number;
  updatedAt: number;
  lastUsedAt?: number | undefined;
  expiresAt?: number | undefined;
}>;

type Badge = Readonly<{ look: string; word: WordKey }>;

function badgeOf({ active, expiresAt }: ShownClient, now: number): Badge {
  if (expiresAt !== undefined && expiresAt <= now) return { look: 'plain', word: 'clients.isExpired' };
  return active ? { look: 'good', word: 'clients.isActive' } : { look: 'bad', word: 'clients.isInactive' };
}

const badged = (client: ShownClient, now: number) => ({ ...client, badge: badgeOf(client, now) });

/** One part of the list of clients. `now` tells which have expired; `next` and `first` are addresses. */
export const clientsPage = (
  frame: Frame,
  shown: Readonly<{
    clients: readonly ShownClient[];
    now: number;
    notice?: string | undefined;
    next?: string | undefined;
    first?: string | undefined;
  }>,
): string =>
  inFrame('@admin-clients', frame, {
    ...shown,
    place: 'clients',
    clients: shown.clients.map((one) => badged(one, shown.now)),
  });

/** The address of the page of a client. */
export const addressOf = ({ prefix }: Frame, { clientId }: Pick<ShownClient, 'clientId'>): string =>
  `${prefix}/admin/clients/${clientId}`;

/** The page of one client. `tokenEndpoint`: where it gets its tokens. */
export const clientPage = (
  frame: Frame,
  shown: Readonly<{ client: ShownClient; now: number; tokenEndpoint: string; notice?: string | undefined }>,
): string =>
  inFrame('@client', frame, {
    ...shown,
    ...{ place: 'clients', client: badged(shown.client, shown.now), at: addressOf(frame, shown.client) },
  });

/** A secret, which cannot be shown again. `isNew`: the client is new, too. */
export const issuedClientPage = (
  frame: Frame,
  { isNew, ...shown }: Readonly<{ clientId: string; secret: string; tokenEndpoint: string; isNew: boolean }>,
): string => {
  const heading: WordKey = isNew ? 'clients.isMade' : 'clients.secretIsMade';
  return inFrame('@issued-client', frame, { ...shown, heading, place: 'clients' });
};

/** Asks what becomes of the other secrets before one is added. */
export const newSecretPage = (
  frame: Frame,
  client: ShownClient,
  shown: Asked & Readonly<{ endsOthers: boolean }>,
): string =>
  inFrame('@new-secret', frame, { problems: {}, place: 'clients', client, at: addressOf(frame, client), ...shown });

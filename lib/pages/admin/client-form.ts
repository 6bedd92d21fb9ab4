import { type Frame, inFrame } from '../frame.ts';
import type { Asked } from './question.ts';

/** What was typed into the form of a client. */
export type ClientFields = Readonly<{ name: string; role: string; scopes: readonly string[] }>;

/** What only the form of a new client has. `until`: a day as 2030-12-31, or ''; it comes before `days`. */
export type NewClientFields = ClientFields & Readonly<{ clientId: string; days: string; until: string }>;

/** A form of a client: what may be chosen, and what was. `least`: the lowest role that may hold the scope. */
export type ClientFormShown<F extends ClientFields = ClientFields> = Asked &
  Readonly<{
    filled: F;
    roles: readonly string[];
    scopes: readonly Readonly<{ name: string; least: string }>[];
  }>;

/** For how many days a client may be made; '' for ever. */
export const clientLifetimes = ['', '30', '90', '365'] as const;

/** The form of a new client. `today`: the first day that it may end on. */
export const newClientPage = (
  frame: Frame,
  shown: ClientFormShown<NewClientFields> & Readonly<{ today: string }>,
): string =>
  inFrame('@new-client', frame, {
    ...{ problems: {}, lifetimes: clientLifetimes, place: 'clients' },
    ...shown,
  });

/** The form that changes a client. */
export const editClientPage = (
  frame: Frame,
  clientId: string,
  shown: ClientFormShown & Readonly<{ current: string }>,
): string => inFrame('@edit-client', frame, { problems: {}, place: 'clients', clientId, ...shown });

import type { ShownClient } from '../../../pages/admin/clients.ts';
import { baseOf } from '../../oauth/metadata.ts';
import type { CallContext } from '../../route.ts';

/** The fields that all routes of clients have in common. */
export const clientRoute = { tag: 'pages', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

/** The client that the path names. */
export const clientOf = ({ core, params }: CallContext): Promise<ShownClient | undefined> =>
  core.clients.get(params.client_id ?? '');

/** The address of the list, or of a client's page with a notice. */
export const listAddress = ({ prefix }: CallContext): string => `${prefix}/admin/clients`;
export const doneAddress = (call: CallContext, done: string): string =>
  `${listAddress(call)}/${call.params.client_id}?done=${done}`;

/** Where clients get their tokens. */
export const tokenEndpointOf = (call: CallContext): string => `${baseOf(call)}/oauth/token`;

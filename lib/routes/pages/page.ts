import { z } from 'zod';
import { type AdminPlace, adminPlaces, type Frame, languageOf, wordsOf } from '../../pages/index.ts';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answered, CallContext } from '../route.ts';

/** A field of a form or a query: undefined unless it is one string that is not empty. */
export const field = z.string().min(1).optional().catch(undefined);

/** The words in the language that the client asks for. */
export const wordsFor = ({ req }: Pick<CallContext, 'req'>) => wordsOf(languageOf(req.headers['accept-language']));

/** The frame of a page that is for anyone. */
export const frameOf = (call: CallContext): Frame => ({
  brand: call.core.brand,
  prefix: call.prefix,
  words: wordsFor(call),
});

/** What operators see of the administration. Admins see all. */
const operatorsPlaces: readonly AdminPlace[] = ['overview', 'users', 'invitations', 'sessions', 'health'];

function placesOf({ core, principal }: CallContext): readonly AdminPlace[] {
  const holds = (rung: 'operator' | 'admin') => core.ladder.atLeast(principal.role, core.ladder.rung(rung));
  if (!principal.scopes.includes('gatewarden:admin')) return [];
  if (holds('admin')) return adminPlaces;
  return holds('operator') ? operatorsPlaces : [];
}

/** The frame of a page for somebody who is signed in: with their name, and the way to the pages that they may see. */
export function viewerFrameOf(call: CallContext): Frame {
  const { name, role, via } = call.principal;
  return { ...frameOf(call), viewer: { name, role, places: placesOf(call), canSignOut: via === 'session' } };
}

/** Whether the caller has a session, so that the sign-in page has nothing to ask. */
export const isSignedInHere = ({ principal }: CallContext): boolean => principal.via === 'session';

/** Describes an HTML answer of a route. */
export const page = (description: string): Answered => ({ description, type: mediaTypes.html });

/** Describes a redirect of a route. */
export const redirect = (description: string): Answered => ({ description });

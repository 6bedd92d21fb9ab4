import { z } from 'zod';
import type { Frame } from '../../pages/index.ts';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answered, CallContext } from '../route.ts';

/** A field of a form or a query: undefined unless it is one string that is not empty. */
export const field = z.string().min(1).optional().catch(undefined);

/** The frame of the page that answers this call. */
export const frameOf = ({ core, prefix }: CallContext): Frame => ({ brandName: core.settings.brandName, prefix });

/** Whether the caller has a session, so that the sign-in page has nothing to ask. */
export const isSignedInHere = ({ principal }: CallContext): boolean => principal.via === 'session';

/** Describes an HTML answer of a route. */
export const page = (description: string): Answered => ({ description, type: mediaTypes.html });

/** Describes a redirect of a route. */
export const redirect = (description: string): Answered => ({ description });

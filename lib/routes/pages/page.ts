import { z } from 'zod';
import type { Frame } from '../../pages/index.ts';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answered, CallContext } from '../route.ts';

/** A field of a form or a query: what is not a single string, or empty, counts as left out. */
export const field = z.string().min(1).optional().catch(undefined);

/** What all pages show, for this call. */
export const frameOf = ({ core, prefix }: CallContext): Frame => ({ brandName: core.settings.brandName, prefix });

/** A page, as a route's answer. */
export const page = (description: string): Answered => ({ description, type: mediaTypes.html });

/** 303, as a route's answer. */
export const redirect = (description: string): Answered => ({ description });

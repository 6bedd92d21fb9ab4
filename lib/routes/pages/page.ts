import type { Frame } from '../../pages/index.ts';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answered, CallContext } from '../route.ts';

/** What all pages show, for this call. */
export const frameOf = ({ core, prefix }: CallContext): Frame => ({ brandName: core.settings.brandName, prefix });

/** A page, as a route's answer. */
export const page = (description: string): Answered => ({ description, type: mediaTypes.html });

/** 303, as a route's answer. */
export const redirect = (description: string): Answered => ({ description });

import { mediaTypes } from './media-types.ts';
import type { Answer } from './write.ts';

/** The answer to an unexpected error: 500 without details, which are in the log. */
export const somethingBroke: Answer = Object.freeze({
  status: 500,
  headers: { 'Content-Type': mediaTypes.problem, 'Cache-Control': 'no-store' },
  body: JSON.stringify({ type: 'about:blank', title: 'Something broke on our side.', status: 500 }),
});

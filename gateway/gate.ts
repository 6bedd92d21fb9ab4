import type { InternalGate } from '#gate';

/** The part of the gate that the gateway uses for each request. */
export type Gate = Pick<
  InternalGate,
  | 'route'
  | 'refuse'
  | 'routeOf'
  | 'ownRoute'
  | 'answer'
  | 'answerBroken'
  | 'verify'
  | 'outage'
  | 'identity'
  | 'watch'
  | 'decideAll'
  | 'hopMarks'
  | 'cookieNames'
  | 'clearCookieHeader'
  | 'settings'
  | 'router'
  | 'wellKnown'
>;

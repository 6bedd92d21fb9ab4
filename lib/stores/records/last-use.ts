/**
 * How often the last use of a credential is written, in milliseconds: at most once a minute, and at least ten times
 * within its idle time (milliseconds), where it has one.
 */
export const touchInterval = (idle = Number.POSITIVE_INFINITY): number => Math.min(60_000, Math.floor(idle / 10));

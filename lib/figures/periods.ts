import type { FigureSpan } from '../services.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A part of time with a record of its own. */
export interface Grain {
  /** Milliseconds. */
  readonly length: number;
  /** What the ids of its records begin with. */
  readonly letter: string;
  /** How long its records are kept at most, in milliseconds. Default: as long as the audit log's. */
  readonly kept?: number;
  /** The id of the record of a time. */
  idOf(at: number): string;
}

const isoTime = (at: number): string => new Date(at).toISOString();

/** Hours are kept as long as a span is made of them; what is older is known by the day. */
export const hours: Grain = { length: hour, letter: 'h', kept: 9 * day, idOf: (at) => `h${isoTime(at).slice(0, 13)}` };
export const days: Grain = { length: day, letter: 'd', idOf: (at) => `d${isoTime(at).slice(0, 10)}` };

/** Every grain: each count is added to the record of each. */
export const grains: readonly Grain[] = [hours, days];

/** The beginning of the part of time that a time is in, in UTC. */
export const beginningOf = (at: number, length: number): number => Math.floor(at / length) * length;

/** How a span is shown: from which records, and in how many periods of which length. */
type SpanShape = Readonly<{ grain: Grain; length: number; periods: number }>;

export const spans: Readonly<Record<FigureSpan, SpanShape>> = {
  '24h': { grain: hours, length: hour, periods: 24 },
  '7d': { grain: hours, length: 6 * hour, periods: 28 },
  '30d': { grain: days, length: day, periods: 30 },
};

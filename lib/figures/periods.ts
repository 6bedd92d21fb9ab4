import type { FigureSpan } from '../services.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The beginning of the part of time that a time is in, in UTC. */
export const beginningOf = (at: number, length: number): number => Math.floor(at / length) * length;

/** A part of time with a record of its own. */
export interface Grain {
  /** Milliseconds. */
  readonly length: number;
  /** What the ids of its records begin with. */
  readonly letter: string;
  /** How long its records are kept at most, in milliseconds. Default: as long as the audit log's. */
  readonly kept?: number;
}

const hours: Grain = { length: hour, letter: 'h', kept: 2 * day };
const quarters: Grain = { length: 6 * hour, letter: 'q', kept: 9 * day };
const days: Grain = { length: day, letter: 'd' };

/** Every grain: each count is added to the record of each, so that few records are read for any span. */
export const grains: readonly Grain[] = [hours, quarters, days];

/** The id of the record of a time. */
export const idAt = ({ length, letter }: Grain, at: number): string =>
  `${letter}${new Date(beginningOf(at, length)).toISOString().slice(0, 13)}`;

/** How a span is shown: the last so many records of a grain, the one of now among them. */
export const spans: Readonly<Record<FigureSpan, Readonly<{ grain: Grain; periods: number }>>> = {
  '24h': { grain: hours, periods: 24 },
  '7d': { grain: quarters, periods: 28 },
  '30d': { grain: days, periods: 30 },
};

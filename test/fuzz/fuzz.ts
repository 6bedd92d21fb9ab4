import fc from 'fast-check';
import { checkTime, longTextsOf, type Subject, textsOf } from './subject.ts';

export interface Effort {
  /** Texts of a few pieces for each subject; of long ones there are a hundredth as many, of slow subjects a two-thousandth. */
  readonly cases: number;
  /** The same seed makes the same texts. */
  readonly seed: number;
  /** Milliseconds for each subject; the texts that are left over are left out. Default: as long as it takes. */
  readonly limit?: number | undefined;
}

/** A seed as fast-check has them. */
export const newSeed = (): number => Math.floor(Math.random() * 2 ** 31);

/** Throws an error that has the text, the seed and the way to it, when a text is not read as it should be. */
export function fuzz(subject: Subject, { cases, seed, limit }: Effort): void {
  const within = limit === undefined ? {} : { interruptAfterTimeLimit: limit };
  fc.assert(
    fc.property(textsOf(subject), (text) => subject.check(text)),
    { numRuns: cases, seed, ...within },
  );
  fc.assert(
    fc.property(longTextsOf(subject), (text) => checkTime(subject, text)),
    // A long text is its own explanation: to look for a shorter one would take minutes.
    { numRuns: Math.ceil(cases / (subject.slow === true ? 2000 : 100)), seed, endOnFailure: true, ...within },
  );
}

import { z } from 'zod';

const longest = 65_536;

/** Text that every store returns unchanged: Unicode without NUL. */
export const text = z
  .string()
  .max(longest)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be Unicode without NUL');

/** Text that names something. */
export const name = text.min(1);

/** A time in milliseconds since the epoch, or a count. */
export const whole = z.int().nonnegative();

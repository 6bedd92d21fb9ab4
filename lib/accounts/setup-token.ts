import { createHmac } from 'node:crypto';
import { equalSecrets } from '../crypto/constant-time.ts';

const hour = 60 * 60 * 1000;
const timeBytes = 5;
const macBytes = 19;

/**
 * Tokens of the setup link: the time of issue in seconds, and a MAC over it with the secret key. They are not stored. Each
 * instance of an installation issues its own at start, and accepts those of all.
 */
export interface SetupTokens {
  /** Returns a token that is valid for an hour from `now`, in milliseconds since the epoch. */
  issue(now: number): string;
  /**
   * `expired`: the token is older than an hour, or was issued more than five minutes in the future (a clock was set
   * back).
   */
  check(token: unknown, now: number): 'good' | 'expired' | 'wrong';
}

/** @param keys the first issues, all verify */
export function setupTokens(keys: readonly Buffer[], installation: string): SetupTokens {
  const macs = (issued: Buffer): string[] =>
    keys.map((key) => {
      const mac = createHmac('sha256', key).update(`${installation}\n`).update(issued);
      return mac.digest().subarray(0, macBytes).toString('base64url');
    });

  return {
    issue(now) {
      const issued = Buffer.alloc(timeBytes);
      issued.writeUIntBE(Math.floor(now / 1000), 0, timeBytes);
      const [mac = ''] = macs(issued);
      return Buffer.concat([issued, Buffer.from(mac, 'base64url')]).toString('base64url');
    },
    check(token, now) {
      if (typeof token !== 'string' || !/^[\w-]{32}$/.test(token)) return 'wrong';
      const bytes = Buffer.from(token, 'base64url');
      const issued = bytes.subarray(0, timeBytes);
      const given = bytes.subarray(timeBytes).toString('base64url');
      if (macs(issued).filter((mac) => equalSecrets(mac, given)).length === 0) return 'wrong';
      const age = now - issued.readUIntBE(0, timeBytes) * 1000;
      return age >= -5 * 60 * 1000 && age < hour ? 'good' : 'expired';
    },
  };
}

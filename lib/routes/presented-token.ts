import { readAuthorization, readBareToken } from '../request/extract/bearer.ts';
import type { CallContext } from './route.ts';

/** The token of ours that a request to our own routes presents in a header, whether or not it is valid. */
export function presentedToken({ core, req }: Pick<CallContext, 'core' | 'req'>) {
  const bare = req.headers['x-gatewarden-token'];
  if (typeof bare === 'string') return readBareToken(bare);
  if (req.headers.authorization === undefined) return undefined;
  const read = readAuthorization(req.headers.authorization, core.issuer, true);
  return read.kind === 'ours' ? read.credential : undefined;
}

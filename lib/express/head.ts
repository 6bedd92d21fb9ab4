import type { Request } from 'express';
import type { RequestHead } from '../request/extract/head.ts';

/** The request with the target as the client sent it: Express removes mount paths from `url`, and an app may change it. */
export const headOf = (req: Request): RequestHead =>
  req.url === req.originalUrl ? req : headWith(req, req.originalUrl);

/** The request with another target. */
export function headWith({ method, headers, rawHeaders, socket }: Request, url: string): RequestHead {
  return { method, url, headers, rawHeaders, socket };
}

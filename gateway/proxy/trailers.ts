import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { textOf } from './headers-out.ts';

// RFC 9110, 6.5.1: nothing in a trailer may change how the message is framed, routed or authenticated.
const notInTrailers =
  /^(set-cookie|content-(length|encoding|type|range)|transfer-encoding|connection|host|trailer|te|cache-control|vary|www-authenticate|location|age|expires|date)$/;

/** Whether an answer with this status may have trailers. */
export const mayHaveTrailers = (method: string | undefined, version: string, status: number): boolean =>
  version !== '1.0' && method !== 'HEAD' && status !== 204 && status !== 304;

/** Passes an upstream's trailers on, except those that a trailer must not have. */
export function passTrailers(res: ServerResponse, trailers: IncomingHttpHeaders): void {
  const passed: [name: string, value: string][] = [];
  for (const name in trailers) {
    const value = trailers[name];
    if (value !== undefined && !notInTrailers.test(name)) passed.push([name, textOf(value)]);
  }
  // In one call: a second one would replace the first.
  if (passed.length > 0) res.addTrailers(passed);
}

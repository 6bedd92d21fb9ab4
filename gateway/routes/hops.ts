import type { Gate } from '../gate.ts';

/** The marks by which a request is known that has passed through a route before: its upstream leads back to the gateway. */
export interface Hops {
  /** Whether one of these marks is of this route. */
  includes(marks: string | readonly string[]): boolean;
  /** The marks to send: those of other routes that were received, and that of this route. */
  sent(received: string | undefined): string;
}

/** The most marks that a request carries from route to route. */
const most = 20;

const wellFormed = /^[\w-]{16}$/;

/** Creates the marks of the route with this name. Only instances with the same secret key can make them. */
export function hopsOf(gate: Pick<Gate, 'hopMarks'>, route: string): Hops {
  const marks = gate.hopMarks(route);
  const [mark = ''] = marks;
  const before = (received: string): readonly string[] =>
    received
      .split(',')
      .map((one) => one.trim())
      .filter((one) => wellFormed.test(one));

  return {
    includes: (received) => before(String(received)).some((one) => marks.includes(one)),
    sent: (received) => (received === undefined ? mark : [...before(received).slice(-most), mark].join(', ')),
  };
}

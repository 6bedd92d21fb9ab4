import type { Gate } from '../gate.ts';

/** The marks by which a request is known that has passed through a route before: its upstream leads back to the gateway. */
export interface Hops {
  /** Whether one of these marks is of this route. */
  includes(marks: string | readonly string[]): boolean;
  /** The marks to send: those of other routes that were received, and that of this route. */
  sent(received: string | undefined): string;
}

/**
 * Creates the marks of the route with this name. Only instances with the same secret key can make them. `known` has the marks of
 * all routes: no other ones that a client sends are passed on.
 */
export function hopsOf(gate: Pick<Gate, 'hopMarks'>, route: string, known: Set<string>): Hops {
  const marks = gate.hopMarks(route);
  const [mark = ''] = marks;
  for (const one of marks) known.add(one);
  const before = (received: string): readonly string[] =>
    received
      .split(',')
      .map((one) => one.trim())
      .filter((one) => known.has(one));

  return {
    includes: (received) => before(String(received)).some((one) => marks.includes(one)),
    sent: (received) => (received === undefined ? mark : [...new Set([...before(received), mark])].join(', ')),
  };
}

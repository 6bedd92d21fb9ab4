const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** A time, in milliseconds since the epoch, for a `time` element: `machine` for its attribute, `text` for people. */
export const moment = (at: number) => ({ machine: new Date(at).toISOString(), text: `${clock.format(at)} UTC` });

import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { timeIn } from '../../lib/routes/pages/local-time.ts';

const cases: readonly (readonly [zone: string, written: string, meant: string])[] = [
  ['UTC', '2026-03-01T12:30', '2026-03-01T12:30:00.000Z'],
  ['UTC', '2026-03-01T12:30:15', '2026-03-01T12:30:15.000Z'],
  ['UTC', '2026-03-01T12:30:15.250', '2026-03-01T12:30:15.250Z'],
  ['Europe/Berlin', '2026-01-10T12:00', '2026-01-10T11:00:00.000Z'],
  ['Europe/Berlin', '2026-07-10T12:00', '2026-07-10T10:00:00.000Z'],
  ['Asia/Kathmandu', '2026-07-10T00:00', '2026-07-09T18:15:00.000Z'],
  ['America/St_Johns', '2026-12-31T23:59', '2027-01-01T03:29:00.000Z'],
  ['Pacific/Apia', '2011-12-29T12:00', '2011-12-29T22:00:00.000Z'],
  // The hour that there are two of, and the hour that there is not.
  ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ['Europe/Berlin', '2026-10-25T03:30', '2026-10-25T02:30:00.000Z'],
  ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T00:30:00.000Z'],
  ['Europe/Berlin', '2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00.000Z'],
];
for (const [zone, written, meant] of cases) {
  test(`${written} in ${zone} is ${meant}`, () => {
    equal(new Date(timeIn(zone, written)).toISOString(), meant);
  });
}

const none: readonly (readonly [zone: string, written: string])[] = [
  ['UTC', ''],
  ['UTC', 'yesterday'],
  ['UTC', '2026-02-31T25:00'],
  ['UTC', '2026-01-01'],
  ['UTC', '2026-01-01T10:00Z'],
  ['Nowhere/At_All', '2026-01-01T10:00'],
  ['x'.repeat(10_000), '2026-01-01T10:00'],
  ['', '2026-01-01T10:00'],
];
for (const [zone, written] of none) {
  test(`${JSON.stringify(written)} in ${JSON.stringify(zone.slice(0, 20))} is no time`, () => {
    equal(Number.isNaN(timeIn(zone, written)), true);
  });
}

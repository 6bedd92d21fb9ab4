import { z } from 'zod';
import { refused } from '../errors.ts';
import { json } from './reply.ts';
import { route } from './route.ts';

const fine = z.object({ status: z.literal('ok') });

/** A store that cannot answer, with the reason: `sqlite (database or disk is full)`. */
const shown = ({ store, problem }: { store: string; problem?: string }): string =>
  problem === undefined ? store : `${store} (${problem})`;

/** Health checks. They read no credential and no Host header, so that a monitor needs neither. */
export const healthRoutes = [
  route({
    method: 'get',
    path: '/healthz',
    summary: 'The process is alive.',
    tag: 'health',
    surface: 'bare',
    guard: 'anyone',
    answers: { 200: { description: 'Alive.', schema: fine } },
    handle: async () => json(200, { status: 'ok' }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    summary: 'Able to serve: each store was asked.',
    tag: 'health',
    surface: 'bare',
    guard: 'anyone',
    answers: { 200: { description: 'Ready.', schema: fine } },
    async handle({ core }) {
      const down = (await core.stores.health()).filter((one) => !one.ok).map(shown);
      if (down.length === 0) return json(200, { status: 'ok' });
      return refused('store_unavailable', { detail: `Cannot answer: ${down.join(', ')}.`, retryAfter: 2 });
    },
  }),
];

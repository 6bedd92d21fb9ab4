import { isIP } from 'node:net';
import { z } from 'zod';
import { callerAskedAbout, requestAskedAbout } from '../../request/asked-about.ts';
import type { Explanation, WrittenRule } from '../../request/explain.ts';
import type { HypotheticalRequest } from '../../request/hypothetical.ts';
import { json } from '../reply.ts';
import { route } from '../route.ts';

const rule = z.object({ line: z.number().int(), text: z.string() }).nullable();

const explanation = z.object({
  method: z.string(),
  target: z.string(),
  host: z.string(),
  name: z.string().nullable().describe('Who makes the request; null: nobody.'),
  role: z.string(),
  decision: z.enum(['passes', 'refused', 'own-path']),
  status: z.string().describe('`ok`, or the code of the refusal.'),
  reason: z.string(),
  route: z.string().nullable(),
  rule,
  readings: z.array(z.object({ path: z.string(), rule })),
  headers: z.record(z.string(), z.string()).describe('What the upstream is sent about who asks; `***` for secrets.'),
  steps: z.array(z.string()),
});

const toRule = (written: WrittenRule | undefined): z.input<typeof rule> => written ?? null;

/** An explanation as the API and the command print it. */
export function toExplanation(
  { method, target, host }: Pick<HypotheticalRequest, 'method' | 'target' | 'host'>,
  found: Explanation,
): z.input<typeof explanation> {
  const { decision, status, reason, principal, readings, steps } = found;
  return {
    ...{ method, target, host, name: principal.name || null, role: principal.role },
    ...{ decision, status, reason, route: found.route ?? null, rule: toRule(found.rule) },
    readings: readings.map((reading) => ({ path: reading.path, rule: toRule(reading.rule) })),
    headers: { ...found.headers },
    steps: [...steps],
  };
}

const address = z.string().refine((text) => isIP(text) !== 0, { error: 'must be an IP address' });

export const explainRoutes = [
  route({
    method: 'get',
    path: '/api/v1/explain',
    summary: 'How a request would be decided on, and why. Sends nothing.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    query: z.strictObject({
      method: z.string().min(1).max(64),
      url: z.string().min(1).max(8192).describe('A URL, or a path, as it would be sent.'),
      as: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe('A username or a role. Default: nobody, or whom auto-login acts as.'),
      from: address.optional().describe("The client's address. Default: 127.0.0.1."),
    }),
    answers: { 200: { description: 'The decision, and what led to it.', schema: explanation } },
    refusals: ['not_found', 'account_disabled'],
    async handle({ core, query }) {
      const { settings, ladder } = core;
      const request = requestAskedAbout(query, settings);
      if (!request.ok) return request;
      const userNamed = (name: string) => core.users.get(name);
      const by = await callerAskedAbout(query.as, { userNamed, settings, ladder });
      if (!by.ok) return by;
      const asked = { ...request.value, address: query.from ?? '127.0.0.1', by: by.value };
      return json(200, toExplanation(asked, await core.explainHypothetically(asked)));
    },
  }),
];

import { z } from 'zod';
import { json } from '../reply.ts';
import { route } from '../route.ts';

export const jwksRoutes = [
  route({
    method: 'get',
    path: '/jwks.json',
    summary: 'The public keys of our tokens and assertions (RFC 7517).',
    tag: 'oauth',
    surface: 'sign-in',
    guard: 'anyone',
    answers: {
      200: {
        description: 'The key set.',
        schema: z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) }),
      },
    },
    handle: async ({ core }) => json(200, await core.jwks()),
  }),
];

import { z } from 'zod';
import { ok, type Result, refused } from '../../errors.ts';
import { userWithName } from '../../services/named-user.ts';
import { durationPattern, millisecondsIn, units } from '../../settings/index.ts';
import { json } from '../reply.ts';
import { type Call, route } from '../route.ts';
import { confirmable, text, tokenPair, toMoment } from '../schemas.ts';

const longest = 30 * units.d;

/** Parses `90` (seconds) or `1h`; returns milliseconds. */
const lifetime = z
  .union([z.number().int(), z.string().regex(durationPattern)])
  .transform((given) => (typeof given === 'number' ? given * 1000 : (millisecondsIn(given) ?? 0)))
  .pipe(z.number().min(1000).max(longest));

const mintRequest = confirmable({
  type: z.enum(['User', 'Operator']).optional().describe('At most the role of that rung.'),
  ttl: lifetime.optional().describe('Seconds, or a time such as 1h; at most 30d, 1h when left out.'),
  role: text.optional().describe('At most this role.'),
});

type MintRequest = z.output<typeof mintRequest>;

function ceiling({ core, body, principal }: Call<MintRequest>): Result<string> {
  const { ladder } = core;
  if (body.role !== undefined && !ladder.has(body.role)) {
    return refused('validation_failed', { problems: [{ field: 'role', message: 'must be a role of the ladder' }] });
  }
  const byType = body.type === undefined ? principal.role : ladder.rung(body.type === 'User' ? 'user' : 'operator');
  return ok([principal.role, byType, body.role ?? byType].reduce((low, role) => ladder.lower(low, role)));
}

async function principalOf({ core, params }: Call) {
  const user = await userWithName(core.stores.records, params.username);
  if (!user) return refused('not_found');
  return user.state === 'active' ? ok(user) : refused('conflict', { detail: 'The account is not active.' });
}

export const mintRoutes = [
  route({
    method: 'post',
    path: '/api/v1/users/{username}/token',
    summary: 'Mint an access token for a user.',
    tag: 'tokens',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    confirm: true,
    body: { as: 'json', schema: mintRequest },
    answers: { 201: { description: 'The token, shown this once; it has no refresh token.', schema: tokenPair } },
    refusals: ['not_found', 'conflict'],
    async handle(call) {
      const { core, body, actor } = call;
      const roleCeiling = ceiling(call);
      if (!roleCeiling.ok) return roleCeiling;
      const user = await principalOf(call);
      if (!user.ok) return user;
      const options = { ttl: body.ttl ?? units.h, roleCeiling: roleCeiling.value };
      const pair = await core.accessTokens.mint(user.value, options, actor);
      if (!pair.ok) return pair;
      return json(201, {
        token: pair.value.token,
        token_type: 'Bearer',
        expires_at: toMoment(pair.value.expiresAt),
        user: user.value.username,
        role: core.ladder.lower(user.value.role, roleCeiling.value),
      });
    },
  }),
];

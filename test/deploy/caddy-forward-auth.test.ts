import { attackedFrontProxy } from './attacked.ts';
import { caddy, caddyWith } from './caddy.ts';
import { forwardAuthBehind } from './in-use.ts';

const shared = { skip: caddy.skip, launch: caddyWith('forward-auth.Caddyfile') };
// Caddy answers for a host that it does not serve with nothing.
forwardAuthBehind('Caddy', { ...shared, challenge: /^Basic realm=.*, Bearer$/, away: 502, misdirected: 200 });
attackedFrontProxy('Caddy', { ...shared, keepsBytes: false, presets: ['x-forwarded'] });

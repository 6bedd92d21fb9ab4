import { attackedFrontProxy } from './attacked.ts';
import { forwardAuthBehind } from './in-use.ts';
import { nginx, nginxWith } from './nginx.ts';

const shared = { skip: nginx.skip, launch: nginxWith('forward-auth.conf') };
forwardAuthBehind('nginx', { ...shared, challenge: /^Basic realm=.*, Bearer$/, away: 503, misdirected: 421 });
attackedFrontProxy('nginx', { ...shared, keepsBytes: true, unnamed: ['X-Gatewarden-Anything'] });

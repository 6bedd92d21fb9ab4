import { doesNotMatch, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { agentName } from '../../lib/pages/agent-name.ts';
import {
  deviceDecisionPage,
  devicePage,
  errorPage,
  plainFrame,
  setupPage,
  signInPage,
  signOutPage,
  signUpPage,
} from '../../lib/pages/index.ts';
import { accountSamples } from './account-samples.ts';

const frame = plainFrame('/_gatewarden', '<b>"Brand"</b>');
const hostile = `"><script>alert('x')</script>&`;
const viewer = { name: hostile, role: hostile, places: [], canSignOut: true };

test('nothing that comes from outside is markup', () => {
  const pages = [
    signInPage(frame, { destination: hostile, next: hostile, username: hostile, problem: hostile, notice: hostile }),
    setupPage(frame, { token: hostile, username: hostile, passwordMinLength: 12, problems: { username: hostile } }),
    signUpPage(frame, {
      ...{ mode: 'open', passwordMinLength: 12, invitation: hostile, username: hostile, email: hostile },
      ...{ problem: hostile, problems: { invitation: hostile, username: hostile, password: hostile, email: hostile } },
    }),
    ...Object.values(accountSamples({ ...frame, viewer }, hostile)),
    signOutPage(frame, { name: hostile, next: hostile }),
    devicePage(frame, { name: hostile, userCode: hostile, problem: hostile }),
    deviceDecisionPage(frame, {
      ...{ name: hostile, userCode: hostile, client: hostile, scopes: [hostile], address: hostile, agent: hostile },
      ...{ createdAt: 0, asksPassword: true, problem: hostile },
    }),
    errorPage({ code: 'validation_failed', detail: hostile }, frame, { requestId: hostile, back: hostile }),
    errorPage({ code: 'insufficient_role', role: hostile, scope: hostile }, frame, {
      requestId: hostile,
      back: hostile,
      principal: { kind: 'user', id: hostile, name: hostile, role: hostile, scopes: [hostile], via: 'session' },
    }),
  ];
  for (const page of pages) {
    doesNotMatch(page, /<script(?! src="\/_gatewarden\/assets\/)|<b>/);
    match(page, /&lt;b&gt;&quot;Brand&quot;&lt;\/b&gt;/);
  }
});

test('a page loads what is below the prefix, and nothing else', () => {
  const page = signInPage(frame, { destination: 'wiki.example', next: '/' });
  const loaded = [...page.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, url]) => url ?? '');
  equal(loaded.length, 6);
  for (const url of loaded) match(url, /^\/_gatewarden\//);
});

test('a failed page says so in its title, and at both fields', () => {
  const page = signInPage(frame, { destination: 'wiki.example', next: '/', username: 'ada', problem: 'No.' });
  match(page, /<title>Error: Sign in/);
  equal(page.match(/aria-describedby="problem"/g)?.length, 2);
});

const devices: readonly (readonly [string | undefined, string])[] = [
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    'Chrome on Linux',
  ],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1', 'Safari on iPhone'],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36', 'Chrome on Linux'],
  ['curl/8.5.0', 'curl'],
  ['gatewarden/1.0.0 (Linux)', 'the gatewarden command on Linux'],
  ['gatewarden/1.0.0 (Darwin)', 'the gatewarden command on macOS'],
  ['gatewarden/1.0.0 (Windows_NT)', 'the gatewarden command on Windows'],
  ['\u202Eevil\u001b[31m', 'Unknown device'],
  [undefined, 'Unknown device'],
];
for (const [agent, words] of devices) {
  test(`${words} is told from its agent`, () => equal(agentName(agent), words));
}

import { deepEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import test, { after } from 'node:test';
import { folder, problemsOf, routeWith, warningsOf } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

const publicUrl = `sign_in: public-url\n${routeWith()}`;

test('sign_in: public-url needs an address that people can be sent to', () => {
  deepEqual(problemsOf(publicUrl), ['1:10: sign_in: public-url needs GATEWARDEN_PUBLIC_URL']);
  const text = 'public-url needs a GATEWARDEN_PUBLIC_URL with https; plain http is for this machine alone';
  deepEqual(problemsOf(publicUrl, { PUBLIC_URL: 'http://auth.example.com' }), [`1:10: sign_in: ${text}`]);
  deepEqual(problemsOf(publicUrl, { PUBLIC_URL: 'https://auth.example.com' }), []);
  deepEqual(problemsOf(publicUrl, { PUBLIC_URL: 'http://auth.localhost:8080' }), []);
});

test('a host that is not in the COOKIE_DOMAIN deserves a warning where each host has a sign-in of its own', () => {
  const settings = { PUBLIC_URL: 'https://auth.example.org', COOKIE_DOMAIN: 'example.org' };
  const problem =
    'it is not in GATEWARDEN_COOKIE_DOMAIN, example.org; sign_in: public-url hands the sign-in over to it';
  deepEqual(warningsOf(routeWith(), settings), [`2:5: nobody can sign in at wiki.example.com: ${problem}`]);
  deepEqual(warningsOf(publicUrl, settings), []);
  deepEqual(warningsOf(routeWith().replace('wiki.example.com', '"*.example.org"'), settings), []);
});

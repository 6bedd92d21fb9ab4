import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { Settings } from '../../settings/settings.ts';

type HeaderSettings = Pick<Settings, 'publicUrl' | 'adminUrl' | 'hstsSubdomains'>;

/** Headers by name. */
export type OwnHeaders = Readonly<Record<string, string>>;

/**
 * The headers of every answer that Gatewarden gives: pages, API, refusals and redirects, in the gateway and in Express. An
 * upstream's answers do not get them. Caches store nothing; an answer that may be cached overrides `Cache-Control`.
 */
export function ownHeaders(settings: HeaderSettings): OwnHeaders {
  return Object.freeze({
    'Cache-Control': 'no-store',
    Vary: 'Cookie, Authorization, X-Gatewarden-Token',
    ...setBy(hardening(settings)),
  });
}

/** The policy of a page whose form leads on to `origin`, in place of that of `ownHeaders`. */
export function policyWithForms(settings: HeaderSettings, origin: string): OwnHeaders {
  const { 'Content-Security-Policy': policy = '' } = setBy(hardening(settings, [origin]));
  return { 'Content-Security-Policy': policy };
}

function hardening({ publicUrl, adminUrl, hstsSubdomains }: HeaderSettings, formTargets: readonly string[] = []) {
  const https = publicUrl?.startsWith('https:') ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        // The script of the pages sends forms and follows links without a full reload.
        connectSrc: ["'self'"],
        // Browsers hold the redirect after a form to this, too: the sign-in page's may lead to an account page.
        formAction: ["'self'", ...(adminUrl === undefined ? [] : [adminUrl]), ...formTargets],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // With `no-referrer` browsers send `Origin: null` with the forms of the pages.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: hstsSubdomains } : false,
    // The upstream has the same origin, and decides this.
    originAgentCluster: false,
  });
}

/** The headers that a middleware sets. Helmet's are the same for every request, so it is called once. */
function setBy(middleware: ReturnType<typeof helmet>): OwnHeaders {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  middleware(res.req, res, () => undefined);
  return Object.fromEntries(res.getHeaderNames().map((name) => [inTitleCase(name), String(res.getHeader(name))]));
}

const inTitleCase = (name: string): string => name.replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase());

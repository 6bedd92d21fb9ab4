import type { Core } from '../core.ts';
import type { Brand, Frame } from '../pages/index.ts';
import { brokenPage, errorPage, languageOf, wordsOf } from '../pages/index.ts';
import type { RequestHead } from '../request/extract/head.ts';
import { parseHost } from '../request/extract/host.ts';
import { isNavigation } from '../request/extract/navigation.ts';
import type { ClearCookie } from '../request/identify.ts';
import { requestIdOf } from '../request/request-id.ts';
import { respond } from '../request/respond/index.ts';
import { htmlContentType } from '../request/respond/media-types.ts';
import { ownHeaders } from '../request/respond/own-headers.ts';
import { returnTo } from '../request/respond/return-to.ts';
import { somethingBroke } from '../request/respond/something-broke.ts';
import type { Settings } from '../settings/settings.ts';

/** The `Set-Cookie` values that clear the session cookie: of the host alone, and for every domain and path that may have set it. */
export type ClearedCookies = Readonly<{
  header: string;
  everywhere: (hostname: string, path: string) => string[];
}>;

type Dependencies = Readonly<{ settings: Settings; brand: Brand; cleared: ClearedCookies }>;

/** Returns the functions that answer refusals and unexpected errors, as pages for navigations. They read no store. */
export function refusalAnswers({ settings, brand, cleared }: Dependencies): Pick<Core, 'answer' | 'answerBroken'> {
  const { prefix: ownPrefix } = settings;
  const common = ownHeaders(settings);

  const frameFor = ({ headers }: RequestHead, prefix = ownPrefix): Frame => ({
    brand,
    prefix,
    words: wordsOf(languageOf(headers['accept-language'])),
  });

  return {
    answer(head, refusal, options = {}) {
      const { prefix, clearCookie = false, offerBasic = false, principal, source, ...more } = options;
      const requestId = options.requestId ?? requestIdOf(head, source?.trusted === true);
      return respond({
        ...more,
        refusal,
        ownHeaders: { ...common, 'X-Request-Id': requestId },
        navigation: isNavigation(head),
        target: head.url,
        method: head.method,
        clearCookieHeader: clearedBy(clearCookie, head, cleared),
        offerBasic: offerBasic && isProgram(head),
        page: (shown) => errorPage(shown, frameFor(head, prefix), { requestId, principal, back: backOf(head) }),
      });
    },

    answerBroken(head, { requestId, prefix }) {
      if (!isNavigation(head))
        return { ...somethingBroke, headers: { ...somethingBroke.headers, 'X-Request-Id': requestId } };
      const headers = { ...common, 'X-Request-Id': requestId, 'Content-Type': htmlContentType };
      return { status: somethingBroke.status, headers, body: brokenPage(frameFor(head, prefix), requestId) };
    },
  };
}

/** The path of a request that may be made again by a link. */
function backOf({ method, url }: RequestHead): string | undefined {
  return method === 'GET' ? returnTo(url, '') || undefined : undefined;
}

function clearedBy(clear: ClearCookie, head: RequestHead, { header, everywhere }: ClearedCookies) {
  if (clear !== 'everywhere') return clear ? header : undefined;
  const hostname = parseHost(head.headers.host ?? '')?.hostname ?? '';
  return everywhere(hostname, head.url?.split('?')[0] ?? '/');
}

const davMethods: ReadonlySet<string> = new Set([
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'REPORT', 'MKCALENDAR', 'SEARCH', 'ACL'],
]);

/** Whether a program, not a browser, sent the request: another agent, or a WebDAV method without an `Origin`. */
function isProgram({ method = '', headers }: RequestHead): boolean {
  const agent = headers['user-agent'] ?? '';
  return !agent.startsWith('Mozilla/') || (davMethods.has(method) && headers.origin === undefined);
}

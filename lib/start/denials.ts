import type { Core } from '../core.ts';
import type { ErrorCode } from '../errors.ts';
import type { RequestHead } from '../request/extract/head.ts';
import type { RequestSource, sourceReader } from '../request/extract/source.ts';
import type { RecordEvent } from '../services.ts';

/** The codes of refusals that the audit log records. Missing credentials, invalid input and outages are left out. */
const recorded: ReadonlySet<ErrorCode> = new Set([
  'malformed_credential',
  'invalid_token',
  'token_expired',
  'token_revoked',
  'insufficient_role',
  'insufficient_scope',
  'csrf_rejected',
  'ambiguous_path',
  'misdirected_host',
  'approval_unavailable',
]);

type Dependencies = Readonly<{
  record: RecordEvent;
  readSource: ReturnType<typeof sourceReader>;
}>;

/** Records refusals as `access.denied`, with address, agent and method. The audit log's quotas limit how many a client can cause. */
export function denialRecorder({ record, readSource }: Dependencies): Core['onRefusal'] {
  function addressOf(head: RequestHead, source: RequestSource | undefined): string | undefined {
    const read = source ?? readSource(head);
    return 'address' in read ? read.address : head.socket.remoteAddress;
  }

  return function onRefusal(head, { principal, refusal, source }) {
    if (!recorded.has(refusal.code)) return;
    void record({
      event: 'access.denied',
      actor: principal.name,
      via: principal.via,
      address: addressOf(head, source),
      agent: head.headers['user-agent'],
      subject: head.url?.split('?')[0],
      outcome: refusal.code,
      detail: { method: head.method ?? '' },
    });
  };
}

/**
 * What the gateway and the command need besides the published package: imported as `#gate`. Internal, so that it may
 * change in any release.
 */

export { errorTable } from '../errors.ts';
export { toEntry as toAuditJson } from '../routes/api/audit.ts';
export { toClient as toClientJson, toIssued as toIssuedClientJson } from '../routes/api/clients.ts';
export { toExplanation as toExplanationJson } from '../routes/api/explain.ts';
export { invitationUrl, toInvitation as toInvitationJson } from '../routes/api/invitations.ts';
export { toSession as toSessionJson } from '../routes/api/session.ts';
export { toUser as toUserJson } from '../routes/schemas.ts';
export type { ForwardAuthAnswer } from '../routes/verify/forward-auth.ts';
export { backUpDatabase } from '../stores/open.ts';
export { type Survey, surveyStores } from '../stores/survey.ts';
export { readBrand } from './brand.ts';
export { type InternalGate, openGate } from './gate.ts';
export {
  type ExportOptions,
  type ImportOptions,
  type ImportSummary,
  openTransfer,
  type Transfer,
} from './open-transfer.ts';
export { setupNotice } from './setup-notice.ts';

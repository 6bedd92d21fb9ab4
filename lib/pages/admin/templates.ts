import { auditTemplates } from './audit-templates.ts';
import { clientFormTemplates } from './client-form-templates.ts';
import { clientTemplates } from './clients-templates.ts';
import { healthTemplates } from './health-templates.ts';
import { invitationTemplates } from './invitations-templates.ts';
import { overviewTemplates } from './overview-templates.ts';
import { questionTemplates } from './question-templates.ts';
import { ruleTemplates } from './rules-templates.ts';
import { sessionTemplates } from './sessions-templates.ts';
import { settingTemplates } from './settings-templates.ts';
import { userFormTemplates } from './user-form-templates.ts';
import { oneUserTemplates } from './user-templates.ts';
import { usersAtOnceTemplates } from './users-at-once-templates.ts';
import { userTemplates } from './users-templates.ts';

/** The templates of the administration, by name. */
export const adminTemplates = {
  ...overviewTemplates,
  ...userTemplates,
  ...oneUserTemplates,
  ...userFormTemplates,
  ...usersAtOnceTemplates,
  ...invitationTemplates,
  ...clientTemplates,
  ...clientFormTemplates,
  ...sessionTemplates,
  ...auditTemplates,
  ...ruleTemplates,
  ...settingTemplates,
  ...healthTemplates,
  ...questionTemplates,
} as const;

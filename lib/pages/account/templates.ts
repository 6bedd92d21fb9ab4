import { activityTemplates } from './activity-templates.ts';
import { deviceListTemplates } from './devices-templates.ts';
import { overviewTemplates } from './overview-templates.ts';
import { tokenTemplates } from './tokens-templates.ts';

/** The templates of the account, by name. */
export const accountTemplates = {
  ...overviewTemplates,
  ...deviceListTemplates,
  ...tokenTemplates,
  ...activityTemplates,
} as const;

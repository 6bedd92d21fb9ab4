import { accountStyles } from './account.ts';
import { appStyles } from './app.ts';
import { baseStyles } from './base.ts';
import { chartStyles } from './charts.ts';
import { formStyles } from './forms.ts';
import { logStyles } from './log.ts';
import { ruleStyles } from './rules.ts';
import { userStyles } from './users.ts';

/** The one stylesheet of all pages. Text has a contrast of at least 4.5:1 in both colour schemes. */
export const stylesheet = [
  baseStyles,
  formStyles,
  appStyles,
  accountStyles,
  chartStyles,
  logStyles,
  userStyles,
  ruleStyles,
].join('\n');

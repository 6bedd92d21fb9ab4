import { z } from 'zod';
import type { Core } from '../../../core.ts';
import { type SettingGroup, type ShownSetting, settingsPage } from '../../../pages/admin/settings.ts';
import { settingGroups, settingTable, warningsOf, writtenSetting } from '../../../settings/index.ts';
import type { Settings } from '../../../settings/settings.ts';
import { html } from '../../reply.ts';
import { type Route, route } from '../../route.ts';
import { field, page, viewerFrameOf } from '../page.ts';

const settingOf = ({ settings, settingOrigins }: Core, key: keyof Settings): ShownSetting => {
  const { env, secret, help, defaultInWords } = settingTable[key];
  return {
    name: `GATEWARDEN_${env}`,
    value: writtenSetting(key, settings),
    origin: settingOrigins[key],
    isSecret: secret === true,
    help,
    fallback: defaultInWords,
  };
};

const groupNames = Object.keys(settingGroups) as readonly (keyof typeof settingGroups)[];

const groupsOf = (core: Core): readonly SettingGroup[] =>
  groupNames.map((name) => ({ name, settings: settingGroups[name].map((key) => settingOf(core, key)) }));

/** The page `admin/settings`. */
export const adminSettingsRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/admin/settings',
    summary: 'The settings in force, without secrets, with where each came from.',
    tag: 'pages',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    query: z.object({ q: field, show: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { q = '', show } = call.query;
      const filter = { text: q.slice(0, 80), onlyGiven: show === 'given' };
      const shown = { groups: groupsOf(call.core), filter, warnings: warningsOf(call.core.settings) };
      return html(200, settingsPage(viewerFrameOf(call), shown));
    },
  }),
];

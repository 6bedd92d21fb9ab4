/** The templates of the page `admin/settings`, by name. */
export const settingTemplates = {
  '@admin-settings': `<% layout('@layout', { title: it.t('nav.settings') }) %>
<div class="heading"><h1><%= it.t('nav.settings') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

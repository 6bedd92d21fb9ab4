/** The templates of the page `admin/health`, by name. */
export const healthTemplates = {
  '@admin-health': `<% layout('@layout', { title: it.t('nav.health') }) %>
<div class="heading"><h1><%= it.t('nav.health') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

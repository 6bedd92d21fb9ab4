/** The templates of the page `admin/audit`, by name. */
export const auditTemplates = {
  '@admin-audit': `<% layout('@layout', { title: it.t('nav.audit') }) %>
<div class="heading"><h1><%= it.t('nav.audit') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

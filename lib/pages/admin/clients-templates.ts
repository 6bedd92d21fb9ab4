/** The templates of the page `admin/clients`, by name. */
export const clientTemplates = {
  '@admin-clients': `<% layout('@layout', { title: it.t('nav.clients') }) %>
<div class="heading"><h1><%= it.t('nav.clients') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

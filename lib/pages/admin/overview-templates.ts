/** The templates of the page `admin/overview`, by name. */
export const overviewTemplates = {
  '@admin-overview': `<% layout('@layout', { title: it.t('nav.overview') }) %>
<div class="heading"><h1><%= it.t('nav.overview') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

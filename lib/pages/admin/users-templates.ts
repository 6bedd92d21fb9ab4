/** The templates of the page `admin/users`, by name. */
export const userTemplates = {
  '@admin-users': `<% layout('@layout', { title: it.t('nav.users') }) %>
<div class="heading"><h1><%= it.t('nav.users') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

/** The templates of the page `admin/sessions`, by name. */
export const sessionTemplates = {
  '@admin-sessions': `<% layout('@layout', { title: it.t('nav.sessions') }) %>
<div class="heading"><h1><%= it.t('nav.sessions') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

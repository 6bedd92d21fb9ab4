/** The templates of the page `admin/invitations`, by name. */
export const invitationTemplates = {
  '@admin-invitations': `<% layout('@layout', { title: it.t('nav.invitations') }) %>
<div class="heading"><h1><%= it.t('nav.invitations') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

/** The templates of the page `admin/rules`, by name. */
export const ruleTemplates = {
  '@admin-rules': `<% layout('@layout', { title: it.t('nav.rules') }) %>
<div class="heading"><h1><%= it.t('nav.rules') %></h1></div>
<%~ include('@messages', it) %>
`,
} as const;

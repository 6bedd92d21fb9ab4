/** The template of the pages that say why there is nothing else to see, by name. */
export const errorTemplates = {
  '@error': `<% layout('@layout', { title: it.heading }) %>
<h1><%= it.heading %></h1>
<% for (const line of it.lines) { %><p class="lead"<% if (line.lang) { %> lang="<%= line.lang %>" dir="ltr"<% } %>><%= line.text %></p>
<% } %><% if (it.facts.length > 0) { %><dl class="facts wide">
<% for (const fact of it.facts) { %><div><dt><%= fact.label %></dt><dd><bdi><%= fact.value %></bdi></dd></div>
<% } %></dl>
<% } %><% if (it.links.length > 0) { %><p class="actions">
<% it.links.forEach((link, at) => { %><a class="button<% if (at > 0) { %> plain<% } %>" href="<%= link.href %>"><%= link.text %></a>
<% }) %></p>
<% } %><div class="code">
<p><% if (it.code) { %><%~ it.m('errors.code', { status: String(it.status), name: it.code }) %><% } else { %><%= it.t('errors.status', { status: String(it.status) }) %><% } %></p>
<p><%~ it.m('errors.request', { id: it.requestId }) %></p>
<p><%= it.t('errors.quote') %></p>
</div>
`,
} as const;

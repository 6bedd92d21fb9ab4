/** The templates of the pages `admin/audit` and of one record, by name. */
export const auditTemplates = {
  '@admin-audit': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('nav.audit') }) : it.t('nav.audit') }) %>
<div class="heading"><h1 id="audit"><%= it.t('nav.audit') %></h1>
<% if (it.exports) { %><div class="inline">
<a class="button plain small" href="<%= it.exports.csv %>"><%= it.t('audit.csv') %></a>
<a class="button plain small" href="<%= it.exports.json %>"><%= it.t('audit.json') %></a>
</div><% } %></div>
<%~ include('@messages', it) %>
<form class="filters many" method="get" action="<%= it.prefix %>/admin/audit" data-inline>
<%~ include('@audit-time', { ...it, name: 'from', label: it.t('audit.from'), at: it.from }) %>
<%~ include('@audit-time', { ...it, name: 'to', label: it.t('audit.to'), at: it.to }) %>
<%~ include('@audit-choice', { ...it, name: 'event', label: it.t('audit.event'), any: it.t('audit.anyEvent'), options: it.events }) %>
<%~ include('@audit-text', { ...it, name: 'actor', label: it.t('audit.actor'), sample: 'ada' }) %>
<%~ include('@audit-text', { ...it, name: 'subject', label: it.t('audit.subject'), sample: 'user:ada' }) %>
<%~ include('@audit-choice', { ...it, name: 'outcome', label: it.t('audit.outcome'), any: it.t('audit.anyOutcome'), options: it.outcomes }) %>
<input type="hidden" name="zone" value="UTC" data-zone>
<div class="inline"><button type="submit"><%= it.t('audit.filter') %></button>
<% if (it.isFiltered) { %><a class="button plain" href="<%= it.prefix %>/admin/audit" data-inline><%= it.t('audit.clear') %></a><% } %>
<p class="hint" id="zone"><%= it.t('audit.zone') %> <span data-zone-name>UTC</span></p></div>
</form>
<% if (it.rows) { %><div class="scroll" tabindex="0" role="region" aria-labelledby="audit">
<% if (it.rows.length === 0) { %><p class="empty"><%= it.isFiltered ? it.t('audit.noneFound') : it.t('audit.noneYet') %></p>
<% } else { %><table class="log">
<thead><tr><th scope="col"><%= it.t('audit.time') %></th><th scope="col"><%= it.t('audit.event') %></th><th scope="col"><%= it.t('audit.actor') %></th><th scope="col"><%= it.t('audit.subject') %></th><th scope="col"><%= it.t('audit.outcome') %></th><th scope="col"><%= it.t('audit.address') %></th></tr></thead>
<tbody>
<% for (const row of it.rows) { %><tr>
<th scope="row"><a href="<%= row.href %>"><%~ it.time(row.at) %></a></th>
<td><%= row.what %></td>
<td><% if (row.actor) { %><a href="<%= row.actor.href %>" data-inline><bdi><%= row.actor.name %></bdi></a><% } else { %><%= row.via %><% } %></td>
<td><% if (row.subject) { %><a href="<%= row.subject.href %>" data-inline><bdi><%= row.subject.name %></bdi></a><% } %></td>
<td><%~ include('@audit-outcome', { ...it, outcome: row.outcome }) %></td>
<td><bdi><%= row.address %></bdi></td>
</tr>
<% } %></tbody>
</table><% } %>
</div>
<%~ include('@pager', it) %>
<% } %>`,

  '@audit-outcome': `<% if (it.outcome === 'ok') { %><span class="badge good"><%= it.t('audit.ok') %></span><% } else { %><span class="badge bad"><%= it.outcome %></span><% } %>`,

  // The script shows the time in the reader's zone; the hidden field says which zone it is.
  '@audit-time': `<div class="field"><label for="<%= it.name %>"><%= it.label %></label>
<input type="datetime-local" id="<%= it.name %>" name="<%= it.name %>" step="any" aria-describedby="<%= it.name %>-hint zone"<% if (it.at) { %> value="<%= it.at.written %>" data-at="<%= it.at.exact %>"<% } %><% if (it.problems[it.name]) { %> aria-invalid="true"<% } %>>
<p class="hint bad" id="<%= it.name %>-hint"><%= it.problems[it.name] ?? '' %></p></div>
`,

  '@audit-text': `<div class="field"><label for="<%= it.name %>"><%= it.label %></label>
<input type="text" id="<%= it.name %>" name="<%= it.name %>" value="<%= it.fields[it.name] ?? '' %>" placeholder="<%= it.sample %>" autocapitalize="none" autocorrect="off" spellcheck="false" autocomplete="off" aria-describedby="<%= it.name %>-hint"<% if (it.problems[it.name]) { %> aria-invalid="true"<% } %>>
<p class="hint bad" id="<%= it.name %>-hint"><%= it.problems[it.name] ?? '' %></p></div>
`,

  '@audit-choice': `<div class="field"><label for="<%= it.name %>"><%= it.label %></label>
<select id="<%= it.name %>" name="<%= it.name %>"><option value=""><%= it.any %></option>
<% for (const { value, text } of it.options) { %><option value="<%= value %>"<% if (value === it.fields[it.name]) { %> selected<% } %>><%= text %></option>
<% } %></select></div>
`,

  '@admin-audit-record': `<% layout('@layout', { title: it.what }) %>
<p><a href="<%= it.prefix %>/admin/audit"><%= it.t('nav.audit') %></a></p>
<h1><%= it.what %></h1>
<div class="card record"><dl class="facts">
<% for (const [name, value] of it.facts) { %><div><dt><%= name %></dt><dd><% if (value.code) { %><code><bdi><%= value.text %></bdi></code><% } else if (value.at) { %><%~ it.time(value.at) %><% } else if (value.outcome) { %><%~ include('@audit-outcome', { ...it, outcome: value.outcome }) %><% } else { %><bdi><%= value.text %></bdi><% } %></dd></div>
<% } %></dl></div>
<h2 id="more"><%= it.t('audit.more') %></h2>
<ul class="links" aria-labelledby="more">
<% for (const link of it.links) { %><li><a href="<%= link.href %>"><%~ link.markup %></a></li>
<% } %></ul>
`,
} as const;

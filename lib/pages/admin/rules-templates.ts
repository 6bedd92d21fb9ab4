/** The templates of the page `admin/rules`, by name. */
export const ruleTemplates = {
  '@admin-rules': `<% layout('@layout', { title: it.t('nav.rules') }) %>
<h1><%= it.t('nav.rules') %></h1>
<p class="lead"><%= it.t('rules.lead') %></p>
<%~ include('@messages', it) %>
<section class="card" aria-labelledby="what">
<h2 id="what"><%= it.t('rules.what') %></h2>
<p class="hint"><%= it.t('rules.whatLead') %></p>
<form class="asking" method="get" action="<%= it.prefix %>/admin/rules" data-inline>
<%~ include('@rules-field', { ...it, name: 'method', list: 'methods', required: true }) %>
<%~ include('@rules-field', { ...it, name: 'url', hint: it.t('rules.urlHint'), required: true }) %>
<%~ include('@rules-field', { ...it, name: 'as', list: 'roles', hint: it.t('rules.asHint') }) %>
<%~ include('@rules-field', { ...it, name: 'from' }) %>
<datalist id="methods"><% for (const name of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) { %><option value="<%= name %>"></option><% } %></datalist>
<datalist id="roles"><% for (const role of it.roles) { %><option value="<%= role %>"></option><% } %></datalist>
<p class="send"><button type="submit"><%= it.t('rules.ask') %></button></p>
</form>
<% if (it.found) { %><%~ include('@rules-decision', it) %><% } %>
</section>
<% if (it.rules) { %><h2 id="in-force"><%= it.t('rules.inForce') %></h2>
<% if (it.routes[0].targets.length > 0) { %><p class="quiet"><%= it.t('rules.leadsTo', { targets: it.routes[0].targets.join(', ') }) %></p>
<% } %><%~ include('@rules-table', it) %>
<% } else { %><h2 id="in-force"><%= it.t('rules.routes', { n: it.routeCount }) %></h2>
<p class="quiet"><%= it.t('rules.routesLead') %></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="in-force">
<table>
<thead><tr><th scope="col"><%= it.t('rules.host') %></th><th scope="col"><%= it.t('rules.upstream') %></th><th class="number" scope="col"><%= it.t('rules.rules') %></th><th scope="col"><%= it.t('rules.warnings') %></th></tr></thead>
<tbody>
<% for (const route of it.routes) { %><tr>
<th scope="row"><a href="<%= route.at %>" data-inline><bdi><%= route.where %></bdi></a></th>
<td><% for (const target of route.targets) { %><code><%= target %></code><br><% } %><% if (route.targets.length === 0) { %><%= it.t('rules.none') %><% } %></td>
<td class="number"><%= route.ruleCount %></td>
<td><% if (route.warningCount > 0) { %><span class="badge warn"><%= it.t('rules.warningCount', { n: route.warningCount }) %></span><% } else { %><span class="quiet"><%= it.t('rules.noWarnings') %></span><% } %></td>
</tr>
<% } %></tbody>
</table>
</div>
<%~ include('@pager', it) %>
<% } %>`,

  // `it.name`, and the hint or what is wrong.
  '@rules-field': `<div class="field <%= it.name %>">
<label for="<%= it.name %>"><%= it.t('rules.' + it.name) %></label>
<input type="text" id="<%= it.name %>" name="<%= it.name %>" value="<%= it.asked[it.name] %>" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false"<% if (it.list) { %> list="<%= it.list %>"<% } %><% if (it.required) { %> required<% } %><% if (it.problems[it.name]) { %> aria-invalid="true"<% } %><% if (it.hint || it.problems[it.name]) { %> aria-describedby="<%= it.name %>-hint"<% } %>>
<% if (it.hint || it.problems[it.name]) { %><p class="hint<% if (it.problems[it.name]) { %> bad<% } %>" id="<%= it.name %>-hint"><%= it.problems[it.name] ? it.t('rules.' + it.problems[it.name]) : it.hint %></p>
<% } %></div>
`,

  '@rules-decision': `<div role="status"><div class="notice <%= it.found.tone %>"><p><strong><%= it.found.verdict %></strong> <%= it.found.reason %></p></div></div>
<dl class="facts">
<div><dt><%= it.t('rules.request') %></dt><dd><code><%= it.found.request %></code></dd></div>
<div><dt><%= it.t('rules.by') %></dt><dd><% if (it.found.by) { %><%~ it.m('rules.byWhom', it.found.by) %><% } else { %><%= it.t('rules.nobody') %><% } %></dd></div>
<% if (it.found.route) { %><div><dt><%= it.t('rules.route') %></dt><dd><a href="<%= it.found.route.at %>" data-inline><bdi><%= it.found.route.name %></bdi></a></dd></div>
<% } %><div><dt><%= it.t('rules.rule') %></dt><dd><% if (it.found.isWritten) { %><code><%= it.found.rule %></code><% } else { %><%= it.found.rule %><% } %></dd></div>
</dl>
<% if (it.found.readings.length > 1) { %><h3 id="readings"><%= it.t('rules.readings', { n: it.found.readings.length }) %></h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="readings"><table>
<thead><tr><th scope="col"><%= it.t('rules.readingPath') %></th><th scope="col"><%= it.t('rules.readingRule') %></th></tr></thead>
<tbody><% for (const reading of it.found.readings) { %><tr><td><code><%= reading.path %></code></td><td><code><%= reading.rule %></code></td></tr><% } %></tbody>
</table></div>
<% } %><% if (it.found.headers.length > 0) { %><h3 id="told"><%= it.t('rules.headers') %></h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="told"><table>
<thead><tr><th scope="col"><%= it.t('rules.header') %></th><th scope="col"><%= it.t('rules.value') %></th></tr></thead>
<tbody><% for (const [name, value] of it.found.headers) { %><tr><td><code><%= name %></code></td><td><code><%= value %></code></td></tr><% } %></tbody>
</table></div>
<% } %><details class="steps"><summary><%= it.t('rules.steps') %></summary>
<ol><% for (const step of it.found.steps) { %><li><%= step %></li><% } %></ol>
</details>
`,

  '@rules-table': `<% if (it.rules.length === 0) { %><div class="card"><p><%= it.t('rules.noRules') %></p></div>
<% } else { %><div class="scroll" tabindex="0" role="region" aria-labelledby="rules-caption">
<table>
<caption id="rules-caption"><%= it.t('rules.tableOf') %></caption>
<thead><tr><th class="number" scope="col"><%= it.t('rules.line') %></th><th scope="col"><%= it.t('rules.requests') %></th><th scope="col"><%= it.t('rules.who') %></th><th scope="col"><%= it.t('rules.conditions') %></th></tr></thead>
<tbody>
<% for (const rule of it.rules) { %><tr>
<td class="number"><%= rule.line %></td>
<td><code><%= rule.pattern %></code><br><span class="quiet"><%= rule.methods %></span><% for (const warning of rule.warnings) { %><br><strong class="warning"><%= warning %></strong><% } %></td>
<td><% if (rule.isOpen) { %><span class="badge plain"><%= rule.who %></span><% } else { %><%= rule.who %><% } %></td>
<td><% for (const condition of rule.conditions) { %><%= condition %><br><% } %></td>
</tr>
<% } %><tr><td></td><td><%= it.t('rules.noneMatches') %></td><td><%= it.t('rules.admins') %></td><td></td></tr>
</tbody>
</table>
</div>
<% if (it.notShown > 0) { %><p class="quiet"><%= it.t('rules.cut', { n: it.notShown }) %></p>
<% } %><% } %>`,

  '@admin-route-rules': `<% layout('@layout', { title: it.t('rules.of', { name: it.name }) }) %>
<div class="heading"><h1><%= it.t('rules.of', { name: it.name }) %></h1>
<a class="button plain" href="<%= it.prefix %>/admin/rules" data-inline><%= it.t('rules.all') %></a></div>
<% if (it.targets.length > 0) { %><p class="quiet"><%= it.t('rules.leadsTo', { targets: it.targets.join(', ') }) %></p>
<% } %><%~ include('@rules-table', it) %>
`,
} as const;

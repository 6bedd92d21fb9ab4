/** The templates of the pages of clients, by name. */
export const clientTemplates = {
  '@admin-clients': `<% layout('@layout', { title: it.t('nav.clients') }) %>
<div class="heading"><h1 id="list"><%= it.t('nav.clients') %></h1><a class="button" href="<%= it.prefix %>/admin/new-client" data-inline><%= it.t('clients.new') %></a></div>
<%~ include('@messages', it) %>
<div class="scroll" tabindex="0" role="region" aria-labelledby="list">
<% if (it.clients.length === 0) { %><p class="empty"><%= it.t('clients.none') %></p>
<% } else { %><table>
<thead><tr>
<th scope="col"><%= it.t('clients.name') %></th>
<th scope="col"><%= it.t('clients.state') %></th>
<th scope="col"><%= it.t('clients.role') %></th>
<th scope="col"><%= it.t('clients.scopes') %></th>
<th scope="col" class="number"><%= it.t('clients.secrets') %></th>
<th scope="col"><%= it.t('clients.used') %></th>
<th scope="col"><%= it.t('clients.ends') %></th>
</tr></thead>
<tbody>
<% for (const one of it.clients) { %><tr>
<th scope="row"><a href="<%= it.prefix %>/admin/clients/<%= one.clientId %>" data-inline><bdi><%= one.name %></bdi></a><div class="quiet"><code><%= one.clientId %></code></div></th>
<td><span class="badge <%= one.badge.look %>"><%= it.t(one.badge.word) %></span></td>
<td><bdi><%= one.role %></bdi></td>
<td class="text scopes"><%~ include('@scopes', { ...it, scopes: one.scopes }) %></td>
<td class="number"><%= one.secrets.length %></td>
<td><% if (one.lastUsedAt) { %><%~ it.time(one.lastUsedAt) %><% } else { %><span class="quiet"><%= it.t('frame.never') %></span><% } %></td>
<td><% if (one.expiresAt) { %><%~ it.time(one.expiresAt) %><% } else { %><span class="quiet"><%= it.t('frame.never') %></span><% } %></td>
</tr>
<% } %></tbody>
</table>
<% } %></div>
<%~ include('@pager', it) %>
`,

  '@scopes': `<% if (it.scopes.length === 0) { %><span class="quiet"><%= it.t('frame.none') %></span><% } %><% for (const scope of it.scopes) { %><code><%= scope %></code> <% } %>`,

  '@client': `<% layout('@layout', { title: it.client.name }) %>
<p class="trail"><a href="<%= it.prefix %>/admin/clients" data-inline><%= it.t('nav.clients') %></a></p>
<div class="heading"><h1><bdi><%= it.client.name %></bdi> <span class="badge <%= it.client.badge.look %>"><%= it.t(it.client.badge.word) %></span></h1><a class="button" href="<%= it.at %>/edit" data-inline><%= it.t('clients.edit') %></a></div>
<%~ include('@messages', it) %>
<div class="card">
<dl class="facts">
<div><dt><%= it.t('clients.id') %></dt><dd><code><%= it.client.clientId %></code></dd></div>
<div><dt><%= it.t('clients.role') %></dt><dd><bdi><%= it.client.role %></bdi></dd></div>
<div><dt><%= it.t('clients.scopes') %></dt><dd><%~ include('@scopes', { ...it, scopes: it.client.scopes }) %></dd></div>
<div><dt><%= it.t('clients.made') %></dt><dd><%~ it.time(it.client.createdAt) %></dd></div>
<div><dt><%= it.t('clients.changed') %></dt><dd><%~ it.time(it.client.updatedAt) %></dd></div>
<div><dt><%= it.t('clients.used') %></dt><dd><% if (it.client.lastUsedAt) { %><%~ it.time(it.client.lastUsedAt) %><% } else { %><%= it.t('frame.never') %><% } %></dd></div>
<div><dt><%= it.t('clients.ends') %></dt><dd><% if (it.client.expiresAt) { %><%~ it.time(it.client.expiresAt) %><% } else { %><%= it.t('frame.never') %><% } %></dd></div>
<div><dt><%= it.t('clients.endpoint') %></dt><dd><code><%= it.tokenEndpoint %></code></dd></div>
</dl>
<p class="actions"><a href="<%= it.prefix %>/admin/audit?subject=client:<%= it.client.clientId %>"><%= it.t('clients.audit') %></a></p>
</div>
<h2 id="secrets"><%= it.t('clients.secrets') %></h2>
<div class="card">
<p class="quiet"><%= it.t('clients.secretsLead') %></p>
<ul class="sessions" aria-labelledby="secrets">
<% it.client.secrets.forEach((secret, at) => { %><li><p class="device"><%= it.t(at === 0 ? 'clients.newest' : 'clients.older') %></p><p class="about"><%= it.t('clients.made') %>: <%~ it.time(secret.createdAt) %></p></li>
<% }) %></ul>
<div class="actions"><a class="button plain small" href="<%= it.at %>/secret" data-inline><%= it.t('clients.addSecret') %></a><% if (it.client.secrets.length > 1) { %> <a class="button plain small" href="<%= it.at %>/end-older-secret" data-inline><%= it.t('clients.endOlder') %></a><% } %></div>
</div>
<h2><%= it.t('clients.access') %></h2>
<div class="card">
<div class="actions">
<% if (it.client.active) { %><a class="button plain small" href="<%= it.at %>/end-tokens" data-inline><%= it.t('clients.endTokens') %></a> <a class="button plain small" href="<%= it.at %>/deactivate" data-inline><%= it.t('clients.deactivate') %></a><% } else { %><a class="button plain small" href="<%= it.at %>/activate" data-inline><%= it.t('clients.activate') %></a><% } %>
<a class="button danger small" href="<%= it.at %>/delete" data-inline><%= it.t('clients.delete') %></a>
</div>
</div>
`,

  '@issued-client': `<% layout('@layout', { title: it.t(it.heading) }) %>
<h1><%= it.t(it.heading) %></h1>
<p class="lead"><%= it.t('clients.secretOnce') %></p>
<div class="card">
<%~ include('@copy', { ...it, id: 'client-id', label: it.t('clients.id'), value: it.clientId, hint: '' }) %>
<%~ include('@copy', { ...it, id: 'secret', label: it.t('clients.secret'), value: it.secret, hint: it.t('clients.secretHint') }) %>
<%~ include('@copy', { ...it, id: 'endpoint', label: it.t('clients.endpoint'), value: it.tokenEndpoint, hint: it.t('clients.endpointHint') }) %>
<div class="actions"><a class="button" href="<%= it.prefix %>/admin/clients/<%= it.clientId %>" data-inline><%= it.t('clients.toClient') %></a></div>
</div>
`,

  '@new-secret': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('clients.addSecret') }) : it.t('clients.addSecret') }) %>
<div class="heading"><h1><%~ it.m('clients.addSecretHeading', { name: it.client.name }) %></h1></div>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.at %>/secret" data-inline>
<fieldset>
<legend><%= it.t('clients.othersLegend') %></legend>
<div class="choice"><input type="radio" id="others-keep" name="others" value="keep"<% if (!it.endsOthers) { %> checked<% } %>><label for="others-keep"><%= it.t(it.client.secrets.length > 1 ? 'clients.othersKeepOne' : 'clients.othersKeep') %></label></div>
<div class="choice"><input type="radio" id="others-end" name="others" value="end"<% if (it.endsOthers) { %> checked<% } %>><label for="others-end"><%= it.t('clients.othersEnd') %></label></div>
</fieldset>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('clients.addSecret') %></button> <a class="button plain" href="<%= it.at %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,
} as const;

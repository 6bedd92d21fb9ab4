/** The templates of the page `admin/health`, by name. */
export const healthTemplates = {
  '@admin-health': `<% layout('@layout', { title: it.t('nav.health') }) %>
<div class="heading"><h1><%= it.t('nav.health') %></h1>
<a class="button plain small" href="<%= it.prefix %>/admin/health" data-inline><%= it.t('health.again') %></a></div>
<div class="notice <%= it.allWell ? 'good' : 'bad' %>"><p><%= it.allWell ? it.t('health.allWell') : it.t('health.notWell') %></p></div>
<h2 id="stores"><%= it.t('health.stores') %></h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="stores"><table>
<thead><tr><th scope="col"><%= it.t('health.store') %></th><th scope="col"><%= it.t('health.state') %></th><th scope="col" class="number"><%= it.t('health.took') %></th><th scope="col"><%= it.t('health.reason') %></th></tr></thead>
<tbody>
<% for (const one of it.stores) { %><tr><th scope="row"><%= one.store %></th><td><%~ include('@health-state', { ...it, state: one.ok ? 'well' : 'down' }) %></td><td class="number"><%= one.took %></td><td><%= one.problem %></td></tr>
<% } %></tbody>
</table></div>
<% if (it.places) { %><div class="card record"><h3><%= it.t('health.places') %></h3><dl class="facts">
<% for (const [what, place] of it.places) { %><div><dt><%= what %></dt><dd><%= place %></dd></div>
<% } %></dl></div>
<% } %><% if (it.upstreams) { %><h2 id="services"><%= it.t('health.services') %></h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="services"><% if (it.upstreams.length === 0) { %><p class="empty"><%= it.t('health.noServices') %></p><% } else { %><table>
<thead><tr><th scope="col"><%= it.t('health.route') %></th><th scope="col"><%= it.t('health.target') %></th><th scope="col"><%= it.t('health.state') %></th><th scope="col" class="number"><%= it.t('health.connected') %></th><th scope="col"><%= it.t('health.check') %></th><th scope="col" class="number"><%= it.t('health.pending') %></th><th scope="col"><%= it.t('health.failed') %></th></tr></thead>
<% for (const { route, targets } of it.upstreams) { %><tbody>
<% for (const [n, one] of targets.entries()) { %><tr><% if (n === 0) { %><th scope="rowgroup" rowspan="<%= targets.length %>"><bdi><%= route %></bdi></th><% } %>
<td><bdi><%= one.name %></bdi></td><td><%~ include('@health-state', { ...it, state: one.state }) %></td><td class="number"><%= one.connected %></td>
<td><% if (one.checked) { %><%= one.checked.text %><br><%~ it.time(one.checked.at) %><% } else { %><%= it.t('health.unchecked') %><% } %></td><td class="number"><%= one.pending %></td>
<td><% if (one.failed) { %><%= one.failed.problem %><br><%~ it.time(one.failed.at) %><% } else { %><%= it.t('frame.none') %><% } %></td></tr>
<% } %></tbody>
<% } %></table><% } %></div>
<% } %><h2><%= it.t('health.process') %></h2>
<div class="card record"><dl class="facts">
<div><dt><%= it.t('health.version') %></dt><dd>Gatewarden <%= it.process.version %>, Node.js <%= it.process.node %></dd></div>
<div><dt><%= it.t('health.since') %></dt><dd><%~ it.time(it.process.since) %></dd></div>
<div><dt><%= it.t('health.memory') %></dt><dd><%= it.process.memory %></dd></div>
</dl></div>
`,

  '@health-state': `<span class="badge <%= it.state === 'well' ? 'good' : 'bad' %>"><%= it.t('health.' + it.state) %></span>`,
} as const;

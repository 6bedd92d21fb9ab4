/** The templates of the page `admin/overview`, by name. */
export const overviewTemplates = {
  '@admin-overview': `<% layout('@layout', { title: it.t('nav.overview') }) %>
<div class="heading"><h1><%= it.t('nav.overview') %></h1>
<nav class="choices" aria-label="<%= it.t('overview.span') %>"><ul>
<% for (const span of it.spans) { %><li><a href="<%= it.prefix %>/admin?span=<%= span %>" data-inline<% if (span === it.span) { %> aria-current="true"<% } %>><%= it.t('overview.span' + span) %></a></li>
<% } %></ul></nav></div>
<%~ include('@messages', it) %>
<ul class="tiles" aria-label="<%= it.t('overview.now') %>">
<% for (const { what, n, orMore, href } of it.tiles) { %><li<% if (what === 'waiting' && n > 0) { %> class="asks"<% } %>><% if (href) { %><a href="<%= it.prefix %>/admin/<%= href %>"><% } %><strong><%= it.t('overview.number', { n }) %><% if (orMore) { %>+<% } %></strong> <span><%= it.t('overview.' + what + 'Now', { n }) %></span><% if (href) { %></a><% } %></li>
<% } %></ul>
<div class="charts">
<% for (const chart of it.charts) { %><%~ include('@chart', { ...it, chart }) %>
<% } %></div>
<% if (it.rules) { %><%~ include('@top-rules', it) %><% } %>
`,

  // `it.chart`: its title, the sum, the bars, and the same as a table. The script shows its times in the reader's zone.
  '@chart': `<div class="card chart">
<h2 id="<%= it.chart.id %>"><%= it.t('overview.' + it.chart.id) %></h2>
<% if (it.chart.more) { %><a class="more" href="<%= it.prefix %>/admin/<%= it.chart.more.place %><%= it.chart.more.query %>"><%= it.t('nav.' + it.chart.more.place) %><span class="hidden">: <%= it.t('overview.' + it.chart.id) %></span></a>
<% } %><% if (it.chart.total === 0) { %><p class="nothing"><%= it.t('overview.nothing') %></p>
<% } else { %><p class="sum"><strong><%= it.t('overview.number', { n: it.chart.total }) %></strong> <span><%= it.t(it.chart.goesOn ? 'overview.atMost' : 'overview.inAll') %></span></p>
<div class="plot" dir="ltr">
<div class="scale" aria-hidden="true"><% for (const number of it.chart.scale) { %><span><%= number %></span><% } %></div>
<svg viewBox="0 0 <%= it.chart.width %> 100" preserveAspectRatio="none" role="img" aria-label="<%= it.t('overview.chartText', { title: it.t('overview.' + it.chart.id), span: it.t('overview.' + it.last), total: it.chart.total, most: it.chart.most, goesOn: String(it.chart.goesOn) }) %>">
<path class="grid" d="M0 0H<%= it.chart.width %>M0 50H<%= it.chart.width %>M0 100H<%= it.chart.width %>"/>
<% for (const [at, bars] of it.chart.bars.entries()) { %><g><title<% if (it.chart.rows[at].iso) { %> data-time="<%= it.chart.rows[at].iso %>"<% } %>><%= it.chart.rows[at].saying %></title><rect class="hit" x="<%= at * 10 %>" y="0" width="10" height="100"/><% for (const bar of bars) { %><rect class="<%= bar.look %>" x="<%= bar.x %>" y="<%= bar.y %>" width="<%= bar.width %>" height="<%= bar.height %>"/><% } %></g>
<% } %></svg>
<div class="ticks" aria-hidden="true"><% for (const tick of it.chart.ticks) { %><span><% if (tick.at === undefined) { %><%= tick.name %><% } else { %><%~ it.time(tick.at, tick.format) %><% } %></span><% } %></div>
</div>
<% if (it.chart.legend.length > 0) { %><ul class="legend">
<% for (const { look, label } of it.chart.legend) { %><li><svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true"><rect class="<%= look %>" width="10" height="10" rx="2"/></svg><%= label %></li>
<% } %></ul>
<% } %><%~ include('@chart-table', it) %>
<% } %></div>
`,

  '@chart-table': `<details>
<summary><%= it.t('overview.asTable') %><span class="hidden">: <%= it.t('overview.' + it.chart.id) %></span></summary>
<div class="scroll" tabindex="0" role="region" aria-labelledby="<%= it.chart.id %>-table">
<table>
<caption id="<%= it.chart.id %>-table"><%= it.t('overview.' + it.chart.id) %>, <%= it.t('overview.' + it.last) %></caption>
<thead><tr><th scope="col"><%= it.t('overview.from') %></th><% if (it.chart.legend.length === 0) { %><th scope="col" class="number"><%= it.t('overview.count') %></th><% } %><% for (const { label } of it.chart.legend) { %><th scope="col" class="number"><%= label %></th><% } %></tr></thead>
<tbody>
<% for (const row of it.chart.rows.toReversed()) { %><tr><th scope="row"><% if (row.time === undefined) { %><%= row.name %><% } else { %><%~ it.time(row.time) %><% } %></th><% for (const value of row.values) { %><td class="number"><%= value %></td><% } %></tr>
<% } %></tbody>
</table>
</div>
<% if (it.chart.id === 'refusals') { %><h3><%= it.t('overview.byReason') %></h3>
<ul class="codes"><% for (const { code, count } of it.codes) { %><li><code><%= code %></code> <%= it.t('overview.number', { n: count }) %></li><% } %></ul>
<% } %></details>
`,

  '@top-rules': `<h2 id="rules"><%= it.t('overview.rules') %></h2>
<% if (it.rules.top.length === 0) { %><p class="nothing"><%= it.t('overview.noVerdicts') %></p>
<% } else { %><div class="scroll" tabindex="0" role="region" aria-labelledby="rules">
<table class="verdicts">
<caption><%~ it.m('overview.rulesText') %> <a href="<%= it.prefix %>/admin/rules"><%= it.t('overview.toRules') %></a></caption>
<thead><tr><th scope="col"><%= it.t('overview.rule') %></th><th scope="col" class="number"><%= it.t('overview.passed') %></th><th scope="col" class="number"><%= it.t('overview.refused') %></th></tr></thead>
<tbody>
<% for (const one of it.rules.top) { %><tr><th scope="row"><% if (one.rule) { %><code><%= one.rule %></code><% } else { %><%= it.t('overview.noRule') %><% } %><% if (it.rules.severalRoutes) { %> <bdi class="route" title="<%= it.t('overview.route') %>"><%= one.route %></bdi><% } %>
<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="plain" width="<%= one.passedShare %>" height="4"/><rect class="bad" x="<%= one.passedShare %>" width="<%= one.refusedShare %>" height="4"/></svg></th><td class="number"><%= it.t('overview.number', { n: one.passed }) %></td><td class="number"><%= it.t('overview.number', { n: one.refused }) %></td></tr>
<% } %><% if (it.rules.others.passed + it.rules.others.refused > 0) { %><tr><th scope="row"><%= it.t('overview.otherRules') %></th><td class="number"><%= it.t('overview.number', { n: it.rules.others.passed }) %></td><td class="number"><%= it.t('overview.number', { n: it.rules.others.refused }) %></td></tr>
<% } %></tbody>
</table>
</div>
<% } %>`,
} as const;

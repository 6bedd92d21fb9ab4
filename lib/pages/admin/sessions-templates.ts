/** The templates of the page `admin/sessions`, by name. */
export const sessionTemplates = {
  '@admin-sessions': `<% layout('@layout', { title: it.t('nav.sessions') }) %>
<div class="heading"><h1><%= it.t('nav.sessions') %></h1>
<% if (it.mayEnd && it.user && it.rows.length > 0) { %><a class="button plain" href="<%= it.endAllAt %>" data-inline><%= it.t('sessions.endAll') %></a><% } %>
</div>
<%~ include('@messages', it) %>
<form class="filters" method="get" action="<%= it.prefix %>/admin/sessions" data-inline role="search">
<div class="field">
<label for="user"><%= it.t('sessions.filterUser') %></label>
<input type="search" id="user" name="user" value="<%= it.user %>" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64">
</div>
<button type="submit"><%= it.t('sessions.show') %></button>
<% if (it.user) { %><a class="button plain" href="<%= it.prefix %>/admin/sessions" data-inline><%= it.t('sessions.everyone') %></a><% } %>
</form>
<% if (it.rows.length === 0) { %><div class="card"><p><% if (it.user) { %><%~ it.m('sessions.noneOf', { name: it.user }) %><% } else { %><%= it.t(it.next ? 'sessions.noneHere' : 'sessions.none') %><% } %></p></div>
<% } else { %><% if (it.mayEnd) { %><form method="get" action="<%= it.prefix %>/admin/sessions/end" data-inline>
<% } %><% if (it.mayEnd && it.user) { %><input type="hidden" name="user" value="<%= it.user %>">
<% } %><div class="scroll" tabindex="0" role="region" aria-labelledby="sessions-caption">
<table>
<caption id="sessions-caption"><% if (it.user) { %><%~ it.m('sessions.captionOf', { name: it.user }) %><% } else { %><%= it.t('sessions.caption', { n: it.count }) %><% } %></caption>
<thead><tr>
<% if (it.mayEnd) { %><th class="tick" scope="col"><span class="hidden"><%= it.t('sessions.select') %></span></th>
<% } %><% if (!it.user) { %><th scope="col"><%= it.t('sessions.user') %></th>
<% } %><th scope="col"><%= it.t('sessions.device') %></th>
<th scope="col"><%= it.t('sessions.since') %></th>
<th scope="col"><%= it.t('sessions.seen') %></th>
<% if (it.mayEnd) { %><th scope="col"><span class="hidden"><%= it.t('sessions.action') %></span></th>
<% } %></tr></thead>
<tbody>
<% for (const [n, row] of it.rows.entries()) { %><tr>
<% if (it.mayEnd) { %><td class="tick"><input type="checkbox" name="session" value="<%= row.key %>" aria-label="<%= it.t('sessions.selectOne', { device: row.device, name: row.name }) %>"></td>
<% } %><% if (!it.user) { %><th scope="row"><a href="<%= row.userAt %>" data-inline><bdi><%= row.name %></bdi></a></th>
<% } %><<%~ it.user ? 'th scope="row"' : 'td' %>><span<% if (row.agent) { %> title="<%= row.agent %>"<% } %>><%= row.device %></span><% if (row.isOwn) { %> <span class="badge good"><%= it.t('sessions.own') %></span><% } %><% if (row.address) { %><br><bdi class="quiet"><%= row.address %></bdi><% } %></<%~ it.user ? 'th' : 'td' %>>
<td class="when"><%~ it.time(row.since) %><br><span class="quiet"><%= row.how %><% if (row.isApi) { %>, <%= it.t('sessions.api') %><% } %></span></td>
<td class="when"><%~ it.time(row.seen) %><br><span class="quiet"><%= it.t('sessions.ends') %> <%~ it.time(row.ends) %></span></td>
<% if (it.mayEnd) { %><td class="act"><a class="button plain small" href="<%= row.endAt %>" data-inline aria-label="<%= it.t('sessions.endOne', { device: row.device, name: row.name }) %>"><%= it.t('sessions.end') %></a></td>
<% } %></tr>
<% } %></tbody>
</table>
</div>
<% if (it.mayEnd) { %><p><button class="plain small" type="submit"><%= it.t('sessions.endSelected') %></button></p>
</form>
<% } %><%~ include('@pager', it) %>
<% } %>`,

  '@admin-end-sessions': `<% layout('@layout', { title: it.t('sessions.endTitle', { n: it.rows.length }) }) %>
<h1><%= it.t('sessions.endTitle', { n: it.rows.length }) %></h1>
<p class="lead"><%= it.t('sessions.endLead', { n: it.rows.length }) %></p>
<%~ include('@messages', it) %>
<form class="card" method="post" action="<%= it.prefix %>/admin/sessions/end" data-inline>
<% if (it.user) { %><input type="hidden" name="user" value="<%= it.user %>">
<% } %><ul class="sessions">
<% for (const row of it.rows) { %><li>
<input type="hidden" name="session" value="<%= row.key %>">
<p class="device"><bdi><%= row.name %></bdi> – <%= row.device %><% if (row.isOwn) { %> <span class="badge warn"><%= it.t('sessions.own') %></span><% } %></p>
<p class="about"><%~ it.m('sessions.lastSeen') %> <%~ it.time(row.seen) %><% if (row.address) { %>, <bdi><%= row.address %></bdi><% } %></p>
</li>
<% } %></ul>
<div class="narrow confirm"><%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %></div>
<div class="actions"><button class="danger" type="submit"><%= it.t('sessions.endNow', { n: it.rows.length }) %></button> <a class="button plain" href="<%= it.back %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@admin-end-all-sessions': `<% layout('@layout', { title: it.t('sessions.endAllTitle') }) %>
<h1><%= it.t('sessions.endAllTitle') %></h1>
<p class="lead"><%~ it.m(it.isSelf ? 'sessions.endAllOwn' : 'sessions.endAllLead', { name: it.name }) %></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/sessions/end-all" data-inline>
<input type="hidden" name="user" value="<%= it.name %>">
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button class="danger" type="submit"><%= it.t('sessions.endAllNow') %></button> <a class="button plain" href="<%= it.back %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,
} as const;

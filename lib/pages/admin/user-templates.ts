/** The templates of the page of one user, by name. */
export const oneUserTemplates = {
  '@admin-user': `<% layout('@layout', { title: it.user.username }) %>
<p class="back"><a href="<%= it.prefix %>/admin/users" data-inline><%= it.t('nav.users') %></a></p>
<div class="heading beginning"><h1><bdi><%= it.user.username %></bdi></h1><%~ include('@user-state', it) %></div>
<%~ include('@messages', it) %>
<% if (it.user.state === 'pending' && it.mayChange) { %><div class="notice warn"><p><%= it.t('users.waits') %></p><p><a class="button small" href="<%= it.address %>/activate" data-inline><%= it.t('users.do.activate') %></a></p></div>
<% } %><div class="card">
<dl class="facts">
<div><dt><%= it.t('users.displayName') %></dt><dd><% if (it.user.displayName) { %><bdi><%= it.user.displayName %></bdi><% } else { %><span class="quiet"><%= it.t('users.noDisplayName') %></span><% } %></dd></div>
<div><dt><%= it.t('users.email') %></dt><dd><% if (it.user.email) { %><bdi><%= it.user.email %></bdi> <span class="quiet">(<%= it.t(it.user.emailConfirmed ? 'users.confirmed' : 'users.unconfirmed') %>)</span><% } else { %><span class="quiet"><%= it.t('users.noEmail') %></span><% } %></dd></div>
<div><dt><%= it.t('users.role') %></dt><dd><bdi><%= it.user.role %></bdi><% if (!it.isKnownRole) { %> <span class="quiet">(<%= it.t('users.unknownRole') %>)</span><% } %></dd></div>
<div><dt><%= it.t('users.password') %></dt><dd><%= it.t(it.user.hasPassword ? 'users.hasPassword' : 'users.hasNoPassword') %></dd></div>
<div><dt><%= it.t('users.lastLogin') %></dt><dd><% if (it.user.lastLoginAt) { %><%~ it.time(it.user.lastLoginAt) %><% } else { %><%= it.t('frame.never') %><% } %></dd></div>
<div><dt><%= it.t('users.made') %></dt><dd><%~ it.time(it.user.createdAt) %></dd></div>
<div><dt><%= it.t('users.changed') %></dt><dd><%~ it.time(it.user.updatedAt) %></dd></div>
</dl>
<% if (it.mayChange) { %><div class="actions">
<a class="button plain small" href="<%= it.address %>/edit" data-inline><%= it.t('users.edit') %></a>
<% if (it.isSelf) { %><a class="button plain small" href="<%= it.prefix %>/account"><%= it.t('users.yourAccount') %></a>
<% } else { %><a class="button plain small" href="<%= it.address %>/password" data-inline><%= it.t('users.setPassword') %></a>
<% } %><a class="button plain small" href="<%= it.address %>/end" data-inline><%= it.t('users.do.end') %></a>
<% if (!it.isSelf) { %><% if (it.user.state === 'active') { %><a class="button plain small" href="<%= it.address %>/deactivate" data-inline><%= it.t('users.do.deactivate') %></a>
<% } else if (it.user.state === 'disabled') { %><a class="button plain small" href="<%= it.address %>/activate" data-inline><%= it.t('users.do.activate') %></a>
<% } %><a class="button danger small" href="<%= it.address %>/delete" data-inline><%= it.t('users.do.delete') %></a>
<% } %></div>
<% } %></div>
<h2 id="sessions"><%= it.t('nav.sessions') %></h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="sessions">
<% if (it.sessions.length === 0) { %><p class="empty"><%= it.t('users.noSessions') %></p>
<% } else { %><table aria-labelledby="sessions">
<thead><tr><th scope="col"><%= it.t('users.device') %></th><th scope="col"><%= it.t('users.address') %></th><th scope="col"><%= it.t('users.since') %></th><th scope="col"><%= it.t('users.lastSeen') %></th></tr></thead>
<tbody>
<% for (const one of it.sessions) { %><tr><th scope="row"><%= one.device %></th><td><% if (one.address) { %><bdi><%= one.address %></bdi><% } %></td><td class="time"><%~ it.time(one.createdAt) %></td><td class="time"><%~ it.time(one.lastSeenAt) %></td></tr>
<% } %></tbody>
</table>
<% } %></div>
<% if (it.moreSessions) { %><p><a href="<%= it.prefix %>/admin/sessions?user=<%= encodeURIComponent(it.user.username) %>" data-inline><%= it.t('users.allSessions') %></a></p>
<% } %><h2 id="tokens"><%= it.t('users.tokens') %></h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="tokens">
<% if (it.tokens.length === 0) { %><p class="empty"><%= it.t('users.noTokens') %></p>
<% } else { %><table aria-labelledby="tokens">
<thead><tr><th scope="col"><%= it.t('users.tokenName') %></th><th scope="col"><%= it.t('users.role') %></th><th scope="col"><%= it.t('users.made') %></th><th scope="col"><%= it.t('users.lastUsed') %></th><th scope="col"><%= it.t('users.ends') %></th></tr></thead>
<tbody>
<% for (const one of it.tokens) { %><tr><th scope="row"><bdi><%= one.name %></bdi></th><td class="word"><% if (one.role) { %><bdi><%= one.role %></bdi><% } else { %><span class="quiet"><%= it.t('users.asTheOwner') %></span><% } %></td><td class="time"><%~ it.time(one.createdAt) %></td><td class="time"><% if (one.lastUsedAt) { %><%~ it.time(one.lastUsedAt) %><% } else { %><span class="quiet"><%= it.t('frame.never') %></span><% } %></td><td class="time"><% if (one.expiresAt) { %><%~ it.time(one.expiresAt) %><% } else { %><span class="quiet"><%= it.t('frame.never') %></span><% } %></td></tr>
<% } %></tbody>
</table>
<% } %></div>
<% if (it.moreTokens > 0) { %><p class="quiet"><%= it.t('users.moreTokens', { n: it.moreTokens }) %></p>
<% } %><% if (it.viewer.places.includes('audit')) { %><h2><%= it.t('nav.audit') %></h2>
<ul class="ways">
<li><a href="<%= it.prefix %>/admin/audit?actor=<%= encodeURIComponent(it.user.username) %>" data-inline><%= it.t('users.auditActor') %></a></li>
<li><a href="<%= it.prefix %>/admin/audit?subject=<%= encodeURIComponent('user:' + it.user.username) %>" data-inline><%= it.t('users.auditSubject') %></a></li>
</ul>
<% } %>`,
} as const;

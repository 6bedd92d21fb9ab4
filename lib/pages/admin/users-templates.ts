/** The templates of the page `admin/users`, by name. */
export const userTemplates = {
  '@admin-users': `<% layout('@layout', { title: it.t('nav.users') }) %>
<div class="heading"><h1 id="users"><%= it.t('nav.users') %></h1>
<% if (it.mayChange) { %><div class="buttons"><a class="button" href="<%= it.prefix %>/admin/new-user" data-inline><%= it.t('users.new') %></a>
<a class="button plain" href="<%= it.prefix %>/admin/new-invitation" data-inline><%= it.t('users.invite') %></a></div>
<% } %></div>
<%~ include('@messages', it) %>
<form class="filters" method="get" action="<%= it.prefix %>/admin/users" role="search" aria-label="<%= it.t('users.search') %>" data-inline>
<div class="field broad"><label for="q"><%= it.t('users.nameOrAddress') %></label>
<input type="search" id="q" name="q" value="<%= it.filter.q ?? '' %>" maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div class="field"><label for="role"><%= it.t('users.role') %></label>
<select id="role" name="role"><option value=""><%= it.t('users.everyRole') %></option>
<% for (const role of it.roles) { %><option<% if (role === it.filter.role) { %> selected<% } %>><%= role %></option>
<% } %></select></div>
<div class="field"><label for="state"><%= it.t('users.state') %></label>
<select id="state" name="state"><option value=""><%= it.t('users.everyState') %></option>
<% for (const state of it.states) { %><option value="<%= state %>"<% if (state === it.filter.state) { %> selected<% } %>><%= it.t('users.' + state) %></option>
<% } %></select></div>
<button class="plain" type="submit"><%= it.t('users.show') %></button>
<% if (it.isFiltered) { %><a class="button plain" href="<%= it.prefix %>/admin/users" data-inline><%= it.t('users.showAll') %></a>
<% } %></form>
<% if (it.mayChange) { %><form method="get" action="<%= it.prefix %>/admin/users-at-once" data-inline>
<% } %><% if (it.waiting) { %><h2 id="waiting"><%= it.t(it.waiting.isMore ? 'users.waitingMore' : 'users.waiting', { n: it.waiting.count }) %></h2>
<%~ include('@user-rows', { ...it, users: it.waiting.users, labelledBy: 'waiting' }) %>
<% if (it.waiting.count > it.waiting.users.length) { %><p><a href="<%= it.prefix %>/admin/users?state=pending" data-inline><%= it.t('users.waitingAll') %></a></p>
<% } %><h2 id="all"><%= it.t('users.all') %></h2>
<% } %><%~ include('@user-rows', { ...it, labelledBy: it.waiting ? 'all' : 'users' }) %>
<% if (it.mayChange && it.users.length > 0) { %><div class="together"><label for="do"><%= it.t('users.withTicked') %></label>
<select id="do" name="do"><% for (const one of it.actions) { %><option value="<%= one %>"><%= it.t('users.do.' + one) %></option>
<% } %></select>
<button class="plain small" type="submit"><%= it.t('users.goOn') %></button></div>
<% } %><% if (it.mayChange) { %></form>
<% } %><%~ include('@pager', it) %>
`,

  // `it.users`, `it.labelledBy`: the id of the heading. With `it.mayChange` each can be ticked.
  '@user-rows': `<div class="scroll" tabindex="0" role="region" aria-labelledby="<%= it.labelledBy %>">
<% if (it.users.length === 0) { %><p class="empty"><%= it.t(it.isFiltered ? 'users.noneFits' : 'users.none') %></p>
<% } else { %><table class="people" aria-labelledby="<%= it.labelledBy %>">
<thead><tr>
<% if (it.mayChange) { %><th scope="col" class="tick"><span class="hidden"><%= it.t('users.tick') %></span><input type="checkbox" data-all="user" aria-label="<%= it.t('users.tickAll') %>" hidden></th>
<% } %><th scope="col"><%= it.t('users.name') %></th>
<th scope="col" class="email"><%= it.t('users.email') %></th>
<th scope="col" class="role"><%= it.t('users.role') %></th>
<th scope="col" class="state"><%= it.t('users.state') %></th>
<th scope="col" class="last"><%= it.t('users.lastLogin') %></th>
</tr></thead>
<tbody>
<% for (const user of it.users) { %><tr>
<% if (it.mayChange) { %><td class="tick"><input type="checkbox" name="user" value="<%= user.username %>" aria-label="<%= it.t('users.tickThat', { name: user.username }) %>"></td>
<% } %><th scope="row"><a href="<%= it.prefix %>/admin/users/<%= encodeURIComponent(user.username) %>" data-inline><bdi><%= user.username %></bdi></a>
<% if (user.displayName) { %><bdi class="under" title="<%= user.displayName %>"><%= user.displayName %></bdi><% } %></th>
<td><% if (user.email) { %><bdi><%= user.email %></bdi><% } %></td>
<td class="word"><bdi><%= user.role %></bdi></td>
<td><%~ include('@user-state', { ...it, user }) %></td>
<td><% if (user.lastLoginAt) { %><%~ it.time(user.lastLoginAt) %><% } else { %><span class="quiet"><%= it.t('frame.never') %></span><% } %></td>
</tr>
<% } %></tbody>
</table>
<% } %></div>
`,

  '@user-state': `<span class="badge <%= it.user.state === 'active' ? 'good' : it.user.state === 'pending' ? 'warn' : 'plain' %>"><%= it.t('users.' + it.user.state) %></span>`,
} as const;

/** The templates of the pages that change many users at once, by name. */
export const usersAtOnceTemplates = {
  '@admin-users-question': `<% const title = it.t('users.askMany.' + it.action, { n: it.users.length }) %><% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title }) : title }) %>
<p class="back"><a href="<%= it.prefix %>/admin/users" data-inline><%= it.t('nav.users') %></a></p>
<h1><%= title %></h1>
<p class="lead"><%= it.t('users.means.' + it.action, { n: it.users.length }) %></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/users-at-once" data-inline>
<input type="hidden" name="do" value="<%= it.action %>">
<div class="chosen" tabindex="0" role="region" aria-label="<%= it.t('nav.users') %>"><ul>
<% for (const user of it.users) { %><li><input type="hidden" name="user" value="<%= user.username %>"><bdi><%= user.username %></bdi> <span class="quiet"><bdi><%= user.role %></bdi></span> <%~ include('@user-state', { ...it, user }) %></li>
<% } %></ul></div>
<% if (it.includesSelf) { %><p><%= it.t(it.action === 'end' ? 'users.endSelf' : 'users.notSelf') %></p>
<% } %><% if (it.action === 'role') { %><div class="field"><label for="role"><%= it.t('users.role') %></label>
<select id="role" name="role" aria-describedby="role-hint"<% if (it.problems.role) { %> aria-invalid="true"<% } %>>
<% for (const role of it.roles) { %><option<% if (role === it.role) { %> selected<% } %>><%= role %></option>
<% } %></select>
<p class="hint<% if (it.problems.role) { %> bad<% } %>" id="role-hint"><%= it.problems.role ?? it.t('users.roleHint') %></p></div>
<% } %><% if (it.action === 'deactivate' || it.action === 'end') { %><div class="choice"><input type="checkbox" id="tokens" name="tokens" value="true"<% if (it.tokens) { %> checked<% } %>><label for="tokens"><%= it.t('users.endTokens') %></label></div>
<% } %><%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button<% if (it.action === 'deactivate' || it.action === 'end' || it.action === 'delete') { %> class="danger"<% } %> type="submit"><%= it.t('users.do.' + it.action) %></button> <a class="button plain" href="<%= it.prefix %>/admin/users" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@admin-no-users': `<% layout('@layout', { title: it.t('users.noneTicked') }) %>
<h1><%= it.t('users.noneTicked') %></h1>
<p class="lead"><%= it.t('users.noneTickedHint') %></p>
<p><a class="button plain" href="<%= it.prefix %>/admin/users" data-inline><%= it.t('users.back') %></a></p>
`,

  '@admin-users-outcome': `<% layout('@layout', { title: it.t('users.did.' + it.action, { n: it.done }) }) %>
<p class="back"><a href="<%= it.prefix %>/admin/users" data-inline><%= it.t('nav.users') %></a></p>
<h1 id="outcome"><%= it.t('users.did.' + it.action, { n: it.done }) %></h1>
<% if (it.failed > 0) { %><div class="notice bad" role="alert"><p><%= it.t('users.failed', { n: it.failed }) %></p></div>
<% } %><div class="scroll" tabindex="0" role="region" aria-labelledby="outcome">
<table aria-labelledby="outcome">
<thead><tr><th scope="col"><%= it.t('users.name') %></th><th scope="col"><%= it.t('users.outcome') %></th></tr></thead>
<tbody>
<% for (const one of it.outcomes) { %><tr><th scope="row"><% if (one.isThere) { %><a href="<%= it.prefix %>/admin/users/<%= encodeURIComponent(one.username) %>" data-inline><bdi><%= one.username %></bdi></a><% } else { %><bdi><%= one.username %></bdi><% } %></th><td><% if (one.problem) { %><span class="badge bad"><%= it.t('users.notDone') %></span> <%= one.problem %><% } else { %><span class="badge good"><%= it.t('users.done') %></span><% } %></td></tr>
<% } %></tbody>
</table></div>
<p><a class="button plain" href="<%= it.prefix %>/admin/users" data-inline><%= it.t('users.back') %></a></p>
`,
} as const;

/** The templates of the forms that create and change users, by name. */
export const userFormTemplates = {
  '@admin-new-user': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('users.new') }) : it.t('users.new') }) %>
<p class="back"><a href="<%= it.prefix %>/admin/users" data-inline><%= it.t('nav.users') %></a></p>
<h1><%= it.t('users.new') %></h1>
<p class="lead"><%= it.t('users.newLead') %> <a href="<%= it.prefix %>/admin/new-invitation" data-inline><%= it.t('users.newInstead') %></a></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/new-user" data-inline>
<div class="field">
<label for="new-name"><%= it.t('users.name') %></label>
<input type="text" id="new-name" name="new_username" value="<%= it.filled.username %>" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64" required aria-describedby="new-name-hint"<% if (it.problems.username) { %> aria-invalid="true"<% } else if (!it.problem) { %> autofocus<% } %>>
<p class="hint<% if (it.problems.username) { %> bad<% } %>" id="new-name-hint"><%= it.problems.username ?? it.t('users.nameHint') %></p>
</div>
<% if (it.isRetired) { %><div class="choice"><input type="checkbox" id="reuse" name="reuse_name" value="true"<% if (it.filled.reuseName) { %> checked<% } %> aria-describedby="reuse-hint"><label for="reuse"><%= it.t('users.reuse') %></label></div>
<p class="hint under-choice" id="reuse-hint"><%= it.t('users.reuseHint') %></p>
<% } %><%~ include('@user-profile', it) %>
<%~ include('@user-password', { ...it, hint: it.t('users.newPasswordHint', { n: it.passwordMinLength }), isRequired: false }) %>
<div class="choice"><input type="checkbox" id="active" name="active" value="true"<% if (it.filled.active) { %> checked<% } %>><label for="active"><%= it.t('users.activeAtOnce') %></label></div>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('users.make') %></button> <a class="button plain" href="<%= it.prefix %>/admin/users" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@admin-edit-user': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('users.edit') }) : it.t('users.edit') }) %>
<p class="back"><a href="<%= it.address %>" data-inline><bdi><%= it.user.username %></bdi></a></p>
<h1><%~ it.m('users.editThat', { name: it.user.username }) %></h1>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.address %>/edit" data-inline>
<% for (const name of ['display_name', 'email', 'role']) { %><input type="hidden" name="<%= name %>_was" value="<%= it.was[name] %>">
<% } %><%~ include('@user-profile', it) %>
<% if (it.user.email && !it.user.emailConfirmed) { %><div class="choice"><input type="checkbox" id="confirmed" name="email_confirmed" value="true"<% if (it.filled.emailConfirmed) { %> checked<% } %> aria-describedby="confirmed-hint"><label for="confirmed"><%= it.t('users.confirmEmail') %></label></div>
<p class="hint under-choice" id="confirmed-hint"><%= it.t('users.confirmEmailHint') %></p>
<% } %><%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('users.save') %></button> <a class="button plain" href="<%= it.address %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@user-profile': `<div class="field">
<label for="display-name"><%= it.t('users.displayName') %></label>
<input type="text" id="display-name" name="display_name" value="<%= it.filled.displayName %>" autocomplete="off" maxlength="200"<% if (it.problems.display_name) { %> aria-invalid="true" aria-describedby="display-name-hint"<% } %>>
<% if (it.problems.display_name) { %><p class="hint bad" id="display-name-hint"><%= it.problems.display_name %></p><% } %>
</div>
<div class="field">
<label for="email"><%= it.t('users.email') %></label>
<input type="email" id="email" name="email" value="<%= it.filled.email %>" autocomplete="off" maxlength="254" aria-describedby="email-hint"<% if (it.problems.email) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.email) { %> bad<% } %>" id="email-hint"><%= it.problems.email ?? it.t('users.emailHint') %></p>
</div>
<div class="field">
<label for="role"><%= it.t('users.role') %></label>
<select id="role" name="role" aria-describedby="role-hint"<% if (it.problems.role) { %> aria-invalid="true"<% } %>>
<% for (const role of it.roles) { %><option<% if (role === it.filled.role) { %> selected<% } %>><%= role %></option>
<% } %></select>
<p class="hint<% if (it.problems.role) { %> bad<% } %>" id="role-hint"><%= it.problems.role ?? it.t('users.roleHint') %></p>
</div>
`,

  // A password that is chosen for somebody else: it is typed once and can be shown. `it.hint`, `it.isRequired`.
  '@user-password': `<div class="field">
<label for="new-password"><%= it.t('users.password') %></label>
<div class="beside"><input type="password" id="new-password" name="password" autocomplete="new-password" minlength="<%= it.passwordMinLength %>"<% if (it.isRequired) { %> required<% } %> aria-describedby="new-password-hint"<% if (it.problems.password) { %> aria-invalid="true"<% } %>>
<%~ include('@reveal', { ...it, fields: 'new-password' }) %></div>
<p class="hint<% if (it.problems.password) { %> bad<% } %>" id="new-password-hint"><%= it.problems.password ?? it.hint %></p>
</div>
`,

  '@admin-user-password': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('users.setPassword') }) : it.t('users.setPassword') }) %>
<p class="back"><a href="<%= it.address %>" data-inline><bdi><%= it.user.username %></bdi></a></p>
<h1><%~ it.m('users.setPasswordOf', { name: it.user.username }) %></h1>
<p class="lead"><%= it.t('users.setPasswordLead') %></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.address %>/password" data-inline>
<%~ include('@user-password', { ...it, hint: it.t('users.passwordHint', { n: it.passwordMinLength }), isRequired: true }) %>
<div class="choice"><input type="checkbox" id="tokens" name="tokens" value="true"<% if (it.tokens) { %> checked<% } %>><label for="tokens"><%= it.t('users.endTokens') %></label></div>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('users.setPassword') %></button> <a class="button plain" href="<%= it.address %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  // `it.action` is one of activate, deactivate, end and delete.
  '@admin-user-question': `<% const title = it.t('users.do.' + it.action) %><% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title }) : title }) %>
<p class="back"><a href="<%= it.address %>" data-inline><bdi><%= it.user.username %></bdi></a></p>
<h1><%~ it.m('users.ask.' + it.action, { name: it.user.username }) %></h1>
<p class="lead"><%= it.t('users.means.' + it.action, { n: 1 }) %></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.address %>/<%= it.action %>" data-inline>
<% if (it.isSelf) { %><p><%= it.t('users.endSelf') %></p>
<% } %><% if (it.action === 'activate' && !it.user.hasPassword) { %><p><%= it.t('users.needsPassword') %></p>
<% } %><% if (it.action === 'deactivate' || it.action === 'end') { %><div class="choice"><input type="checkbox" id="tokens" name="tokens" value="true"<% if (it.tokens) { %> checked<% } %>><label for="tokens"><%= it.t('users.endTokens') %></label></div>
<% } %><%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button<% if (it.action !== 'activate') { %> class="danger"<% } %> type="submit"><%= it.t('users.do.' + it.action) %></button> <a class="button plain" href="<%= it.address %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,
} as const;

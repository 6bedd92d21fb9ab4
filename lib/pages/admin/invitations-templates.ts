/** The templates of the page `admin/invitations`, by name. */
export const invitationTemplates = {
  '@admin-invitations': `<% layout('@layout', { title: it.t('nav.invitations') }) %>
<div class="heading"><h1 id="list"><%= it.t('nav.invitations') %></h1><a class="button" href="<%= it.prefix %>/admin/new-invitation" data-inline><%= it.t('invitations.new') %></a></div>
<%~ include('@messages', it) %>
<%~ include('@sign-up-closed', it) %>
<div class="scroll" tabindex="0" role="region" aria-labelledby="list">
<% if (it.invitations.length === 0) { %><p class="empty"><%= it.next ? it.t('invitations.noneHere') : it.t('invitations.none') %></p>
<% } else { %><table>
<thead><tr>
<th scope="col"><%= it.t('invitations.note') %></th>
<th scope="col"><%= it.t('invitations.state') %></th>
<th scope="col"><%= it.t('invitations.role') %></th>
<th scope="col" class="number"><%= it.t('invitations.used') %></th>
<th scope="col"><%= it.t('invitations.by') %></th>
<th scope="col"><%= it.t('invitations.made') %></th>
<th scope="col"><%= it.t('invitations.ends') %></th>
<th scope="col"><span class="hidden"><%= it.t('frame.actions') %></span></th>
</tr></thead>
<tbody>
<% for (const one of it.invitations) { %><tr>
<th scope="row"><% if (one.note) { %><bdi><%= one.note %></bdi><% } else { %><span class="quiet"><%= it.t('invitations.noNote') %></span><% } %></th>
<td><span class="badge <%= one.badge.look %>"><%= it.t(one.badge.word) %></span></td>
<td><bdi><%= one.role %></bdi></td>
<td class="number"><%= it.t('invitations.usedOf', one) %></td>
<td><% if (one.invitedBy) { %><bdi><%= one.invitedBy %></bdi><% } else { %><%= it.t('invitations.program') %><% } %></td>
<td><%~ it.time(one.createdAt) %></td>
<td><%~ it.time(one.expiresAt) %></td>
<td class="act"><% if (one.canBeWithdrawn) { %><a href="<%= it.prefix %>/admin/invitations/<%= one.id %>/withdraw" data-inline aria-label="<%= it.t('invitations.withdrawThat', { name: one.note || one.id }) %>"><%= it.t('invitations.withdraw') %></a><% } %></td>
</tr>
<% } %></tbody>
</table>
<% } %></div>
<%~ include('@pager', it) %>
`,

  '@sign-up-closed': `<% if (it.signUpIsClosed) { %><div class="notice warn"><p><%~ it.m('invitations.closed') %></p></div>
<% } %>`,

  '@new-invitation': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('invitations.new') }) : it.t('invitations.new') }) %>
<h1><%= it.t('invitations.new') %></h1>
<p class="lead"><%= it.t('invitations.newLead') %></p>
<%~ include('@messages', it) %>
<%~ include('@sign-up-closed', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/new-invitation" data-inline>
<div class="field">
<label for="note"><%= it.t('invitations.note') %></label>
<input type="text" id="note" name="note" value="<%= it.filled.note %>" autocomplete="off" maxlength="200" aria-describedby="note-hint"<% if (it.problems.note) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.note) { %> bad<% } %>" id="note-hint"><%= it.problems.note ?? it.t('invitations.noteHint') %></p>
</div>
<div class="field">
<label for="role"><%= it.t('invitations.role') %></label>
<select id="role" name="role" aria-describedby="role-hint"<% if (it.problems.role) { %> aria-invalid="true"<% } %>>
<% for (const role of it.roles) { %><option value="<%= role %>"<% if (role === it.filled.role) { %> selected<% } %>><%= role %></option>
<% } %></select>
<p class="hint<% if (it.problems.role) { %> bad<% } %>" id="role-hint"><%= it.problems.role ?? it.t('invitations.roleHint') %></p>
</div>
<div class="field">
<label for="uses"><%= it.t('invitations.uses') %></label>
<input type="number" id="uses" name="uses" value="<%= it.filled.uses %>" min="1" max="100" step="1" inputmode="numeric" required aria-describedby="uses-hint"<% if (it.problems.uses) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.uses) { %> bad<% } %>" id="uses-hint"><%= it.problems.uses ?? it.t('invitations.usesHint') %></p>
</div>
<div class="field">
<label for="days"><%= it.t('invitations.lasts') %></label>
<select id="days" name="days"<% if (it.problems.expires_at) { %> aria-invalid="true" aria-describedby="days-hint"<% } %>>
<% for (const days of it.lifetimes) { %><option value="<%= days %>"<% if (String(days) === it.filled.days) { %> selected<% } %>><%= it.t('frame.days', { n: days }) %></option>
<% } %></select>
<% if (it.problems.expires_at) { %><p class="hint bad" id="days-hint"><%= it.problems.expires_at %></p>
<% } %></div>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('invitations.make') %></button> <a class="button plain" href="<%= it.prefix %>/admin/invitations" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@issued-invitation': `<% layout('@layout', { title: it.t('invitations.isMade') }) %>
<h1><%= it.t('invitations.isMade') %></h1>
<p class="lead"><%= it.t('invitations.isMadeLead') %></p>
<%~ include('@sign-up-closed', it) %>
<div class="card">
<%~ include('@copy', { ...it, id: 'link', label: it.t('invitations.link'), value: it.url, hint: it.t('invitations.linkHint') }) %>
<%~ include('@copy', { ...it, id: 'code', label: it.t('invitations.code'), value: it.code, hint: it.t('invitations.codeHint') }) %>
<dl class="facts">
<% if (it.invitation.note) { %><div><dt><%= it.t('invitations.note') %></dt><dd><bdi><%= it.invitation.note %></bdi></dd></div>
<% } %><div><dt><%= it.t('invitations.role') %></dt><dd><bdi><%= it.invitation.role %></bdi></dd></div>
<div><dt><%= it.t('invitations.uses') %></dt><dd><%= it.invitation.uses %></dd></div>
<div><dt><%= it.t('invitations.ends') %></dt><dd><%~ it.time(it.invitation.expiresAt) %></dd></div>
</dl>
<div class="actions"><a class="button" href="<%= it.prefix %>/admin/invitations" data-inline><%= it.t('nav.invitations') %></a> <a class="button plain" href="<%= it.prefix %>/admin/new-invitation" data-inline><%= it.t('invitations.another') %></a></div>
</div>
`,
} as const;

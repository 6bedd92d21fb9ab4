const describedBy = (id: string, problem: string): string =>
  `aria-describedby="${id}-hint"<% if (${problem}) { %> aria-invalid="true"<% } %>`;

/** The line below a field: what is wrong with it, else `hint`, an expression. */
const below = (id: string, problem: string, hint: string): string =>
  `<p class="hint<% if (${problem}) { %> bad<% } %>" id="${id}-hint"><%= ${problem} ?? ${hint} %></p>`;

/** The templates of a client's forms, by name. */
export const clientFormTemplates = {
  '@client-fields': `<div class="field">
<label for="name"><%= it.t('clients.name') %></label>
<input type="text" id="name" name="name" value="<%= it.filled.name %>" autocomplete="off" maxlength="128" required ${describedBy('name', 'it.problems.name')}>
${below('name', 'it.problems.name', "it.t('clients.nameHint')")}
</div>
<%~ it.between %><div class="field">
<label for="role"><%= it.t('clients.role') %></label>
<select id="role" name="role" ${describedBy('role', 'it.problems.role')}>
<% for (const role of it.roles) { %><option value="<%= role %>"<% if (role === it.filled.role) { %> selected<% } %>><%= role %></option>
<% } %></select>
${below('role', 'it.problems.role', "it.t('clients.roleHint')")}
</div>
<fieldset aria-describedby="scopes-hint">
<legend><%= it.t('clients.scopes') %></legend>
<% it.scopes.forEach((scope, at) => { %><div class="choice"><input type="checkbox" id="scope-<%= at %>" name="scopes" value="<%= scope.name %>"<% if (it.filled.scopes.includes(scope.name)) { %> checked<% } %><% if (it.problems.scopes) { %> aria-invalid="true"<% } %>><label for="scope-<%= at %>"><code><%= scope.name %></code><% if (scope.least) { %> <span class="quiet"><%= it.t('clients.fromRole', { role: scope.least }) %></span><% } %></label></div>
<% }) %>${below('scopes', 'it.problems.scopes', "it.t('clients.scopesHint')")}
</fieldset>
`,

  '@new-client': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('clients.new') }) : it.t('clients.new') }) %>
<h1><%= it.t('clients.new') %></h1>
<p class="lead"><%= it.t('clients.newLead') %></p>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/new-client" data-inline>
<%~ include('@client-fields', { ...it, between: include('@client-id', it) }) %>
<div class="field">
<label for="days"><%= it.t('clients.lasts') %></label>
<select id="days" name="days">
<% for (const days of it.lifetimes) { %><option value="<%= days %>"<% if (days === it.filled.days) { %> selected<% } %>><%= days === '' ? it.t('clients.forEver') : it.t('frame.days', { n: Number(days) }) %></option>
<% } %></select>
</div>
<div class="field">
<label for="until"><%= it.t('clients.until') %></label>
<input type="date" id="until" name="until" value="<%= it.filled.until %>" min="<%= it.today %>" max="9999-12-31" ${describedBy('until', 'it.problems.expires_at')}>
${below('until', 'it.problems.expires_at', "it.t('clients.untilHint')")}
</div>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('clients.make') %></button> <a class="button plain" href="<%= it.prefix %>/admin/clients" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@client-id': `<div class="field">
<label for="client-id"><%= it.t('clients.id') %></label>
<input type="text" id="client-id" name="client_id" value="<%= it.filled.clientId %>" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="63" ${describedBy('client-id', 'it.problems.client_id')}>
${below('client-id', 'it.problems.client_id', "it.t('clients.idHint')")}
</div>
`,

  '@edit-client': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('clients.edit') }) : it.t('clients.edit') }) %>
<div class="heading"><h1><%~ it.m('clients.editHeading', { name: it.current }) %></h1></div>
<%~ include('@messages', it) %>
<form class="card narrow" method="post" action="<%= it.prefix %>/admin/clients/<%= it.clientId %>/edit" data-inline>
<%~ include('@client-fields', { ...it, between: '' }) %>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button type="submit"><%= it.t('frame.save') %></button> <a class="button plain" href="<%= it.prefix %>/admin/clients/<%= it.clientId %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
`,
} as const;

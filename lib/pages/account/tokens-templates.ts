import { describedBy, hintLine, titled } from './hint.ts';

const confirmed = `<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>`;

const focused = (name: string): string => `<% if (it.focus === '${name}') { %> autofocus<% } %>`;

/** The templates of the pages about API tokens, by name. */
export const tokenTemplates = {
  '@account-tokens': `<% layout('@layout', { title: it.t('account.tokens') }) %>
<div class="heading"><h1 id="tokens"><%= it.t('account.tokens') %></h1>
<% if (it.mayChange) { %><a class="button small" href="<%= it.prefix %>/account/tokens/new"><%= it.t('tokens.new') %></a><% } %></div>
<p class="lead"><%= it.t('tokens.lead') %></p>
<%~ include('@messages', it) %>
<% if (it.hasFilter) { %><form class="filters" method="get" action="<%= it.prefix %>/account/tokens" role="search" data-inline>
<div class="field"><label for="sought"><%= it.t('tokens.sought') %></label><input type="search" id="sought" name="q" value="<%= it.sought %>" maxlength="64" autocomplete="off"></div>
<button class="plain" type="submit"><%= it.t('tokens.seek') %></button>
<% if (it.sought) { %><a class="button plain" href="<%= it.prefix %>/account/tokens" data-inline><%= it.t('tokens.all') %></a><% } %>
</form>
<% } %><div class="card">
<% if (it.tokens.length === 0) { %><p class="about"><%= it.t(it.sought ? 'tokens.noneFound' : 'tokens.none') %></p>
<% } else { %><ul class="sessions" aria-labelledby="tokens">
<% for (const token of it.tokens) { %><li class="row"><div><%~ include('@account-token', { ...it, token }) %></div>
<% if (it.mayChange) { %><a class="button plain small" href="<%= it.prefix %>/account/revoke-token?name=<%= encodeURIComponent(token.name) %>" aria-label="<%= it.t('tokens.revokeOf', { name: token.name }) %>"><%= it.t('tokens.revoke') %></a>
<% } %></li>
<% } %></ul>
<% } %></div>
`,

  '@account-token': `<p class="device"><bdi><%= it.token.name %></bdi><% if (it.token.expiresAt && it.token.expiresAt <= it.now) { %> <span class="badge bad"><%= it.t('tokens.over') %></span><% } %></p>
<p class="about"><% if (it.token.role) { %><%= it.t('tokens.upTo') %> <bdi><%= it.token.role %></bdi><% } else { %><%= it.t('tokens.asYou') %><% } %> · <% if (it.token.scopes) { %><%= it.t('tokens.scopesOnly') %> <% it.token.scopes.forEach((scope, at) => { %><% if (at) { %>, <% } %><code><%= scope %></code><% }) %><% } else { %><%= it.t('tokens.allScopes') %><% } %></p>
<p class="about"><%= it.t('tokens.made') %> <%~ it.time(it.token.createdAt) %> · <% if (it.token.lastUsedAt) { %><%= it.t('tokens.used') %> <%~ it.time(it.token.lastUsedAt) %><% } else { %><%= it.t('tokens.unused') %><% } %> · <% if (it.token.expiresAt) { %><%= it.t('tokens.ends') %> <%~ it.time(it.token.expiresAt) %><% } else { %><%= it.t('tokens.endless') %><% } %></p>
`,

  '@account-new-token': `<% layout('@layout', { ${titled('tokens.new')} }) %>
<div class="heading"><h1><%= it.t('tokens.new') %></h1></div>
<%~ include('@messages', it) %>
<form class="card" method="post" action="<%= it.prefix %>/account/tokens" data-inline><div class="narrow">
<div class="field">
<label for="token-name"><%= it.t('tokens.name') %></label>
<input type="text" id="token-name" name="name" value="<%= it.wish.name %>" autocomplete="off" maxlength="64" required ${describedBy('token-name', 'it.problems.name')}${focused('name')}>
${hintLine('token-name', 'it.problems.name', "it.t('tokens.nameHint')")}
</div>
<div class="field">
<label for="token-role"><%= it.t('tokens.role') %></label>
<select id="token-role" name="role" ${describedBy('token-role', 'it.problems.role')}${focused('role')}>
<option value=""><%= it.t('tokens.asYours') %></option>
<% for (const role of it.roles) { %><option value="<%= role %>"<% if (role === it.wish.role) { %> selected<% } %>><%= role %></option>
<% } %></select>
${hintLine('token-role', 'it.problems.role', "it.t('tokens.roleHint')")}
</div>
<fieldset ${describedBy('token-scopes', 'it.problems.scopes')}>
<legend><%= it.t('tokens.scopes') %></legend>
<div class="choices">
<% it.scopes.forEach((scope, at) => { %><div class="choice"><input type="checkbox" id="scope-<%= at %>" name="scopes" value="<%= scope %>"<% if (it.wish.scopes.includes(scope)) { %> checked<% } %><% if (at === 0) { %>${focused('scopes')}<% } %>><label for="scope-<%= at %>"><code><%= scope %></code></label></div>
<% }) %></div>
${hintLine('token-scopes', 'it.problems.scopes', "it.t('tokens.scopesHint')")}
</fieldset>
<div class="pair">
<div class="field">
<label for="token-days"><%= it.t('tokens.endsAfter') %></label>
<select id="token-days" name="days">
<% for (const days of it.lifetimes) { %><option value="<%= days %>"<% if (days === it.wish.days) { %> selected<% } %>><%= days === '' ? it.t('tokens.never') : it.t('tokens.days', { n: Number(days) }) %></option>
<% } %></select>
</div>
<div class="field">
<label for="token-until"><%= it.t('tokens.until') %></label>
<input type="date" id="token-until" name="until" value="<%= it.wish.until %>" min="<%= it.today %>" max="9999-12-31" ${describedBy('token-until', 'it.problems.expires_at')}${focused('expires_at')}>
</div>
</div>
${hintLine('token-until', 'it.problems.expires_at', "it.t('tokens.untilHint')")}
${confirmed}
<div class="actions"><button type="submit"><%= it.t('tokens.makeNow') %></button> <a class="button plain" href="<%= it.prefix %>/account/tokens"><%= it.t('frame.cancel') %></a></div>
</div></form>
`,

  '@account-token-made': `<% layout('@layout', { title: it.t('tokens.isMade') }) %>
<div class="heading"><h1><%= it.t('tokens.isMade') %></h1></div>
<div role="status"><div class="notice good"><p><%= it.t('tokens.copyNow') %></p></div></div>
<div class="card">
<%~ include('@copy', { ...it, id: 'token', label: it.t('tokens.token'), value: it.value, hint: it.t('tokens.sendAs', { header: 'Authorization: Bearer gwt_…' }) }) %>
<%~ include('@account-token', it) %>
</div>
<p class="actions"><a class="button" href="<%= it.prefix %>/account/tokens"><%= it.t('tokens.done') %></a></p>
`,

  '@account-revoke-token': `<% layout('@layout', { ${titled('tokens.revokeTitle')} }) %>
<h1><%~ it.m('tokens.revokeQuestion', { name: it.token.name }) %></h1>
<p class="lead"><%= it.t('tokens.revokeLead') %></p>
<%~ include('@messages', it) %>
<div class="card"><%~ include('@account-token', it) %></div>
<form class="narrow" method="post" action="<%= it.prefix %>/account/revoke-token" data-inline>
<input type="hidden" name="name" value="<%= it.token.name %>">
${confirmed}
<div class="actions"><button class="danger" type="submit"><%= it.t('tokens.revokeNow') %></button> <a class="button plain" href="<%= it.prefix %>/account/tokens"><%= it.t('tokens.keep') %></a></div>
</form>
`,
} as const;

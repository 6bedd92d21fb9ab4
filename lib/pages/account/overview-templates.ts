import { titled } from './hint.ts';

const fact = (key: string, value: string): string =>
  `<div><dt><%= it.t('account.${key}') %></dt><dd>${value}</dd></div>`;
const factIf = (name: string, key: string, value: string): string => `<% if (${name}) { %>${fact(key, value)}\n<% } %>`;

/** The templates of the account page, by name. */
export const overviewTemplates = {
  '@account': `<% layout('@layout', { ${titled('account.title')} }) %>
<h1><%= it.t('account.title') %></h1>
<p class="lead"><%~ it.m('account.lead', { name: it.name, role: it.role }) %></p>
<%~ include('@messages', it) %>
<section class="card" aria-labelledby="who"><h2 id="who"><%= it.t('account.who') %></h2>
<dl class="facts">
${fact('username', '<bdi><%= it.name %></bdi>')}
${factIf('it.displayName', 'displayName', '<bdi><%= it.displayName %></bdi>')}${factIf(
  'it.email',
  'email',
  `<bdi><%= it.email %></bdi><% if (!it.emailConfirmed) { %> <span class="badge plain"><%= it.t('account.emailUnconfirmed') %></span><% } %>`,
)}${fact(
  'role',
  `<strong><bdi><%= it.role %></bdi></strong><p class="hint"><%= it.t('account.rung.' + it.rung) %></p><% if (it.accountRole) { %><p class="hint"><%~ it.m('account.roleLimited', { role: it.accountRole }) %></p><% } %>`,
)}
${fact('signedIn', `<%= it.way %><% if (it.since) { %><br><%= it.t('account.since') %> <%~ it.time(it.since) %><% } %>`)}
${factIf(
  'it.until',
  'until',
  `<%~ it.time(it.until) %><% if (it.idleUntil && it.idleUntil < it.until) { %><p class="hint"><%= it.t('account.idleUntil') %> <%~ it.time(it.idleUntil) %></p><% } %>`,
)}${fact(
  'scopes',
  `<% if (it.scopes.length === 0) { %><%= it.t('frame.none') %><% } %><ul class="chips"><% for (const scope of it.scopes) { %><li><code><%= scope %></code></li><% } %></ul>`,
)}
${factIf('it.createdAt', 'made', '<%~ it.time(it.createdAt) %>')}</dl>
</section>
<% if (it.password) { %><%~ include('@account-password', it) %><% } %>
`,

  '@account-password': `<section class="card" aria-labelledby="password"><h2 id="password"><%= it.t('account.changePassword') %></h2>
<% if (it.password === 'none') { %><p><%= it.t('account.noPassword') %></p>
<% } else { %><form class="narrow" method="post" action="<%= it.prefix %>/account/password" data-inline>
<%~ include('@confirm', { ...it, asksPassword: true, id: 'password-current', problem: it.problems.current_password }) %>
<%~ include('@new-password', { ...it, ...it.password, id: 'new-password', again: 'new-password-again', label: it.t('password.new'), labelAgain: it.t('password.newAgain'), problem: it.problems.new_password, problemAgain: it.problems.new_password_again }) %>
<div class="choice">
<input type="checkbox" id="end-tokens" name="end_tokens" value="true"<% if (it.endTokens) { %> checked<% } %>>
<label for="end-tokens"><%= it.t('account.endTokens') %></label>
</div>
<p class="hint"><%= it.t('account.passwordEnds') %></p>
<div class="actions"><button type="submit"><%= it.t('account.changePasswordNow') %></button></div>
</form>
<% } %></section>
`,
} as const;

const title = (key: string): string =>
  `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('${key}') }) : it.t('${key}') }) %>`;

/** The templates of signing in and signing out, by name. */
export const signInTemplates = {
  '@sign-in': `${title('signIn.title')}
<h1><%= it.t('signIn.title') %></h1>
<p class="lead"><%~ it.m('signIn.lead', { destination: it.destination }) %></p>
<%~ include('@messages', it) %>
<% if (it.needsAdmin) { %><div class="notice warn"><p><%= it.t('signIn.needsAdmin') %></p><p><a href="<%= it.prefix %>/setup"><%= it.t('signIn.setUp') %></a></p></div>
<% } %><form method="post" action="<%= it.prefix %>/login">
<input type="hidden" name="next" value="<%= it.next %>">
<div class="field">
<label for="username"><%= it.t('signIn.username') %></label>
<input type="text" id="username" name="username" value="<%= it.username %>" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required<% if (it.problem) { %> aria-describedby="problem"<% } %><% if (!it.username) { %> autofocus<% } %>>
</div>
<div class="field">
<label for="password"><%= it.t('signIn.password') %></label>
<div class="beside"><input type="password" id="password" name="password" autocomplete="current-password" required<% if (it.problem) { %> aria-describedby="problem"<% } %><% if (it.username) { %> autofocus<% } %>>
<%~ include('@reveal', { ...it, fields: 'password' }) %></div>
</div>
<div class="choice">
<input type="checkbox" id="remember" name="remember" value="true"<% if (it.remember) { %> checked<% } %>>
<label for="remember"><%= it.t('signIn.remember') %></label>
</div>
<button class="full" type="submit"><%= it.t('signIn.submit') %></button>
<% if (it.retryAfter) { %><p class="hint wait" role="timer" data-countdown="<%= it.retryAfter %>" data-over="<%= it.t('signIn.again') %>" hidden><%= it.t('signIn.timeLeft') %> <span></span></p>
<% } %></form>
<% if (it.signUp !== 'closed') { %><p class="else"><%= it.t(it.signUp === 'open' ? 'signIn.noAccount' : 'signIn.haveInvitation') %> <a href="<%= it.prefix %>/signup"><%= it.t('signUp.title') %></a></p>
<% } %>`,

  '@sign-out': `${title('signOut.title')}
<h1><%= it.t('signOut.heading') %></h1>
<p class="lead"><%~ it.m('signOut.lead', { name: it.name }) %></p>
<form method="post" action="<%= it.prefix %>/logout">
<input type="hidden" name="next" value="<%= it.next %>">
<div class="actions"><button type="submit"><%= it.t('signOut.submit') %></button> <a class="button plain" href="<%= it.next || it.prefix + '/account' %>"><%= it.t('signOut.stay') %></a></div>
</form>
`,
} as const;

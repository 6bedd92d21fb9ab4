/** The templates of the account pages, by name. */
export const accountTemplates = {
  '@account': `<% layout('@layout', { title: it.problem ? 'Error: Your account' : 'Your account', wide: true }) %>
<h1>Your account</h1>
<p class="lead">You are signed in as <strong><bdi><%= it.name %></bdi></strong> with the role <strong><bdi><%= it.role %></bdi></strong>.</p>
<%~ include('@messages', it) %>
<h2 id="devices">Where you are signed in</h2>
<ul class="sessions" aria-labelledby="devices">
<% for (const session of it.sessions) { %>
<li>
<p class="device"><%= session.device %><% if (session.current) { %> <span class="badge">This device</span><% } %></p>
<p class="about">Since <%~ it.time(session.since) %>, last used <%~ it.time(session.seen) %><% if (session.address) { %>, from <bdi><%= session.address %></bdi><% } %></p>
</li>
<% } %>
<% if (it.sessions.length === 0) { %><li><p class="about">No device is signed in.</p></li><% } %>
</ul>
<div class="actions">
<form method="post" action="<%= it.prefix %>/logout"><button type="submit">Sign out</button></form>
<form method="post" action="<%= it.prefix %>/logout"><input type="hidden" name="all" value="true"><button class="plain" type="submit">Sign out everywhere</button></form>
</div>
<% if (it.forms) { %>
<%~ include('@account-password', it) %>
<%~ include('@account-tokens', it) %>
<% } %>
`,

  '@account-password': `<h2>Change your password</h2>
<form method="post" action="<%= it.prefix %>/account/password">
<%~ include('@current-password', { username: it.name, id: 'password-current', problem: it.failed === 'password' ? it.problems.current_password : undefined }) %>
<div class="field">
<label for="new-password">New password</label>
<input type="password" id="new-password" name="new_password" autocomplete="new-password" minlength="<%= it.forms.passwordMinLength %>" required aria-describedby="new-password-hint"<% if (it.problems.new_password) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.new_password) { %> bad<% } %>" id="new-password-hint"><%= it.problems.new_password ?? \`At least \${it.forms.passwordMinLength} characters. Your other sessions end, this one stays.\` %></p>
</div>
<button class="plain" type="submit">Change the password</button>
</form>
`,

  '@account-tokens': `<h2 id="tokens">API tokens</h2>
<p class="lead">For scripts and programs that act for you. Each can be revoked by itself.</p>
<ul class="sessions" aria-labelledby="tokens">
<% for (const token of it.forms.tokens) { %>
<li>
<p class="device"><bdi><%= token.name %></bdi></p>
<p class="about">Made <%~ it.time(token.made) %>, <% if (token.used) { %>last used <%~ it.time(token.used) %><% } else { %>never used<% } %>, <% if (token.ends) { %>ends <%~ it.time(token.ends) %><% } else { %>does not end by itself<% } %>. <a href="<%= it.prefix %>/account/revoke-token?name=<%= encodeURIComponent(token.name) %>" aria-label="Revoke the token <%= token.name %>">Revoke</a></p>
</li>
<% } %>
<% if (it.forms.tokens.length === 0) { %><li><p class="about">You have no API tokens.</p></li><% } %>
</ul>
<h3>Make an API token</h3>
<form method="post" action="<%= it.prefix %>/account/tokens">
<div class="field">
<label for="token-name">Name</label>
<input type="text" id="token-name" name="name" value="<%= it.tokenName %>" autocomplete="off" maxlength="64" required aria-describedby="token-name-hint"<% if (it.problems.name) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.name) { %> bad<% } %>" id="token-name-hint"><%= it.problems.name ?? 'What it is for, such as backup.' %></p>
</div>
<div class="field">
<label for="token-role">Role</label>
<select id="token-role" name="role" aria-describedby="token-role-hint"<% if (it.problems.role) { %> aria-invalid="true"<% } %>>
<option value="">As yours</option>
<% for (const role of it.forms.roles) { %><option value="<%= role %>"><%= role %></option>
<% } %></select>
<p class="hint<% if (it.problems.role) { %> bad<% } %>" id="token-role-hint"><%= it.problems.role ?? 'The most that it may do.' %></p>
</div>
<div class="field">
<label for="token-days">Ends after</label>
<select id="token-days" name="days">
<option value="30">30 days</option>
<option value="90" selected>90 days</option>
<option value="365">A year</option>
<option value="">Never</option>
</select>
</div>
<% if (it.forms.asksPassword) { %><%~ include('@current-password', { username: it.name, id: 'token-current', problem: it.failed === 'token' ? it.problems.current_password : undefined }) %><% } %>
<button class="plain" type="submit">Make the token</button>
</form>
`,

  // Password managers look for the name beside a password.
  '@current-password': `<input type="text" name="username" value="<%= it.username %>" autocomplete="username" hidden>
<div class="field">
<label for="<%= it.id %>">Current password</label>
<input type="password" id="<%= it.id %>" name="current_password" autocomplete="current-password" required<% if (it.problem) { %> aria-invalid="true" aria-describedby="<%= it.id %>-hint"<% } %>>
<% if (it.problem) { %><p class="hint bad" id="<%= it.id %>-hint"><%= it.problem %></p><% } %>
</div>
`,

  '@new-token': `<% layout('@layout', { title: 'Your new API token' }) %>
<h1>Your new API token</h1>
<p class="lead">The token <strong><bdi><%= it.name %></bdi></strong> is made. Copy it now: it is not kept, and this is the only time that it is shown.</p>
<div class="field">
<label for="token">Token</label>
<input type="text" id="token" class="secret" value="<%= it.token %>" readonly autocomplete="off" spellcheck="false">
<p class="hint">Send it as <code>Authorization: Bearer</code> followed by the token.</p>
</div>
<p class="actions"><a class="button" href="<%= it.prefix %>/account">Your account</a></p>
`,

  '@revoke-token': `<% layout('@layout', { title: it.problem ? 'Error: Revoke a token' : 'Revoke a token' }) %>
<h1>Revoke the token <bdi><%= it.name %></bdi>?</h1>
<p class="lead">What uses it is refused from then on. This cannot be undone.</p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/account/revoke-token">
<input type="hidden" name="name" value="<%= it.name %>">
<% if (it.asksPassword) { %><%~ include('@current-password', { username: it.username, id: 'current-password', problem: it.problem }) %><% } %>
<div class="actions"><button type="submit">Revoke the token</button> <a class="button plain" href="<%= it.prefix %>/account">Keep it</a></div>
</form>
`,
} as const;

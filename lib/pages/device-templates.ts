/** The templates of the device pages, by name. */
export const deviceTemplates = {
  '@device': `<% layout('@layout', { title: it.problem ? 'Error: Sign in a device' : 'Sign in a device' }) %>
<h1>Sign in a device</h1>
<p class="lead">Type the code that the device or the program shows. You are signed in as <strong><bdi><%= it.name %></bdi></strong>.</p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/device">
<div class="field">
<label for="user-code">Code</label>
<input type="text" id="user-code" name="user_code" value="<%= it.userCode %>" autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="32" required aria-describedby="user-code-hint"<% if (it.problem) { %> aria-invalid="true"<% } %> autofocus>
<p class="hint" id="user-code-hint">Eight letters, such as BCDF-GHJK. It is valid for ten minutes.</p>
</div>
<button class="full" type="submit">Continue</button>
</form>
`,

  '@device-decision': `<% layout('@layout', { title: it.problem ? 'Error: Sign in a device' : 'Sign in a device' }) %>
<h1>Let this device sign in as <bdi><%= it.name %></bdi>?</h1>
<p class="lead">It asks for this because it cannot show you a sign-in page itself.</p>
<%~ include('@messages', it) %>
<dl class="facts">
<div><dt>Code</dt><dd><code><%= it.userCode %></code></dd></div>
<div><dt>Program</dt><dd><bdi><%= it.client %></bdi></dd></div>
<div><dt>Device</dt><dd><%= it.device %></dd></div>
<div><dt>Address</dt><dd><bdi><%= it.address %></bdi></dd></div>
<div><dt>Asked at</dt><dd><%~ it.time(it.asked) %></dd></div>
<div><dt>It may</dt><dd><% if (it.scopes) { %>use the scopes <% it.scopes.forEach((scope, at) => { %><% if (at) { %>, <% } %><code><%= scope %></code><% }) %><% } else { %>do everything that you may<% } %></dd></div>
</dl>
<div class="notice warn"><p><strong>Approve only what you have started yourself</strong>, a moment ago, and only if your device shows this very code. If somebody sent you the code or a link, refuse: they would be signed in as you.</p></div>
<form method="post" action="<%= it.prefix %>/device">
<input type="hidden" name="user_code" value="<%= it.userCode %>">
<input type="hidden" name="action" value="approve">
<% if (it.asksPassword) { %><%~ include('@current-password', { username: it.name, id: 'current-password', problem: it.problem }) %>
<% } %><button class="full" type="submit">Approve</button>
</form>
<form class="next" method="post" action="<%= it.prefix %>/device">
<input type="hidden" name="user_code" value="<%= it.userCode %>">
<input type="hidden" name="action" value="deny">
<button class="full plain" type="submit">Refuse</button>
</form>
`,
} as const;

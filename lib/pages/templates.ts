import { accountTemplates } from './account-templates.ts';
import { adminTemplates } from './admin/templates.ts';
import { deviceTemplates } from './device-templates.ts';
import { eta } from './engine.ts';
import { layoutTemplates } from './layout.ts';
import { newPasswordTemplates } from './new-password-templates.ts';
import { signUpTemplates } from './sign-up-templates.ts';

eta.loadTemplate(
  '@messages',
  `<div role="alert" id="problem"><% if (it.problem) { %><div class="notice bad"><p><%= it.problem %></p></div><% } %></div>
<div role="status"><% if (it.notice) { %><div class="notice good"><p><%= it.notice %></p></div><% } %></div>
`,
);

eta.loadTemplate(
  '@sign-in',
  `<% layout('@layout', { title: it.problem ? 'Error: Sign in' : 'Sign in' }) %>
<h1>Sign in</h1>
<p class="lead">to continue to <strong><bdi><%= it.destination %></bdi></strong></p>
<%~ include('@messages', it) %>
<% if (it.needsAdmin) { %><div class="notice"><p>There is no administrator yet. The link that makes the first one was printed where this service was started; it is valid for an hour, and a restart prints a new one.</p><p><a href="<%= it.prefix %>/setup">Set up the first administrator</a></p></div>
<% } %><form method="post" action="<%= it.prefix %>/login">
<input type="hidden" name="next" value="<%= it.next %>">
<div class="field">
<label for="username">Username</label>
<input type="text" id="username" name="username" value="<%= it.username %>" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required<% if (it.problem) { %> aria-describedby="problem"<% } %><% if (!it.username) { %> autofocus<% } %>>
</div>
<div class="field">
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required<% if (it.problem) { %> aria-describedby="problem"<% } %><% if (it.username) { %> autofocus<% } %>>
</div>
<div class="choice">
<input type="checkbox" id="remember" name="remember" value="true"<% if (it.remember) { %> checked<% } %>>
<label for="remember">Keep me signed in on this device</label>
</div>
<button class="full" type="submit">Sign in</button>
</form>
<% if (it.signUp !== 'closed') { %><p class="else"><%= it.signUp === 'open' ? 'No account yet?' : 'Do you have an invitation?' %> <a href="<%= it.prefix %>/signup">Sign up</a></p>
<% } %>`,
);

eta.loadTemplate(
  '@message',
  `<% layout('@layout', { title: it.heading }) %>
<h1><%= it.heading %></h1>
<% for (const line of it.lines) { %><p class="lead"><%= line %></p>
<% } %>
<% if (it.link) { %><p class="actions"><a class="button" href="<%= it.link.href %>"><%= it.link.text %></a></p>
<% } %>
<% if (it.code) { %><p class="code">Error <%= it.status %>, <code><%= it.code %></code></p>
<% } %>
`,
);

const families = {
  ...layoutTemplates,
  ...accountTemplates,
  ...deviceTemplates,
  ...signUpTemplates,
  ...newPasswordTemplates,
  ...adminTemplates,
};
for (const [name, template] of Object.entries(families)) eta.loadTemplate(name, template);

import { accountTemplates } from './account/templates.ts';
import { adminTemplates } from './admin/templates.ts';
import { deviceTemplates } from './device-templates.ts';
import { eta } from './engine.ts';
import { errorTemplates } from './error-templates.ts';
import { layoutTemplates } from './layout.ts';
import { newPasswordTemplates } from './new-password-templates.ts';
import { signInTemplates } from './sign-in-templates.ts';
import { signUpTemplates } from './sign-up-templates.ts';

eta.loadTemplate(
  '@messages',
  `<div role="alert" id="problem"><% if (it.problem) { %><div class="notice bad"><p><%= it.problem %></p></div><% } %></div>
<div role="status"><% if (it.notice) { %><div class="notice <%= it.noticeKind ?? 'good' %>"><p><%= it.notice %></p></div><% } %></div>
`,
);

eta.loadTemplate(
  '@message',
  `<% layout('@layout', { title: it.heading }) %>
<h1><%= it.heading %></h1>
<% for (const line of it.lines) { %><p class="lead"><%= line %></p>
<% } %>
<% if (it.link) { %><p class="actions"><a class="button" href="<%= it.link.href %>"><%= it.link.text %></a></p>
<% } %>
`,
);

const families = {
  ...errorTemplates,
  ...layoutTemplates,
  ...accountTemplates,
  ...deviceTemplates,
  ...signInTemplates,
  ...signUpTemplates,
  ...newPasswordTemplates,
  ...adminTemplates,
};
for (const [name, template] of Object.entries(families)) eta.loadTemplate(name, template);

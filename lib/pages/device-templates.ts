const title = `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('device.title') }) : it.t('device.title') }) %>`;

/** The templates of the device pages, by name. */
export const deviceTemplates = {
  '@device': `${title}
<h1><%= it.t('device.title') %></h1>
<p class="lead"><%~ it.m('device.lead', { name: it.name }) %></p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/device">
<div class="field">
<label for="user-code"><%= it.t('device.code') %></label>
<input type="text" id="user-code" name="user_code" value="<%= it.userCode %>" autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="32" required aria-describedby="user-code-hint"<% if (it.problem) { %> aria-invalid="true"<% } %> autofocus>
<p class="hint" id="user-code-hint"><%= it.t('device.codeHint') %></p>
</div>
<button class="full" type="submit"><%= it.t('device.continue') %></button>
</form>
`,

  '@device-decision': `${title}
<h1><%~ it.m('device.question', { name: it.name }) %></h1>
<p class="lead"><%= it.t('device.questionLead') %></p>
<%~ include('@messages', it) %>
<dl class="facts">
<div><dt><%= it.t('device.code') %></dt><dd><code><%= it.userCode %></code></dd></div>
<div><dt><%= it.t('device.program') %></dt><dd><bdi><%= it.client %></bdi></dd></div>
<div><dt><%= it.t('device.device') %></dt><dd><%= it.device %></dd></div>
<div><dt><%= it.t('device.address') %></dt><dd><bdi><%= it.address %></bdi></dd></div>
<div><dt><%= it.t('device.asked') %></dt><dd><%~ it.time(it.asked) %></dd></div>
<div><dt><%= it.t('device.may') %></dt><dd><% if (it.scopes) { %><%= it.t('device.mayScopes') %> <% it.scopes.forEach((scope, at) => { %><% if (at) { %>, <% } %><code><%= scope %></code><% }) %><% } else { %><%= it.t('device.mayAll') %><% } %></dd></div>
</dl>
<div class="notice warn"><p><%~ it.m('device.warning') %></p></div>
<form method="post" action="<%= it.prefix %>/device">
<input type="hidden" name="user_code" value="<%= it.userCode %>">
<input type="hidden" name="action" value="approve">
<%~ include('@confirm', { ...it, viewer: { name: it.name }, id: 'current-password' }) %>
<button class="full" type="submit"><%= it.t('device.approve') %></button>
</form>
<form class="next" method="post" action="<%= it.prefix %>/device">
<input type="hidden" name="user_code" value="<%= it.userCode %>">
<input type="hidden" name="action" value="deny">
<button class="full plain" type="submit"><%= it.t('device.refuse') %></button>
</form>
`,
} as const;

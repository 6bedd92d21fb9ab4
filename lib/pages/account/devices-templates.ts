/** The templates of the pages about devices, by name. */
export const deviceListTemplates = {
  '@account-devices': `<% layout('@layout', { title: it.t('account.devices') }) %>
<div class="heading"><h1><%= it.t('account.devices') %></h1>
<% if (it.mayEnd && (it.sessions.length > 0 || !it.isFirst)) { %><a class="button plain small" href="<%= it.prefix %>/account/end-other-sessions"><%= it.t('devices.endOthers') %></a><% } %></div>
<p class="lead"><%= it.t('devices.lead') %></p>
<%~ include('@messages', it) %>
<% if (it.current) { %><section class="card" aria-labelledby="this-device"><h2 id="this-device"><%= it.t('devices.thisOne') %></h2>
<%~ include('@account-session', { ...it, session: it.current }) %>
<% if (it.mayEnd) { %><div class="actions"><form method="post" action="<%= it.prefix %>/logout"><button class="plain small" type="submit"><%= it.t('frame.signOut') %></button></form>
<a class="button plain small" href="<%= it.prefix %>/account/end-all-sessions"><%= it.t('devices.signOutEverywhere') %></a></div>
<% } %></section>
<% } %><section class="card" aria-labelledby="other-devices"><h2 id="other-devices"><%= it.t(it.current ? 'devices.others' : 'devices.all') %></h2>
<% if (it.sessions.length === 0) { %><p class="about"><%= it.t(it.current ? 'devices.noOthers' : 'devices.none') %></p>
<% } else { %><ul class="sessions">
<% for (const session of it.sessions) { %><li class="row"><div><%~ include('@account-session', { ...it, session }) %></div>
<% if (it.mayEnd) { %><a class="button plain small" href="<%= it.prefix %>/account/end-session?id=<%= encodeURIComponent(session.id) %>" aria-label="<%= it.t('devices.endOf', { device: session.device }) %>"><%= it.t('devices.end') %></a>
<% } %></li>
<% } %></ul>
<% } %></section>
<%~ include('@pager', it) %>
`,

  '@account-session': `<p class="device"><span<% if (it.session.agent) { %> title="<%= it.session.agent %>"<% } %>><%= it.session.device %></span></p>
<p class="about"><%= it.t('devices.since') %> <%~ it.time(it.session.createdAt) %> (<%= it.session.way %>)<% if (it.session.address) { %> · <%= it.t('devices.from') %> <bdi><%= it.session.address %></bdi><% } %></p>
<p class="about"><%= it.t('devices.seen') %> <%~ it.time(it.session.lastSeenAt) %> · <%= it.t('devices.ends') %> <%~ it.time(it.session.expiresAt) %></p>
`,

  '@account-end-session': `<% layout('@layout', { title: it.t('devices.endTitle') }) %>
<h1><%= it.t('devices.endQuestion') %></h1>
<p class="lead"><%= it.t('devices.endLead') %></p>
<div class="card"><%~ include('@account-session', it) %></div>
<form method="post" action="<%= it.prefix %>/account/end-session" data-inline>
<input type="hidden" name="id" value="<%= it.session.id %>">
<div class="actions"><button class="danger" type="submit"><%= it.t('devices.endNow') %></button> <a class="button plain" href="<%= it.prefix %>/account/devices"><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@account-end-other-sessions': `<% layout('@layout', { title: it.t('devices.endOthers') }) %>
<h1><%= it.t('devices.endOthersQuestion') %></h1>
<p class="lead"><%= it.t('devices.endOthersLead') %></p>
<form method="post" action="<%= it.prefix %>/account/end-other-sessions" data-inline>
<div class="actions"><button class="danger" type="submit"><%= it.t('devices.endOthersNow') %></button> <a class="button plain" href="<%= it.prefix %>/account/devices"><%= it.t('frame.cancel') %></a></div>
</form>
`,

  '@account-end-all-sessions': `<% layout('@layout', { title: it.t('devices.everywhereTitle') }) %>
<h1><%= it.t('devices.everywhereQuestion') %></h1>
<p class="lead"><%= it.t('devices.everywhereLead') %></p>
<form method="post" action="<%= it.prefix %>/logout">
<input type="hidden" name="all" value="true">
<div class="actions"><button class="danger" type="submit"><%= it.t('devices.everywhereNow') %></button> <a class="button plain" href="<%= it.prefix %>/account/devices"><%= it.t('frame.cancel') %></a></div>
</form>
`,
} as const;

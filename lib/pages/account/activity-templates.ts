/** The templates of the page with somebody's own trail, by name. */
export const activityTemplates = {
  '@account-activity': `<% layout('@layout', { title: it.t('account.activity') }) %>
<div class="heading"><h1 id="activity"><%= it.t('account.activity') %></h1>
<div class="downloads"><% for (const format of ['csv', 'json']) { %><a class="button plain small" href="<%= it.prefix %>/account/activity.<%= format %>" download><%= it.t('activity.download', { format: format.toUpperCase() }) %></a><% } %></div></div>
<p class="lead"><%= it.t('activity.lead') %></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="activity">
<% if (it.events.length === 0) { %><p class="empty"><%= it.t('activity.none') %></p>
<% } else { %><table>
<thead><tr><th scope="col"><%= it.t('activity.when') %></th><th scope="col"><%= it.t('activity.what') %></th><th scope="col"><%= it.t('activity.where') %></th><th scope="col"><%= it.t('activity.outcome') %></th></tr></thead>
<tbody>
<% for (const event of it.events) { %><tr>
<td><%~ it.time(event.at) %></td>
<td><strong><%= event.what %></strong><% if (event.subject) { %> <code><%= event.subject %></code><% } %>
<% if (event.actor !== undefined) { %><p class="about"><% if (event.actor) { %><%= it.t('activity.by') %> <bdi><%= event.actor %></bdi><% } else { %><%= it.t('activity.byProgram') %><% } %></p>
<% } %><% if (event.notes.length > 0) { %><p class="about"><% event.notes.forEach((note, at) => { %><% if (at) { %> · <% } %><%= note.text %><% if (note.value) { %> <code><%= note.value %></code><% } %><% }) %></p>
<% } %></td>
<td><% if (event.address) { %><bdi><%= event.address %></bdi><% } %><% if (event.device) { %><p class="about"><span title="<%= event.agent %>"><%= event.device %></span></p><% } %></td>
<td><% if (event.outcome === 'ok') { %><span class="badge good"><%= it.t('activity.ok') %></span><% } else { %><span class="badge bad"><%= it.t('activity.refused') %></span><p class="about whole"><code><%= event.outcome %></code></p><% } %></td>
</tr>
<% } %></tbody>
</table>
<% } %></div>
<%~ include('@pager', it) %>
`,
} as const;

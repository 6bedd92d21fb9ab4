/** The templates of the page `admin/settings`, by name. */
export const settingTemplates = {
  '@admin-settings': `<% layout('@layout', { title: it.t('nav.settings') }) %>
<div class="heading"><h1><%= it.t('nav.settings') %></h1></div>
<p class="lead"><%= it.t('settings.lead') %></p>
<% if (it.warnings.length > 0) { %><div class="notice warn" lang="en" dir="ltr"><% for (const warning of it.warnings) { %><p><%= warning %></p><% } %></div>
<% } %><form class="filters" action="<%= it.prefix %>/admin/settings" data-inline>
<div class="field"><label for="q"><%= it.t('settings.search') %></label><input type="search" id="q" name="q" value="<%= it.filter.text %>" maxlength="80" autocomplete="off" spellcheck="false"></div>
<div class="field"><label for="show"><%= it.t('settings.show') %></label><select id="show" name="show">
<option value=""<% if (!it.filter.onlyGiven) { %> selected<% } %>><%= it.t('settings.all') %></option>
<option value="given"<% if (it.filter.onlyGiven) { %> selected<% } %>><%= it.t('settings.onlyGiven') %></option>
</select></div>
<button type="submit"><%= it.t('settings.filter') %></button>
</form>
<p role="status"><%= it.t('settings.count', { n: it.count }) %></p>
<% for (const group of it.groups) { %><section>
<h2 id="group-<%= group.name %>"><%= group.title %></h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="group-<%= group.name %>">
<table class="settings">
<thead><tr><th scope="col"><%= it.t('settings.setting') %></th><th scope="col"><%= it.t('settings.value') %></th><th scope="col"><%= it.t('settings.from') %></th></tr></thead>
<tbody>
<% for (const one of group.settings) { %><tr>
<th scope="row" id="<%= one.name.toLowerCase() %>"><code><%= one.name %></code><p class="hint" lang="en" dir="ltr"><%~ include('@pieces', { pieces: one.help }) %></p></th>
<td><% if (one.value === undefined) { %><span class="quiet"><%= it.t('settings.unset') %></span><% } else if (one.isSecret) { %><span class="quiet"><%= it.t('settings.secret') %></span><% } else if (one.value === '') { %><span class="quiet"><%= it.t('settings.empty') %></span><% } else { %><pre dir="ltr"><%= one.value %></pre><% } %><% if (one.value === undefined && one.fallback.length > 1) { %><p class="hint" lang="en" dir="ltr"><%~ include('@pieces', { pieces: one.fallback }) %></p><% } %></td>
<td><% if (one.isGiven) { %><span class="badge plain"><%= it.t(one.originWord) %></span><% } else { %><span class="quiet"><%= it.t(one.originWord) %></span><% } %></td>
</tr>
<% } %></tbody>
</table>
</div>
</section>
<% } %>`,

  '@pieces': `<% for (const piece of it.pieces) { %><% if (piece.isCode) { %><code><%= piece.text %></code><% } else { %><%= piece.text %><% } %><% } %>`,
} as const;

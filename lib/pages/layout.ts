/**
 * The layout of all pages, and parts that several of them have. Somebody who is signed in gets the bar at the top; a page with a
 * `place` in the administration also gets its navigation.
 */
export const layoutTemplates = {
  '@layout': `<!doctype html>
<html lang="<%= it.lang %>" dir="<%= it.dir %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<% if (it.refresh) { %><meta http-equiv="refresh" content="0;url=<%= it.refresh %>">
<% } %><title><%= it.title %> – <%= it.brand.name %></title>
<link rel="icon" href="<%= it.asset(it.brand.logo) %>">
<% for (const style of it.brand.styles) { %><link rel="stylesheet" href="<%= it.asset(style) %>">
<% } %><% for (const script of it.scripts) { %><script src="<%= it.asset(script) %>" defer></script>
<% } %></head>
<% if (it.viewer) { %><%~ include('@app', it) %><% } else { %><body>
<header><img src="<%= it.asset(it.brand.logo) %>" alt="" width="<%= it.logoWidth(40) %>" height="40"><span><%= it.brand.name %></span></header>
<main<% if (it.wide) { %> class="wide"<% } %>>
<%~ it.body %>
</main>
</body>
<% } %></html>
`,

  '@app': `<body class="app">
<a class="skip" href="#content"><%= it.t('frame.skip') %></a>
<header>
<div class="brand"><img src="<%= it.asset(it.brand.logo) %>" alt="" width="<%= it.logoWidth(28) %>" height="28"><span><%= it.brand.name %></span></div>
<a href="<%= it.prefix %>/account"<% if (it.place === 'account') { %> aria-current="page"<% } %>><%= it.t('frame.account') %></a>
<% if (it.viewer.places.length > 0) { %><a href="<%= it.prefix %>/admin"<% if (it.isAdmin) { %> aria-current="true"<% } %>><%= it.t('frame.admin') %></a>
<% } %><bdi class="who" title="<%= it.viewer.name %>"><%= it.viewer.name %></bdi>
<% if (it.viewer.canSignOut) { %><form method="post" action="<%= it.prefix %>/logout"><button class="plain" type="submit"><%= it.t('frame.signOut') %></button></form>
<% } %></header>
<div class="columns<% if (!it.navigation) { %> alone<% } %>">
<% if (it.navigation) { %><nav class="side" aria-label="<%= it.navigation.label %>"><ul>
<% for (const one of it.navigation.items) { %><li><a href="<%= one.href %>"<% if (one.current) { %> aria-current="page"<% } %>><%= one.text %></a></li>
<% } %></ul></nav>
<% } %><main id="content">
<%~ it.body %>
</main>
</div>
</body>
`,

  // `it.next`: the address of the next page, if there is one; `it.first`: of the first page, unless this is it.
  '@pager': `<% if (it.next || it.first) { %><nav class="pager" aria-label="<%= it.t('frame.pages') %>">
<% if (it.first) { %><a class="button plain small" href="<%= it.first %>" data-inline><%= it.t('frame.first') %></a>
<% } %><% if (it.next) { %><a class="button plain small" href="<%= it.next %>" data-inline rel="next"><%= it.t('frame.more') %></a>
<% } %></nav>
<% } %>`,

  // A secret that is shown once. `it.id`, `it.label`, `it.value`, `it.hint`.
  '@copy': `<div class="field">
<label for="<%= it.id %>"><%= it.label %></label>
<div class="copy"><input type="text" id="<%= it.id %>" class="secret" value="<%= it.value %>" readonly autocomplete="off" spellcheck="false"<% if (it.hint) { %> aria-describedby="<%= it.id %>-hint"<% } %>>
<button class="plain" type="button" data-copy="<%= it.id %>" data-copied="<%= it.t('frame.copied') %>" hidden><%= it.t('frame.copy') %></button></div>
<% if (it.hint) { %><p class="hint" id="<%= it.id %>-hint"><%= it.hint %></p><% } %>
</div>
`,

  // Password managers look for the name beside a password. `it.id`, `it.viewer`, `it.problem`. Left out where none is asked for.
  '@confirm': `<% if (it.asksPassword) { %><input type="text" name="username" value="<%= it.viewer.name %>" autocomplete="username" hidden>
<div class="field">
<label for="<%= it.id %>"><%= it.t('frame.currentPassword') %></label>
<input type="password" id="<%= it.id %>" name="current_password" autocomplete="current-password" required aria-describedby="<%= it.id %>-hint"<% if (it.problem) { %> aria-invalid="true" autofocus<% } %>>
<p class="hint<% if (it.problem) { %> bad<% } %>" id="<%= it.id %>-hint"><%= it.problem ?? it.t('frame.currentPasswordHint') %></p>
</div>
<% } %>`,
} as const;

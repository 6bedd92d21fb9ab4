/** The template of pages that ask before something is ended, by name. */
export const questionTemplates = {
  // Titles, lines and the button are keys of words; `it.values` are the values of all of them.
  '@question': `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t(it.title) }) : it.t(it.title) }) %>
<div class="heading"><h1><%~ it.m(it.heading, it.values) %></h1></div>
<%~ include('@messages', it) %>
<div class="card narrow">
<% for (const line of it.lines) { %><p><%~ it.m(line, it.values) %></p>
<% } %><form method="post" action="<%= it.action %>" data-inline>
<%~ include('@confirm', { ...it, id: 'current-password', problem: it.problems.current_password }) %>
<div class="actions"><button<% if (it.isDangerous) { %> class="danger"<% } %> type="submit"><%= it.t(it.button) %></button> <a class="button plain" href="<%= it.back %>" data-inline><%= it.t('frame.cancel') %></a></div>
</form>
</div>
`,
} as const;

import { estimator, guesses } from './assets.ts';

/**
 * The two fields of a new password. A page that includes them loads the script `newPassword`, which shows how strong the password is
 * and, when the first field is left, why it would be refused. `it.id` and `it.again`: the ids of the fields, which are their names too,
 * with hyphens in place of the underscores; `it.label`, `it.labelAgain`; `it.problem`, `it.problemAgain`: sentences;
 * `it.passwordMinLength`. The first field with a problem gets the focus, unless `it.focus` is the id of another one of
 * the page.
 */
export const newPasswordTemplates = {
  '@new-password': `<div class="field">
<label for="<%= it.id %>"><%= it.label %></label>
<div class="beside"><input type="password" id="<%= it.id %>" name="<%= it.id.replaceAll('-', '_') %>" autocomplete="new-password" minlength="<%= it.passwordMinLength %>" required aria-describedby="<%= it.id %>-hint"<% if (it.problem) { %> aria-invalid="true"<% } %><% if (it.problem && (it.focus ?? it.id) === it.id) { %> autofocus<% } %> data-new-password="<%= it.again %>" data-check="<%= it.prefix %>/password-check" data-scripts="<%= it.asset('${estimator.name}') %> <%= it.asset('${guesses.name}') %>">
<%~ include('@reveal', { ...it, fields: it.id + ' ' + it.again }) %></div>
<p class="hint<% if (it.problem) { %> bad<% } %>" id="<%= it.id %>-hint" aria-live="polite"><%= it.problem ?? it.t('password.hint', { n: it.passwordMinLength }) %></p>
<div class="strength" id="<%= it.id %>-strength" data-short="<%= it.t('password.tooShort') %>" data-levels="<%= [it.t('password.veryWeak'), it.t('password.weak'), it.t('password.fair'), it.t('password.good'), it.t('password.strong')].join('|') %>" hidden>
<meter min="0" max="4" low="1.5" high="2.5" optimum="4" value="0" aria-label="<%= it.t('password.meter') %>"></meter><span role="status"></span>
</div>
</div>
<div class="field">
<label for="<%= it.again %>"><%= it.labelAgain %></label>
<input type="password" id="<%= it.again %>" name="<%= it.again.replaceAll('-', '_') %>" autocomplete="new-password" required aria-describedby="<%= it.again %>-hint"<% if (it.problemAgain) { %> aria-invalid="true"<% } %><% if (it.problemAgain && !it.problem && (it.focus ?? it.again) === it.again) { %> autofocus<% } %> data-different="<%= it.t('password.different') %>">
<p class="hint<% if (it.problemAgain) { %> bad<% } %>" id="<%= it.again %>-hint" aria-live="polite"><%= it.problemAgain ?? it.t('password.againHint') %></p>
</div>
`,

  // A button that shows what is typed into password fields. `it.fields`: their ids. The script shows the button itself.
  '@reveal': `<button class="plain" type="button" data-reveal="<%= it.fields %>" data-other="<%= it.t('password.hide') %>" title="<%= it.t('password.showTitle') %>" aria-controls="<%= it.fields %>" hidden><%= it.t('password.show') %></button>`,
} as const;

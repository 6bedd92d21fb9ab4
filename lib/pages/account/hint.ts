/** The line below a field: what is wrong with it, or its hint. `problem` and `hint` are expressions of a template. */
export const hintLine = (id: string, problem: string, hint: string): string =>
  `<p class="hint<% if (${problem}) { %> bad<% } %>" id="${id}-hint"><%= ${problem} ?? ${hint} %></p>`;

/** The attributes that tie a field to its line. */
export const describedBy = (id: string, problem: string): string =>
  `aria-describedby="${id}-hint"<% if (${problem}) { %> aria-invalid="true"<% } %>`;

/** The title of a page, which says when something is wrong. `key` names the words. */
export const titled = (key: string): string =>
  `title: it.problem ? it.t('frame.errorTitle', { title: it.t('${key}') }) : it.t('${key}')`;

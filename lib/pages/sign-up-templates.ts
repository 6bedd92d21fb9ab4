const text = 'type="text" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="64"';

/** The label, the input and what is wrong with it, or its hint. `label` and `hint` are keys of the words. */
const field = (name: string, label: string, attributes: string, hint: string): string => `<div class="field">
<label for="${name}"><%= it.t(${label}) %></label>
<input id="${name}" name="${name}" ${attributes} aria-describedby="${name}-hint"<% if (it.problems.${name}) { %> aria-invalid="true"<% } %><% if (it.focus === '${name}') { %> autofocus<% } %>>
<p class="hint<% if (it.problems.${name}) { %> bad<% } %>" id="${name}-hint"><%= it.problems.${name} ?? it.t('${hint}') %></p>
</div>
`;

const invitation = field(
  'invitation',
  "it.mode === 'open' ? 'signUp.invitationOptional' : 'signUp.invitation'",
  `value="<%= it.invitation ?? '' %>" ${text} data-secret autocomplete="off"<% if (it.mode === 'invite') { %> required<% } %>`,
  'signUp.invitationHint',
);

const username = field(
  'username',
  "'signUp.username'",
  `value="<%= it.username ?? '' %>" ${text} autocomplete="username" required`,
  'signUp.usernameHint',
);

const email = field(
  'email',
  "'signUp.email'",
  `value="<%= it.email ?? '' %>" type="email" autocomplete="email" maxlength="254"`,
  'signUp.emailHint',
);

const token = field(
  'token',
  "'setup.token'",
  `value="<%= it.token %>" ${text} data-secret autocomplete="off" required`,
  'setup.tokenHint',
);

/** The two fields of the password of a new account. */
const password = `<%~ include('@new-password', { ...it, id: 'password', again: 'password-again', label: it.t('password.label'), labelAgain: it.t('password.again'), problem: it.problems.password, problemAgain: it.problems.password_again }) %>`;

const title = (key: string): string =>
  `<% layout('@layout', { title: it.problem ? it.t('frame.errorTitle', { title: it.t('${key}') }) : it.t('${key}') }) %>`;

/** The templates of the pages on which an account is made, by name. */
export const signUpTemplates = {
  '@sign-up': `${title('signUp.title')}
<h1><%= it.t('signUp.title') %></h1>
<p class="lead"><%= it.t(it.mode === 'open' ? 'signUp.lead' : 'signUp.leadInvited') %></p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/signup">
<% if (it.mode === 'invite') { %>${invitation}<% } %>${username}${email}${password}<% if (it.mode === 'open') { %>${invitation}<% } %><button class="full" type="submit"><%= it.t('signUp.submit') %></button>
</form>
<p class="else"><%= it.t('signUp.haveAccount') %> <a href="<%= it.prefix %>/login"><%= it.t('signIn.title') %></a></p>
`,

  '@setup': `${title('setup.title')}
<h1><%~ it.m('setup.heading', { brand: it.brandName }) %></h1>
<p class="lead"><%= it.t('setup.lead') %></p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/setup">
${token}${username}${password}<button class="full" type="submit"><%= it.t('setup.submit') %></button>
</form>
`,
} as const;

const text = 'autocapitalize="none" autocorrect="off" spellcheck="false"';

/** The label, the input and what is wrong with it, or its hint. `hint` is an expression. */
const field = (name: string, label: string, attributes: string, hint: string): string => `<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" ${attributes} aria-describedby="${name}-hint"<% if (it.problems.${name}) { %> aria-invalid="true"<% } %>>
<p class="hint<% if (it.problems.${name}) { %> bad<% } %>" id="${name}-hint"><%= it.problems.${name} ?? ${hint} %></p>
</div>
`;

const invitation = field(
  'invitation',
  'Invitation<% if (it.mode === "open") { %> (optional)<% } %>',
  `type="text" value="<%= it.invitation ?? '' %>" data-secret autocomplete="off" ${text} maxlength="64"<% if (it.mode === 'invite') { %> required<% } %>`,
  "'The link that you were given fills this in.'",
);

const username = field(
  'username',
  'Username',
  `type="text" value="<%= it.username ?? '' %>" autocomplete="username" ${text} maxlength="64" required`,
  "'Letters and digits, and . _ + - after the first of them.'",
);

const password = field(
  'password',
  'Password',
  'type="password" autocomplete="new-password" minlength="<%= it.passwordMinLength %>" required',
  "'At least ' + it.passwordMinLength + ' characters. A few random words make a good one.'",
);

const email = field(
  'email',
  'E-mail address (optional)',
  `type="email" value="<%= it.email ?? '' %>" autocomplete="email" maxlength="254"`,
  "'You can sign in with it, too.'",
);

export const signUpTemplates = {
  '@sign-up': `<% layout('@layout', { title: it.problem ? 'Error: Sign up' : 'Sign up' }) %>
<h1>Sign up</h1>
<p class="lead">Make an account for yourself.</p>
<%~ include('@messages', it) %>
<form method="post" action="<%= it.prefix %>/signup">
${invitation}${username}${password}${email}<button class="full" type="submit">Sign up</button>
</form>
<p class="else">Do you have an account? <a href="<%= it.prefix %>/login">Sign in</a></p>
`,
} as const;

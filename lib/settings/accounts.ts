import { anyText, choice, flag, listOf, password, role, username, wholeNumber } from './parsers.ts';
import { everywhere, type Setting, servers } from './setting.ts';

/** Settings of users, the first admin, roles and scopes. */
export const accountsSettings = {
  /**
   * The username of the first admin: created at start with the highest role while there is no admin, never overwritten.
   * Default: none.
   */
  superuser: {
    parser: username,
    help: 'The username of the first admin: created at start with the highest role while there is no admin, never overwritten.',
    appliesTo: everywhere,
    example: 'ada',
  },
  /** The password of `SUPERUSER`. Well-known defaults are refused. Default: none. */
  superuserPassword: {
    parser: password,
    secret: true,
    help: 'The password of `SUPERUSER`. Well-known defaults are refused.',
    appliesTo: everywhere,
    example: 'a long phrase of your own',
  },
  /**
   * Who may sign themselves up: nobody (`closed`), people with an invitation (`invite`), or everybody (`open`). Closed
   * until there is an admin. Default: `closed`.
   */
  signup: {
    parser: choice('closed', 'invite', 'open'),
    default: 'closed',
    help: 'Who may sign themselves up: nobody (`closed`), people with an invitation (`invite`), or everybody (`open`). Closed until there is an admin.',
    appliesTo: servers,
    example: 'invite',
  },
  /**
   * `true`: who has signed up may sign in at once. `false`: when an admin has activated the account, except with an
   * invitation by an admin. Default: `false`.
   */
  newUserIsActive: {
    parser: flag,
    default: 'false',
    help: '`true`: who has signed up may sign in at once. `false`: when an admin has activated the account, except with an invitation by an admin.',
    appliesTo: servers,
    example: 'true',
  },
  /** The role of a new user. Default: `user`. */
  defaultRole: {
    parser: role,
    default: 'user',
    help: 'The role of a new user.',
    appliesTo: everywhere,
    example: 'viewer',
  },
  /**
   * The ladder of roles, lowest first. It begins with `anony` and ends with `admin`; `name=rung` maps a name to one of
   * the built-in roles. Default: `anony,viewer,user,operator,admin`.
   */
  roles: {
    parser: anyText,
    default: 'anony,viewer,user,operator,admin',
    help: 'The ladder of roles, lowest first. It begins with `anony` and ends with `admin`; `name=rung` maps a name to one of the built-in roles.',
    appliesTo: everywhere,
    example: 'anony,guest=viewer,member=user,lead=operator,admin',
  },
  /** Scopes of the application, comma-separated; `name=role` gives the least role that may hold one. Default: none. */
  scopes: {
    parser: anyText,
    default: '',
    help: 'Scopes of the application, comma-separated; `name=role` gives the least role that may hold one.',
    appliesTo: everywhere,
    example: 'deploy:write=operator,reports:read',
  },
  /** More usernames that only an admin may assign, besides `admin`, `root`, `system` and the like. Default: none. */
  reservedNames: {
    parser: listOf(username),
    default: '',
    help: 'More usernames that only an admin may assign, besides `admin`, `root`, `system` and the like.',
    appliesTo: everywhere,
    example: 'billing,support',
  },
  /**
   * The minimum length of a new password, in characters. Common passwords and the user’s own name are always refused.
   * Default: `12`.
   */
  passwordMinLength: {
    parser: wholeNumber(8, 256),
    default: '12',
    help: 'The minimum length of a new password, in characters. Common passwords and the user’s own name are always refused.',
    appliesTo: everywhere,
    example: '16',
  },
} satisfies Readonly<Record<string, Setting>>;

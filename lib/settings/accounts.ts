import { anyText, listOf, password, role, username, wholeNumber } from './parsers.ts';
import { everywhere, type Setting } from './setting.ts';

/** Users, the first admin among them; roles and scopes. */
export const accountsSettings = {
  /** Made at start with the highest role while there is no admin; never overwritten. Default: none. */
  superuser: {
    parser: username,
    help: 'Made at start with the highest role while there is no admin; never overwritten.',
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
  /** The role of a new user. Default: `user`. */
  defaultRole: {
    parser: role,
    default: 'user',
    help: 'The role of a new user.',
    appliesTo: everywhere,
    example: 'viewer',
  },
  /**
   * The ladder of roles, lowest first. It begins with `anony` and ends with `admin`; `name=rung` says which of our own
   * roles a name stands for. Default: `anony,viewer,user,operator,admin`.
   */
  roles: {
    parser: anyText,
    default: 'anony,viewer,user,operator,admin',
    help: 'The ladder of roles, lowest first. It begins with `anony` and ends with `admin`; `name=rung` says which of our own roles a name stands for.',
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
  /** More usernames that only an admin gives, beside `admin`, `root`, `system` and the like. Default: none. */
  reservedNames: {
    parser: listOf(username),
    default: '',
    help: 'More usernames that only an admin gives, beside `admin`, `root`, `system` and the like.',
    appliesTo: everywhere,
    example: 'billing,support',
  },
  /**
   * The fewest characters of a new password. Common passwords and the user’s own name are refused besides. Default:
   * `12`.
   */
  passwordMinLength: {
    parser: wholeNumber(8, 256),
    default: '12',
    help: 'The fewest characters of a new password. Common passwords and the user’s own name are refused besides.',
    appliesTo: everywhere,
    example: '16',
  },
} satisfies Readonly<Record<string, Setting>>;

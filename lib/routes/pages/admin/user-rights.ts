import type { UserView } from '../../../services.ts';
import type { CallContext } from '../../route.ts';

/** Whether the caller may change users; who may not sees no forms. */
export const mayChangeUsers = ({ core, principal }: CallContext): boolean =>
  core.ladder.atLeast(principal.role, core.ladder.rung('admin'));

/** Whether the caller is this user. */
export const isCaller = ({ principal }: CallContext, { id }: Pick<UserView, 'id'>): boolean =>
  principal.kind === 'user' && principal.id === id;

/** The roles to choose from: those of the ladder, and the one that a user has though the ladder does not know it. */
export const rolesToGive = ({ core }: CallContext, role?: string): readonly string[] =>
  role === undefined || core.ladder.has(role) ? core.ladder.names : [role, ...core.ladder.names];

/** What all forms of the administration of users have in common. */
export const userForm = { tag: 'pages', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

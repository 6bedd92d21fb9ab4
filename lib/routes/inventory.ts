import { auditRoutes } from './api/audit.ts';
import { clientRoutes } from './api/clients.ts';
import { explainRoutes } from './api/explain.ts';
import { invitationRoutes } from './api/invitations.ts';
import { loginRoutes } from './api/login.ts';
import { mintRoutes } from './api/mint.ts';
import { passwordRoutes } from './api/password.ts';
import { sessionRoutes } from './api/session.ts';
import { signupRoutes } from './api/signup.ts';
import { tokenRoutes } from './api/tokens.ts';
import { userRoutes } from './api/users.ts';
import { healthRoutes } from './health.ts';
import { deviceAuthorizationRoutes } from './oauth/device-authorization.ts';
import { introspectionRoutes } from './oauth/introspect.ts';
import { jwksRoutes } from './oauth/jwks.ts';
import { metadataRoutes } from './oauth/metadata.ts';
import { revocationRoutes } from './oauth/revoke.ts';
import { tokenEndpointRoutes } from './oauth/token.ts';
import { openapiRoute } from './openapi.ts';
import { accountRoutes } from './pages/account/index.ts';
import { adminRoutes } from './pages/admin/index.ts';
import { assetRoutes } from './pages/assets.ts';
import { devicePageRoutes } from './pages/device.ts';
import { handOverRoutes } from './pages/hand-over.ts';
import { passwordCheckRoutes } from './pages/password-check.ts';
import { setupRoutes } from './pages/setup.ts';
import { signInRoutes } from './pages/sign-in.ts';
import { signOutRoutes } from './pages/sign-out.ts';
import { signUpRoutes } from './pages/sign-up.ts';
import type { Route } from './route.ts';
import { verifyRoutes } from './verify/routes.ts';

const served: readonly Route[] = [
  ...signInRoutes,
  ...signOutRoutes,
  ...handOverRoutes,
  ...setupRoutes,
  ...signUpRoutes,
  ...passwordCheckRoutes,
  ...accountRoutes,
  ...devicePageRoutes,
  ...adminRoutes,
  ...loginRoutes,
  ...signupRoutes,
  ...sessionRoutes,
  ...tokenRoutes,
  ...passwordRoutes,
  ...userRoutes,
  ...invitationRoutes,
  ...mintRoutes,
  ...clientRoutes,
  ...auditRoutes,
  ...explainRoutes,
  ...tokenEndpointRoutes,
  ...introspectionRoutes,
  ...revocationRoutes,
  ...deviceAuthorizationRoutes,
  ...jwksRoutes,
  ...metadataRoutes,
  ...verifyRoutes,
  ...healthRoutes,
  ...assetRoutes,
];

/** All our routes. The router and the OpenAPI description are made from this list. */
export const inventory: readonly Route[] = Object.freeze([...served, openapiRoute(served)]);

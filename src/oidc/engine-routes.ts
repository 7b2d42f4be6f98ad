const getOnly = ['GET', 'HEAD'] as const;
const crossOriginPost = ['POST', 'OPTIONS'] as const;
const crossOriginGet = ['GET', 'HEAD', 'OPTIONS'] as const;

/** What the engine answers, by path; everything else ends as "not found" or "not this way". */
const methodsByPath: Readonly<Record<string, readonly string[]>> = {
  '/.well-known/openid-configuration': crossOriginGet,
  '/.well-known/oauth-authorization-server': crossOriginGet,
  '/auth': getOnly,
  '/jwks': crossOriginGet,
  '/me': ['GET', 'POST', 'OPTIONS'],
  '/request': crossOriginPost,
  '/session/end': getOnly,
  '/session/end/confirm': ['POST'],
  '/session/end/success': getOnly,
  '/token': crossOriginPost,
  '/token/introspection': crossOriginPost,
  '/token/revocation': crossOriginPost,
};

/** The paths of the engine that carry no id of a login. */
export const enginePaths: readonly string[] = Object.keys(methodsByPath);

const resumePath = /^\/auth\/[\w-]{1,64}$/;

export function engineMethodsAt(path: string): readonly string[] {
  if (Object.hasOwn(methodsByPath, path)) return methodsByPath[path] ?? [];
  return resumePath.test(path) ? getOnly : [];
}

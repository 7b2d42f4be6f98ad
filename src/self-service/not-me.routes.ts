import type { Accounts } from '../accounts/module.ts';
import type { Route } from '../http/route.ts';
import { formatDateTime } from '../platform/display-format.ts';
import { createMailedLinkRoutes, type MailedLinkDependencies } from './mailed-link.routes.ts';
import { paths } from './paths.ts';

/** "It wasn't me", of a sign-in. */
export function createNotMeRoutes(
  dependencies: MailedLinkDependencies & { readonly deviceReport: Accounts['deviceReport'] },
): readonly Route[] {
  const { deviceReport } = dependencies;
  return createMailedLinkRoutes(dependencies, {
    path: paths.notMe,
    async show({ token, url, ask, over }) {
      const signIn = await deviceReport.preview(token);
      if (!signIn) return over();
      const { device, email, signedInAt } = signIn;
      ask('accounts/not-me', { action: url, email, device, signedInAt: formatDateTime(signedInAt) });
    },
    async act({ token, origin, tell, over }) {
      const outcome = await deviceReport.report({ token, origin });
      if (outcome.kind === 'over') return over();
      tell('accounts/not-me-done', { recoverUrl: paths.recover });
    },
  });
}

import type { Accounts } from '../accounts/module.ts';
import type { Route } from '../http/route.ts';
import { createMailedLinkRoutes, type MailedLinkDependencies } from './mailed-link.routes.ts';
import { paths } from './paths.ts';

/** "It wasn't me", of a change of the address. */
export function createUndoEmailChangeRoutes(
  dependencies: MailedLinkDependencies & { readonly emailChangeUndo: Accounts['emailChangeUndo'] },
): readonly Route[] {
  const { emailChangeUndo } = dependencies;
  return createMailedLinkRoutes(dependencies, {
    path: paths.undoEmailChange,
    async show({ token, url, ask, over }) {
      const email = await emailChangeUndo.preview(token);
      if (email === undefined) return over();
      ask('accounts/undo-email-change', { action: url, email });
    },
    async act({ token, origin, tell, over }) {
      const email = await emailChangeUndo.preview(token);
      const outcome = await emailChangeUndo.undo({ token, origin });
      if (outcome.kind !== 'undone' || email === undefined) return over();
      tell('accounts/email-restored', { recoverUrl: paths.recover, email });
    },
  });
}

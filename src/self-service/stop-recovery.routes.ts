import type { Accounts } from '../accounts/module.ts';
import type { Route } from '../http/route.ts';
import { createMailedLinkRoutes, type LinkVisit, type MailedLinkDependencies } from './mailed-link.routes.ts';
import { paths } from './paths.ts';

type Preview = Awaited<ReturnType<Accounts['recoveryWaiting']['previewStop']>>;

function answer(found: Preview, { url, ask, tell, over }: LinkVisit): void {
  switch (found.kind) {
    case 'waiting':
      ask('accounts/stop-recovery', { action: url, email: found.email, by: found.by });
      break;
    case 'stopped':
      tell('accounts/recovery-stopped', { accountUrl: paths.home, by: found.by }, { selfUrl: url });
      break;
    case 'over':
      over();
  }
}

/** The link of each notice of a recovery that waits. */
export function createStopRecoveryRoutes(
  dependencies: MailedLinkDependencies & { readonly recoveryWaiting: Accounts['recoveryWaiting'] },
): readonly Route[] {
  const { recoveryWaiting } = dependencies;
  return createMailedLinkRoutes(dependencies, {
    path: paths.stopRecovery,
    show: async (visit) => answer(await recoveryWaiting.previewStop(visit.token), visit),
    act: async (visit) => {
      const { token, origin } = visit;
      answer(await recoveryWaiting.stop({ token, origin }), visit);
    },
  });
}

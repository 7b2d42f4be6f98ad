import type { EidProblem } from '../http/identity-pages.ts';
import type { OpenLogin } from './open-login.ts';

/** Where a login explains why a trip to an eID ended without a result. A GET shows it as often as one likes. */
export function eidProblemUrl(
  { path }: Pick<OpenLogin, 'path'>,
  { cause, source }: { readonly cause: EidProblem; readonly source: string },
): string {
  return `${path}/eid-problem?${new URLSearchParams({ cause, source })}`;
}

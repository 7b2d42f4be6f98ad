import type { EidProblem } from '../http/identity-pages.ts';
import type { OpenLogin } from './open-login.ts';

/** What ended a trip, and the reference under which the log has it: the page that explains it is another request. */
export type ExplainedProblem = {
  readonly cause: EidProblem;
  readonly source: string;
  readonly reference: string;
};

/** Where a login explains why a trip to an eID ended without a result. A GET shows it as often as one likes. */
export function eidProblemUrl({ path }: Pick<OpenLogin, 'path'>, problem: ExplainedProblem): string {
  return `${path}/eid-problem?${new URLSearchParams(problem)}`;
}

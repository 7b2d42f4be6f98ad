import { complaintsAbout, type Ial } from './login-oracle.ts';
import type { Login } from './login-record.ts';

/** Holds what a portal was told against everything that was done. @throws where the oracle has a complaint */
export function mustBeTrue(
  login: Login,
  told: { readonly claims: object; readonly accountId: string; readonly now: number; readonly ialNow: Ial },
): void {
  const { accountId, now, ialNow } = told;
  const { session, pausedUntil } = login.device;
  const { completed } = login;
  const ending = {
    ...login,
    accountId,
    claims: told.claims as Readonly<Record<string, unknown>>,
    inLogin: login.prover === accountId ? login.proofs : [],
    inSession: session?.accountId === accountId ? session.proofs : [],
    pausedUntil,
    completedAt: completed?.at ?? now,
    asksSecondFactor: completed?.secondFactorOf.has(accountId) ?? false,
    ials: [completed?.ials.get(accountId) ?? 'ial0', ialNow],
  };
  const complaints = complaintsAbout(ending);
  if (complaints.length === 0) return;
  const { claims, inLogin, inSession, asked } = ending;
  throw new Error(`${complaints.join(', ')}: ${JSON.stringify({ claims, inLogin, inSession, asked })}`);
}

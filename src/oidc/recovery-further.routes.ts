import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import { isTyped, waitSeconds } from '../accounts/recovery-rules.ts';
import { parseForm } from '../http/forms.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDateTime } from '../platform/display-format.ts';
import type { AddressSteps } from './address-steps.ts';
import type { AskedCode } from './code-steps.ts';
import { signInSuffix } from './email-step.ts';
import { codeForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

export type FurtherRecoveryOptions = {
  readonly pages: LoginPages;
  readonly recovery: Accounts['recovery'];
  readonly recoveryProofs: Accounts['recoveryProofs'];
  readonly recoveryWaiting: Accounts['recoveryWaiting'];
  readonly clock: Clock;
  /** How this recovery began: everything here lies under it. */
  readonly address: Pick<AddressSteps, 'pathOf' | 'asked' | 'step'>;
  /** The request is over: done, or too old. */
  readonly afterTheEnd: (ctx: Context, login: OpenLogin) => Promise<void>;
};

export type RecoveryStanding = NonNullable<Awaited<ReturnType<Accounts['recovery']['standing']>>>;

type Standing = { readonly asked: AskedCode; readonly standing: RecoveryStanding };

const suffix = { code: '/code', password: '/password', proof: '/proof', wait: '/wait' } as const;

/** Where a mailbox isn't enough: one more proof is typed, or time takes its place. */
export function createFurtherRecovery(options: FurtherRecoveryOptions) {
  const { pages, recovery, recoveryProofs, recoveryWaiting, clock, afterTheEnd } = options;
  const { pathOf, step } = options.address;

  const typedProofsOf = ({ need }: RecoveryStanding) =>
    need.kind === 'needs-one-more' ? need.proofs.filter(isTyped) : [];

  /** Sends the person where this recovery stands. */
  async function goOn(ctx: Context, login: OpenLogin, standing: RecoveryStanding): Promise<void> {
    const goTo = (step: string): void => pages.goTo(ctx, `${pathOf(login)}${step}`);
    switch (standing.need.kind) {
      case 'recovers':
        return goTo(suffix.password);
      case 'needs-one-more':
        return goTo(standing.waiting || typedProofsOf(standing).length === 0 ? suffix.wait : suffix.proof);
      case 'may-wait':
        return goTo(suffix.wait);
      case 'desk-or-eid-only':
        return pages.show(ctx, login, {
          name: 'accounts/recovery-not-possible',
          selfUrl: `${pathOf(login)}${suffix.password}`,
          data: { signInUrl: `${login.path}${signInSuffix}` },
        });
    }
  }

  /** Where it stands now; undefined where the answer is given already. */
  async function standingOf(ctx: Context, login: OpenLogin): Promise<Standing | undefined> {
    const asked = await options.address.asked(ctx);
    if (asked?.proved === false) {
      pages.goTo(ctx, `${pathOf(login)}${suffix.code}`);
      return undefined;
    }
    const standing = asked && (await recovery.standing(asked.handle));
    if (asked && standing) return { asked, standing };
    await afterTheEnd(ctx, login);
    return undefined;
  }

  function showProof(
    ctx: Context,
    login: OpenLogin,
    shown: Pick<Pages['accounts/recover-proof'], 'proofs' | 'problem'>,
  ): void {
    const path = pathOf(login);
    const urls = { action: `${path}${suffix.proof}`, waitUrl: `${path}${suffix.wait}`, startOverUrl: path };
    pages.show(ctx, login, { name: 'accounts/recover-proof', selfUrl: urls.action, data: { ...urls, ...shown } });
  }

  function showWait(
    ctx: Context,
    login: OpenLogin,
    { standing, problem }: Pick<Standing, 'standing'> & Pick<Pages['accounts/recover-wait'], 'problem'>,
  ): void {
    const selfUrl = `${pathOf(login)}${suffix.wait}`;
    const { waiting, stops } = standing;
    const ways = {
      signInUrl: `${login.path}${signInSuffix}`,
      proofUrl: typedProofsOf(standing).length > 0 ? `${pathOf(login)}${suffix.proof}` : undefined,
    };
    if (waiting === undefined) {
      const data = { ...ways, action: selfUrl, waitSeconds, wasStopped: stops > 0, problem };
      pages.show(ctx, login, { name: 'accounts/recover-wait', selfUrl, data });
    } else {
      const remainingSeconds = (waiting.readyAt.getTime() - clock.now().getTime()) / 1000;
      const data = { ...ways, readyAt: formatDateTime(waiting.readyAt), remainingSeconds };
      pages.show(ctx, login, { name: 'accounts/recovery-waiting', selfUrl, data });
    }
  }

  async function askProof(ctx: Context, login: OpenLogin): Promise<void> {
    const found = await standingOf(ctx, login);
    if (!found) return;
    const proofs = typedProofsOf(found.standing);
    if (proofs.length === 0) return goOn(ctx, login, found.standing);
    showProof(ctx, login, { proofs });
  }

  async function submitProof(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const found = await standingOf(ctx, login);
    if (!found) return;
    const proofs = typedProofsOf(found.standing);
    if (proofs.length === 0) return goOn(ctx, login, found.standing);
    if (isStale) return showProof(ctx, login, { proofs, problem: { kind: 'expired-form' } });
    const code = parseForm(codeForm, fields)?.code ?? '';
    const outcome = await recoveryProofs.prove({ handle: found.asked.handle, code });
    switch (outcome.kind) {
      case 'proved':
        return pages.goTo(ctx, `${pathOf(login)}${suffix.password}`);
      case 'wrong': {
        const { triesLeft } = outcome;
        const problem =
          triesLeft > 0 ? ({ kind: 'wrong-code', triesLeft } as const) : ({ kind: 'proof-over' } as const);
        return showProof(ctx, login, { proofs, problem });
      }
      case 'throttled':
        return showProof(ctx, login, { proofs, problem: outcome });
      case 'over':
        return askProof(ctx, login);
    }
  }

  async function explainWait(ctx: Context, login: OpenLogin): Promise<void> {
    const found = await standingOf(ctx, login);
    if (!found) return;
    const { kind } = found.standing.need;
    if (kind === 'recovers' || kind === 'desk-or-eid-only') return goOn(ctx, login, found.standing);
    showWait(ctx, login, found);
  }

  async function startWait(ctx: Context, login: OpenLogin): Promise<void> {
    const { isStale } = await pages.readStep(ctx, login);
    const found = await standingOf(ctx, login);
    if (!found) return;
    if (isStale) return showWait(ctx, login, { ...found, problem: { kind: 'expired-form' } });
    await recoveryWaiting.start({ handle: found.asked.handle, origin: originOf(ctx) });
    pages.goTo(ctx, `${pathOf(login)}${suffix.wait}`);
  }

  return {
    goOn,
    routes: [
      step('GET', suffix.proof, askProof),
      step('POST', suffix.proof, submitProof),
      step('GET', suffix.wait, explainWait),
      step('POST', suffix.wait, startWait),
    ],
  };
}

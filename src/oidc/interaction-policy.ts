import { type Client, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Acr } from '../authentication/acr-values.ts';
import type { Assurance } from '../authentication/assurance.ts';
import { isInsistedMet, isWishMet, type RequestedAssurance } from '../authentication/step-up.ts';
import type { Acting } from './acting.ts';
import { clientAssuranceOf } from './portal-client.ts';
import { requestedAssuranceOf } from './requested-login.ts';
import { currentAssurance, type Judge } from './session-proof.ts';

const { Check, Prompt, base } = interactionPolicy;

/** Whether this request must show, or ask about, what it releases to its portal. */
export type ReleasePending = (ctx: KoaContextWithOIDC) => boolean;

/**
 * When a request needs the person: the engine's checks, with ours where its own know too little. Consent is ours
 * (`release.ts`): the engine's checks on scopes and on native clients would ask every time.
 */
export function createInteractionPolicy({
  releasePending,
  reachable,
  judge,
  resolveActing,
}: {
  readonly releasePending: ReleasePending;
  readonly reachable: readonly Acr[];
  readonly judge: Judge;
  readonly resolveActing: Acting['resolve'];
}) {
  const policy = base();

  type IsMet = (requested: RequestedAssurance, assurance: Assurance) => boolean;
  const isAllMet: IsMet = (requested, assurance) => isWishMet(requested, assurance, reachable);

  function falls(ctx: KoaContextWithOIDC, isMet: IsMet): boolean {
    const assurance = currentAssurance(ctx, judge);
    const { params, client } = ctx.oidc;
    return !assurance || !isMet(requestedAssuranceOf(params ?? {}, clientAssuranceOf(client as Client)), assurance);
  }

  const login = policy.get('login');
  // The session may name an account that was suspended, closed, or that ended all its sessions.
  login?.checks.add(
    new Check(
      'account_unavailable',
      'End-User authentication is required',
      'login_required',
      ({ oidc }) => Boolean(oidc.session?.accountId) && !oidc.account,
    ),
  );

  // A session lives on with its use; what was proved when it began doesn't.
  login?.checks.add(
    new Check(
      'proof_too_old',
      'End-User authentication is required',
      'login_required',
      ({ oidc }) => Boolean(oidc.session?.accountId) && oidc.acr === undefined,
    ),
  );

  // Asked of the request itself: the engine lets acr_values overwrite what a client insists on. Its registered minimum
  // holds like an essential acr.
  login?.checks.remove('essential_acrs');
  login?.checks.remove('essential_acr');
  login?.checks.add(
    new Check(
      'essential_acr',
      'none of the required ACRs could be obtained',
      'unmet_authentication_requirements',
      (ctx) => falls(ctx, isInsistedMet),
    ),
  );

  // A wish is asked of the person once: what the hub has answered stands, and nobody is asked who can't be.
  login?.checks.add(
    new Check(
      'acr_wished',
      'the End-User can be authenticated as the client wishes',
      'login_required',
      (ctx) => ctx.oidc.result === undefined && !ctx.oidc.prompts.has('none') && falls(ctx, isAllMet),
    ),
  );

  const selectAccount = new Prompt({ name: 'select_account', requestable: true });
  policy.add(selectAccount, 0);

  // Between login and consent: for whom somebody acts is said by somebody who is known.
  const selectOrganization = new Prompt(
    { name: 'select_organization', requestable: true },
    new Check(
      'organization_unresolved',
      'the End-User has not said for whom they act',
      'interaction_required',
      async (ctx) => (await resolveActing(ctx)).kind === 'ask',
    ),
    new Check(
      'acting_needs_more',
      'acting for an organization takes a stronger authentication',
      'unmet_authentication_requirements',
      async (ctx) => {
        const acting = await resolveActing(ctx);
        return (
          acting.kind === 'mandate' &&
          falls(ctx, (asked, one) => isInsistedMet({ ...asked, acting: acting.demand }, one))
        );
      },
    ),
  );
  policy.add(
    selectOrganization,
    policy.findIndex(({ name }) => name === 'consent'),
  );

  const consent = policy.get('consent');
  consent?.checks.clear();
  consent?.checks.add(
    new Check(
      'consent_prompt',
      'consent prompt was not resolved',
      'consent_required',
      ({ oidc }) => oidc.prompts.has('consent') && oidc.promptPending('consent'),
    ),
  );
  consent?.checks.add(
    new Check('release_pending', 'the End-User has not settled what is released', 'consent_required', releasePending),
  );
  return policy;
}

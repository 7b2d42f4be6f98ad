import { claimsByLawOnly, type ReleaseBasis, type ReleasedClaim } from './relying-party.ts';

/** Whose data is released. For the person's own: `self`; organizations come with their mandates. */
export type Principal = 'self';

/** What a person agreed to release to one portal, and under which version of its texts. */
export type ReleaseConsent = {
  readonly claims: readonly string[];
  readonly refusedClaims: readonly string[];
  /** Claims released by law, of which the person was told. */
  readonly informedClaims: readonly string[];
  readonly releaseVersion: string;
};

type ClaimWithBasis<Kind extends ReleaseBasis['kind']> = ReleasedClaim & {
  readonly basis: Extract<ReleaseBasis, { readonly kind: Kind }>;
};
export type LawClaim = ClaimWithBasis<'law'>;
export type ConsentClaim = ClaimWithBasis<'consent'>;

/** `settled`: these claims may leave, and there is nothing to say. `ask`: show this page first. */
export type PendingRelease =
  | { readonly kind: 'settled'; readonly releasedClaims: readonly string[] }
  | {
      readonly kind: 'ask';
      /** Released by law: to be told, not asked. */
      readonly lawClaims: readonly LawClaim[];
      /** To be asked, never pre-ticked; without a `required` one the login can't go on. */
      readonly consentClaims: readonly ConsentClaim[];
      /** Agreed before, to be shown as such. */
      readonly agreedClaims: readonly ConsentClaim[];
    };

export type ReleaseRequest = {
  /** Every claim this request leads to, its scopes expanded. */
  readonly requestedClaims: readonly string[];
  readonly release: readonly ReleasedClaim[];
  readonly releaseVersion: string;
  /** The current record; a withdrawn one isn't one. */
  readonly consent: ReleaseConsent | undefined;
};

const isLaw = (released: ReleasedClaim): released is LawClaim => released.basis.kind === 'law';
const isByConsent = (released: ReleasedClaim): released is ConsentClaim =>
  released.basis.kind === 'consent' && !claimsByLawOnly.has(released.claim);

/**
 * What must be asked before a portal gets these claims. A claim the portal didn't declare is never released; another
 * version of the texts asks everything again; a longer list asks only what is new. An optional claim that was refused
 * isn't asked at every login; a required one is.
 */
export function pendingRelease({ requestedClaims, release, releaseVersion, consent }: ReleaseRequest): PendingRelease {
  const valid = consent?.releaseVersion === releaseVersion ? consent : undefined;
  const agreed = new Set(valid?.claims);
  const refused = new Set(valid?.refusedClaims);
  const informed = new Set(valid?.informedClaims);
  const asked = new Set(requestedClaims);
  const declared = release.filter(({ claim }) => asked.has(claim));

  const byConsent = declared.filter(isByConsent);
  const byLaw = declared.filter(isLaw);
  const consentClaims = byConsent.filter(
    ({ claim, required }) => !agreed.has(claim) && (required || !refused.has(claim)),
  );
  const agreedClaims = byConsent.filter(({ claim }) => agreed.has(claim));
  if (consentClaims.length > 0 || byLaw.some(({ claim }) => !informed.has(claim))) {
    return { kind: 'ask', lawClaims: byLaw, consentClaims, agreedClaims };
  }
  return { kind: 'settled', releasedClaims: [...byLaw, ...agreedClaims].map(({ claim }) => claim) };
}

/**
 * What may leave while the person is away (refresh, userinfo): what a law orders, and what was agreed. Agreement to
 * earlier texts holds until the next login asks again; a withdrawn one is gone at once.
 */
export function releasableClaims({ release, consent }: Pick<ReleaseRequest, 'release' | 'consent'>): readonly string[] {
  const agreed = new Set(consent?.claims);
  return release
    .filter((released) => isLaw(released) || (isByConsent(released) && agreed.has(released.claim)))
    .map(({ claim }) => claim);
}

/** `incomplete`: claims without which the portal can't serve were not agreed to. */
export type ReleaseAnswer =
  | { readonly kind: 'complete'; readonly consent: ReleaseConsent; readonly releasedClaims: readonly string[] }
  | { readonly kind: 'incomplete'; readonly missingClaims: readonly string[] };

/** The record of an answer. Only what was asked can be agreed to; what was left unticked is refused. */
export function answerRelease(
  pending: Extract<PendingRelease, { readonly kind: 'ask' }>,
  { ticked, releaseVersion }: { readonly ticked: readonly string[]; readonly releaseVersion: string },
): ReleaseAnswer {
  const chosen = new Set(ticked);
  const names = (claims: readonly ReleasedClaim[]): readonly string[] => claims.map(({ claim }) => claim);
  const agreed = pending.consentClaims.filter(({ claim }) => chosen.has(claim));
  const refused = pending.consentClaims.filter(({ claim }) => !chosen.has(claim));
  const missing = refused.filter(({ required }) => required);
  if (missing.length > 0) return { kind: 'incomplete', missingClaims: names(missing) };
  const claims = names([...pending.agreedClaims, ...agreed]);
  const informedClaims = names(pending.lawClaims);
  return {
    kind: 'complete',
    consent: { claims, refusedClaims: names(refused), informedClaims, releaseVersion },
    releasedClaims: [...informedClaims, ...claims],
  };
}

/** Ways a person proves control of an account. A mailed code is none of them: it never counts as a factor. */
export type EvidenceMethod =
  | 'password'
  | 'totp'
  | 'recovery-code'
  /** Without user verification. */
  | 'security-key'
  /** With user verification, synced or not. */
  | 'passkey'
  /** With user verification, bound to its device and attested against a configured metadata blob. */
  | 'attested-passkey'
  /** By signing in with an eID that is linked to the account, as its source says: with one factor, or with two. */
  | EidMethod;

/** Those of which an account may have several. */
export type AuthenticatorMethod = 'totp' | 'security-key' | 'passkey' | 'attested-passkey';

export type EidMethod = 'eid' | 'eid-two-factor';

/** That something was proved, when, to whom and under which version of the rules. Never a grade: grades are derived. */
export type Evidence = {
  readonly method: EvidenceMethod;
  /** Whole seconds since 1970 UTC. */
  readonly provedAt: number;
  /**
   * Which of the account's authenticators it was, by its id: an account has one password and one set of codes, but may
   * have several apps and keys. The release before named none.
   */
  readonly authenticator?: string;
  /** Who saw the proof: `local`, or the name of the connector it came through. */
  readonly source: string;
  readonly ruleVersion: number;
};

/** Raised when what counts as a proof changes, so that older evidence can be told apart. */
const currentRuleVersion = 1;

/** A proof this service saw itself, just now. @param provedAt whole seconds since 1970 UTC */
export function newLocalEvidence(method: EvidenceMethod, provedAt: number): Evidence {
  return { method, provedAt, source: 'local', ruleVersion: currentRuleVersion };
}

/** The same by one of several authenticators. @param seen.authenticator its id, as lists of them tell it */
export function newAuthenticatorEvidence(
  method: AuthenticatorMethod,
  seen: { readonly authenticator: string; readonly provedAt: number },
): Evidence {
  return { ...newLocalEvidence(method, seen.provedAt), authenticator: seen.authenticator };
}

/** A proof that an eID source saw. @param provedAt when the person signed in there, in whole seconds since 1970 UTC */
export function newEidEvidence(
  method: EidMethod,
  seen: { readonly source: string; readonly provedAt: number },
): Evidence {
  return { method, ...seen, ruleVersion: currentRuleVersion };
}

export function isEid(method: EvidenceMethod): method is EidMethod {
  return method === 'eid' || method === 'eid-two-factor';
}

/** Of each method the newest proof: all that a session needs to keep. */
export function newestOfEachMethod(evidence: readonly Evidence[]): readonly Evidence[] {
  const newest = new Map<EvidenceMethod, Evidence>();
  for (const one of evidence) {
    const other = newest.get(one.method);
    if (!other || one.provedAt >= other.provedAt) newest.set(one.method, one);
  }
  return [...newest.values()];
}

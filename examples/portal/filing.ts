import { type Acting, actingOf, type Company } from './acting.ts';
import type { SignedIn } from './signed-in.ts';

/** Names a filing while its person is away at the provider. */
export type FilingRef = { readonly id: string; readonly service: string };

/** What the provider said for one filing, in tokens of its own: another tab's filing has others. */
export type Authority = { readonly signedIn: SignedIn; readonly checkedAt: Date };

/** Why there is no authority, or why the last try brought no other. */
export type Obstacle =
  /** `reason` is the provider's error code, or what this portal found wrong with the answer. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The provider no longer stands by what it said. `organization` is the company's name. */
  | { readonly kind: 'ended'; readonly organization: string | undefined };

export type Receipt = {
  readonly reference: string;
  readonly at: Date;
  readonly filedBy: string;
  readonly organization: Company;
  readonly power: string;
  readonly basis: string;
  readonly isJoint: boolean;
};

/** One thing being filed, in one tab. It lives in the session of its browser and ends with it. */
export type Filing = FilingRef & {
  /** Whose it is, from the first answer on. */
  readonly sub: string | undefined;
  readonly authority: Authority | undefined;
  readonly obstacle: Obstacle | undefined;
  readonly typed: Readonly<Record<string, string>>;
  /** Left here, to be sent tomorrow. */
  readonly isScheduled: boolean;
  readonly receipt: Receipt | undefined;
};

const filingsPerSession = 20;
const companiesPerSession = 10;

/** For whom the person acts, by the provider's last word: what the ID token said may be over. */
export function lastWordOf({ userinfo, claims }: SignedIn): Acting | undefined {
  return actingOf(userinfo ?? claims);
}

export function blankFiling({ id, service }: FilingRef): Filing {
  return {
    id,
    service,
    sub: undefined,
    authority: undefined,
    obstacle: undefined,
    typed: {},
    isScheduled: false,
    receipt: undefined,
  };
}

/** With this filing in its place, or last. When there are too many, one goes that nobody came back for, else the oldest. */
export function withFiling(filings: readonly Filing[], filing: Filing): readonly Filing[] {
  if (filings.some(({ id }) => id === filing.id)) return filings.map((one) => (one.id === filing.id ? filing : one));
  if (filings.length < filingsPerSession) return [...filings, filing];
  const victim = filings.find(({ sub }) => sub === undefined) ?? filings[0];
  return [...filings.filter((one) => one !== victim), filing];
}

/** Companies the person acted for here, the last one first. */
export function withCompany(companies: readonly Company[], company: Company): readonly Company[] {
  return [company, ...companies.filter(({ id }) => id !== company.id)].slice(0, companiesPerSession);
}

/** With what the provider has just said. */
export function authorized(filing: Filing, authority: Authority): Filing {
  return { ...filing, sub: authority.signedIn.claims.sub, authority, obstacle: undefined };
}

/** Without its tokens, which are worth nothing any more; what was typed stays, for another company or another sign-in. */
export function ended(filing: Filing, organization: string | undefined): Filing {
  return { ...filing, authority: undefined, isScheduled: false, obstacle: { kind: 'ended', organization } };
}

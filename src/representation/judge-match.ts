import { type Ial, ials } from '../accounts/ial.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { LegalEntity, Listed, ListedPerson } from '../registries/legal-entity.ts';
import { type BindingRoles, bindingRoles } from './binding-role-table.ts';
import type { RoleVerdict } from './binding-roles.ts';
import type { PersonComparison } from './compare-person.ts';
import { areOneHuman } from './listed-twice.ts';

/** Everything that decides a match, by the version that is kept with it. */
export type MatchingRules = { readonly version: string; readonly bindingRoles: BindingRoles };

export const matchingRules: MatchingRules = { version: `matching-1 ${bindingRoles.version}`, bindingRoles };

/** Who asks to act. Only what was verified is compared. */
export type Claimant = { readonly identity: IdentityAttributes; readonly ial: Ial };

/** `org3` by a unique number, `org2` by everything else. @see domain rules, organization link */
export type OrgLevel = 'org2' | 'org3';

/** Why not, for good: until the register, the identity or the person is another. */
export type RefusalReason =
  | 'identity-not-proved'
  | 'organization-closed'
  | 'not-listed'
  /** Somebody of this name is listed, and it is somebody else. */
  | 'namesake'
  | 'role-does-not-bind'
  | 'only-liquidator-binds'
  | 'former-officer';

/** Why a person has to look. */
export type MatchReviewReason =
  | 'close-match'
  | 'several-fit'
  | 'role-unknown'
  | 'role-activity-unknown'
  | 'organization-state-unknown'
  | 'masked'
  | 'no-representatives-listed';

export type MatchVerdict =
  | { readonly kind: 'binds'; readonly orgLevel: OrgLevel }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'review'; readonly reason: MatchReviewReason };

/** Somebody listed, where in the list, and whether that role binds. */
export type Standing = { readonly listed: Listed; readonly index: number; readonly role: RoleVerdict };

/** A listed person who could be compared. */
export type Candidate = Standing & { readonly listed: ListedPerson; readonly comparison: PersonComparison };

export type Question = {
  readonly person: Claimant;
  readonly entity: LegalEntity;
  readonly standings: readonly Standing[];
  readonly rules: MatchingRules;
};

export type Judgement = {
  readonly result: 'exact' | 'close' | 'ambiguous' | 'none';
  readonly verdict: MatchVerdict;
  /** Who fits or is close; the same one in whatever order the register lists them. */
  readonly chosen?: Candidate | undefined;
  readonly isUnique?: boolean;
  /** By the number that the business has of its owner, whoever is listed. */
  readonly isOwner?: boolean;
  /** The entries that are this person. */
  readonly fits?: readonly Candidate[];
};

export function isProved({ ial }: Claimant): boolean {
  return isAtLeast(ials, ial, 'ial2');
}

/** Masked, or without anything that could be compared: nobody can be told they aren't that one. */
export function isHidden({ listed }: Standing): boolean {
  if (listed.kind === 'organization') return false;
  const { isMasked, name, birthName, usageName, personalNumber } = listed;
  return isMasked || [name, birthName, usageName, personalNumber].every((one) => one === undefined);
}

/** What the comparisons amount to: first whom they fit, then what that one's role allows. */
export function judgeMatch(question: Question, candidates: readonly Candidate[]): Judgement {
  const { person, entity } = question;
  if (!isProved(person)) return refused('none', 'identity-not-proved');
  if (entity.state === 'closed') return refused('none', 'organization-closed');
  if (isOwnNumber(question)) return ofOwner(question, candidates);
  const fits = fitsAmong(candidates);
  const close = candidates.filter(({ comparison }) => comparison.fit === 'close');
  if (fits.length > 0) return ofFits(question, { fits, close });
  return close.length > 0 ? ofClose(question, close) : ofNobody(question, candidates);
}

/** A number decides before anything else does. */
function fitsAmong(candidates: readonly Candidate[]): readonly Candidate[] {
  const byNumber = candidates.filter(({ comparison }) => comparison.fit === 'number');
  return byNumber.length > 0 ? byNumber : candidates.filter(({ comparison }) => comparison.fit === 'identity');
}

/** The number of a household business is its owner's. */
function isOwnNumber({ person: { identity }, entity: { number } }: Question): boolean {
  const mine = identity.national_id;
  return number.scheme === 'vn-household' && mine?.country === 'VN' && mine.value === number.value;
}

function ofOwner({ entity }: Question, candidates: readonly Candidate[]): Judgement {
  const isOpen = entity.state === 'active' || entity.state === 'suspended';
  if (!isOpen) return inReview('exact', 'organization-state-unknown');
  const another = candidates.filter(
    ({ comparison, role, listed }) =>
      comparison.number === 'different' && role === 'binds' && listed.isActive !== false,
  );
  if (another.length > 0) return inReview('close', 'close-match', first(another));
  return { result: 'exact', verdict: { kind: 'binds', orgLevel: 'org3' }, isOwner: true };
}

type Found = { readonly fits: readonly Candidate[]; readonly close: readonly Candidate[] };

function ofFits(question: Question, { fits, close }: Found): Judgement {
  if (!areAllOneHuman(fits)) return { ...inReview('ambiguous', 'several-fit', first(fits)), isUnique: false };
  const acting = fits.filter(({ role, listed }) => role === 'binds' && listed.isActive === true);
  const chosen = first(acting);
  if (chosen) {
    const orgLevel = chosen.comparison.fit === 'number' ? 'org3' : 'org2';
    return { result: 'exact', verdict: { kind: 'binds', orgLevel }, chosen, fits };
  }
  // Whoever is exactly the auditor may still be the manager whose entry says less.
  const likelier = first(close.filter(({ role, listed }) => role === 'binds' && listed.isActive !== false));
  return likelier
    ? inReview('close', 'close-match', likelier)
    : withoutPower(question, { result: 'exact', entries: fits });
}

function ofClose(question: Question, close: readonly Candidate[]): Judgement {
  const open = first(close.filter(({ role, listed }) => role !== 'does-not-bind' && listed.isActive !== false));
  if (open) return { ...inReview('close', 'close-match', open), isUnique: areAllOneHuman(close) };
  if (hidesSomebody(question)) return inReview('none', 'masked');
  return withoutPower(question, { result: 'close', entries: close });
}

function ofNobody(question: Question, candidates: readonly Candidate[]): Judgement {
  if (hidesSomebody(question)) return inReview('none', 'masked');
  if (!question.standings.some(mayBind)) return inReview('none', 'no-representatives-listed');
  const namesake = first(candidates.filter(({ comparison }) => comparison.fit === 'namesake'));
  return refused('none', namesake ? 'namesake' : 'not-listed', namesake);
}

type Powerless = { readonly result: 'exact' | 'close'; readonly entries: readonly Candidate[] };

/** Listed, and not as one who certainly binds: what is unknown goes to a person, the rest is a no. */
function withoutPower({ entity }: Question, { result, entries }: Powerless): Judgement {
  const unsure = first(entries.filter(({ role, listed }) => role === 'binds' && listed.isActive === undefined));
  if (unsure) return inReview(result, 'role-activity-unknown', unsure);
  const unclear = first(entries.filter(({ role, listed }) => role === 'unknown' && listed.isActive !== false));
  if (unclear)
    return inReview(result, entity.state === 'unknown' ? 'organization-state-unknown' : 'role-unknown', unclear);
  const former = first(entries.filter(({ role }) => role !== 'does-not-bind'));
  if (former) return refused(result, 'former-officer', former);
  const isLiquidated = entity.state === 'in-liquidation';
  return refused(result, isLiquidated ? 'only-liquidator-binds' : 'role-does-not-bind', first(entries));
}

function mayBind({ role, listed }: Standing): boolean {
  return role !== 'does-not-bind' && listed.isActive !== false;
}

function hidesSomebody({ standings }: Question): boolean {
  return standings.some((standing) => isHidden(standing) && mayBind(standing));
}

/** Every pair, not a chain: an entry that says little must not make one of two people. */
function areAllOneHuman(candidates: readonly Candidate[]): boolean {
  return candidates.every(({ listed }, index) =>
    candidates.slice(index + 1).every((other) => areOneHuman(listed, other.listed)),
  );
}

/** The one of whom most is equal; among the same, any order but the register's. */
function first(candidates: readonly Candidate[]): Candidate | undefined {
  const keyed = candidates.map((candidate) => ({ candidate, key: sortKeyOf(candidate) }));
  return keyed.toSorted((one, other) => (one.key < other.key ? -1 : 1))[0]?.candidate;
}

function sortKeyOf({ comparison, role, listed: { isActive, roleCode, roleLabel } }: Candidate): string {
  const equal = Object.values(comparison).filter((relation) => relation === 'equal').length;
  return JSON.stringify([9 - equal, comparison, role, isActive, roleCode, roleLabel]);
}

function refused(result: Judgement['result'], reason: RefusalReason, chosen?: Candidate): Judgement {
  return { result, verdict: { kind: 'refused', reason }, chosen };
}

function inReview(result: Judgement['result'], reason: MatchReviewReason, chosen?: Candidate): Judgement {
  return { result, verdict: { kind: 'review', reason }, chosen };
}

import type { Acting } from './acting.ts';

/** What this portal asks of who files. */
export type FilingRule = {
  readonly power: string;
  /** The portal can collect the agreement of several who must act together. */
  readonly acceptsJoint: boolean;
  readonly acceptsStale: boolean;
};

export const portalRefusals = [
  'as-self',
  'organization-not-active',
  'representation-not-current',
  'power-missing',
  'joint-not-accepted',
] as const;

export type PortalRefusal = (typeof portalRefusals)[number];

export type FilingVerdict =
  | { readonly kind: 'may-file'; readonly acting: Acting }
  | { readonly kind: 'refused'; readonly reason: PortalRefusal };

function isCurrentEnough(status: string, acceptsStale: boolean): boolean {
  return status === 'current' || (status === 'stale' && acceptsStale);
}

/**
 * Whether what the provider said is enough to file here, or the first reason why it isn't. The request asked for the power,
 * but a request is a wish that passed through the person's browser: only the answer counts.
 */
export function mayFile(acting: Acting | undefined, { power, acceptsJoint, acceptsStale }: FilingRule): FilingVerdict {
  const refused = (reason: PortalRefusal): FilingVerdict => ({ kind: 'refused', reason });
  if (!acting) return refused('as-self');
  const { organization, representation } = acting;
  if (organization.status !== 'active') return refused('organization-not-active');
  if (!isCurrentEnough(representation.status, acceptsStale)) return refused('representation-not-current');
  if (!representation.powers.includes(power)) return refused('power-missing');
  if (representation.isJoint && !acceptsJoint) return refused('joint-not-accepted');
  return { kind: 'may-file', acting };
}

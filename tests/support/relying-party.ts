import { randomUUID } from 'node:crypto';
import type {
  ActingDemands,
  Agency,
  AssuranceDemands,
  ReleasedClaim,
  RelyingParty,
  Sector,
} from '../../src/relying-parties/relying-party.ts';

export const text = (word: string) => ({ vi: `${word} (vi)`, en: `${word} (en)`, fr: `${word} (fr)` });

export function releasedByConsent(claim: string, required = false): ReleasedClaim {
  return { claim, purpose: text(`why ${claim}`), basis: { kind: 'consent' }, required };
}

export function releasedByLaw(claim: string): ReleasedClaim {
  return { claim, purpose: text(`why ${claim}`), basis: { kind: 'law', citation: text('an act') }, required: true };
}

export function anAgency(): Agency {
  return { id: randomUUID(), key: `agency-${randomUUID()}`, name: text('An agency') };
}

export function aSector(agencyId: string): Sector {
  return { id: randomUUID(), agencyId, key: `sector-${randomUUID()}` };
}

/** What a test names of a portal; of its demands, too, only those that matter to it. */
export type RelyingPartyChanges = Partial<Omit<RelyingParty, 'assurance' | 'acting'>> & {
  readonly assurance?: Partial<AssuranceDemands>;
  readonly acting?: Partial<ActingDemands>;
};

/** A portal that registers as little as it may: code flow, its own keys. */
export function aRelyingParty(changes: RelyingPartyChanges = {}): RelyingParty {
  const { metadata, assurance, acting, ...rest } = changes;
  return {
    clientId: `portal-${randomUUID()}`,
    agencyId: randomUUID(),
    sectorId: randomUUID(),
    profile: 'standard',
    legacy: false,
    name: text('Portal'),
    metadata: {
      redirect_uris: ['https://portal.example.vn/callback'],
      post_logout_redirect_uris: [],
      grant_types: ['authorization_code'],
      scope: 'openid email',
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
      jwks_uri: 'https://portal.example.vn/jwks',
      ...metadata,
    },
    assurance: { phishingResistant: false, acrAliases: {}, ...assurance },
    acting: { asSelf: true, joint: false, ...acting },
    release: [releasedByConsent('email')],
    releaseVersion: '1',
    resources: [],
    ...rest,
  };
}

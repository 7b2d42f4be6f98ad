import type { IdentityStanding } from '../accounts/verified-identity.ts';
import type { Enrolled } from '../authenticators/enrolled-repository.ts';
import type { EidMethod, EvidenceMethod } from './evidence.ts';
import type { HeldAuthenticators } from './still-held.ts';

type Kind = Exclude<keyof Enrolled, 'passwordSince' | 'recoveryCodesSince' | 'authenticatorIds' | 'identities'>;

const methodOf: Readonly<Record<Kind, EvidenceMethod>> = {
  password: 'password',
  totp: 'totp',
  recoveryCode: 'recovery-code',
  passkey: 'passkey',
  attestedPasskey: 'attested-passkey',
  securityKey: 'security-key',
};

/** What signing in with the eID behind an identity proves; undefined for one that is switched off. */
export type EidMethodOf = (standing: IdentityStanding) => EidMethod | undefined;

/**
 * What an account's authenticators can prove. Who adds an app or a security key wants to be asked for it; a passkey is
 * another way in, and asks for nothing more.
 */
export function authenticatorsOf(enrolled: Enrolled, eidMethodOf: EidMethodOf): HeldAuthenticators {
  const eids = enrolled.identities.flatMap((standing) => eidMethodOf(standing) ?? []);
  const kinds = Object.keys(methodOf) as Kind[];
  return {
    enrolled: [...kinds.filter((kind) => enrolled[kind]).map((kind) => methodOf[kind]), ...new Set(eids)],
    asksSecondFactor: enrolled.totp || enrolled.securityKey,
    passwordSince: enrolled.passwordSince ?? undefined,
    recoveryCodesSince: enrolled.recoveryCodesSince ?? undefined,
    authenticatorIds: enrolled.authenticatorIds,
    identities: enrolled.identities,
  };
}

import type { Enrolled } from '../authenticators/enrolled-repository.ts';
import type { EvidenceMethod } from './evidence.ts';
import type { Authenticators } from './step-up.ts';

const methodOf: Readonly<Record<Exclude<keyof Enrolled, 'passwordSince'>, EvidenceMethod>> = {
  password: 'password',
  totp: 'totp',
  recoveryCode: 'recovery-code',
  passkey: 'passkey',
  attestedPasskey: 'attested-passkey',
  securityKey: 'security-key',
};

/**
 * What an account's authenticators can prove. Who adds an app or a security key wants to be asked for it; a passkey is
 * another way in, and asks for nothing more.
 */
export function authenticatorsOf(enrolled: Enrolled): Authenticators {
  const kinds = Object.keys(methodOf) as (keyof typeof methodOf)[];
  return {
    enrolled: kinds.filter((kind) => enrolled[kind]).map((kind) => methodOf[kind]),
    asksSecondFactor: enrolled.totp || enrolled.securityKey,
    passwordSince: enrolled.passwordSince ?? undefined,
  };
}

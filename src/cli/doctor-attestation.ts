import { type AttestationMetadata, loadAttestationMetadata } from '../authenticators/attestation-metadata.ts';
import type { Settings } from '../config/schema.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { type Finding, findingsAbout } from './doctor-finding.ts';

const renewBeforeDays = 14;
const dayMs = 24 * 3600 * 1000;
const about = 'attestation';

/** How long the metadata still vouch for models. */
export function judgeMetadata({ nextUpdate }: Pick<AttestationMetadata, 'nextUpdate'>, { now }: Clock): Finding {
  const { ok, warn } = findingsAbout(about);
  const days = Math.floor((nextUpdate.getTime() - now().getTime()) / dayMs);
  if (days < 0) return warn('the metadata are out of date and vouch for no key: put a newer blob there and restart');
  return days < renewBeforeDays
    ? warn(`the metadata end in ${days} days: put a newer blob there and restart`)
    : ok(`the metadata are good for ${days} days`);
}

/** The metadata blob as a start would read it; nothing where there is none. */
export function checkAttestation(settings: Settings): readonly Finding[] {
  const { DINHDANH_WEBAUTHN_METADATA_FILE: file, DINHDANH_WEBAUTHN_METADATA_ROOTS: roots } = settings;
  if (file === undefined || roots === undefined) return [];
  try {
    return [judgeMetadata(loadAttestationMetadata({ file, roots, at: systemClock.now() }), systemClock)];
  } catch (fault) {
    if (!(fault instanceof OperatorError)) throw fault;
    return [findingsAbout(about).fail(fault.message)];
  }
}

import type { MigrationInterface } from 'typeorm';
import { CreateRelyingParties } from '../../migrations/20261122010000-create-relying-parties.ts';
import { CreateAccounts } from '../../migrations/20261122020000-create-accounts.ts';
import { CreateAuthentication } from '../../migrations/20261122030000-create-authentication.ts';
import { CreateProtocolStore } from '../../migrations/20261122040000-create-protocol-store.ts';
import { CreateAuditEvent } from '../../migrations/20261122050000-create-audit-event.ts';
import { CreateSecondFactors } from '../../migrations/20261122060000-create-second-factors.ts';
import { CreatePasskeys } from '../../migrations/20261122070000-create-passkeys.ts';
import { CreateSignInDevice } from '../../migrations/20261122080000-create-sign-in-device.ts';
import { AddClientAssurance } from '../../migrations/20261122090000-add-client-assurance.ts';
import { CreateRecoveryAttempt } from '../../migrations/20261122100000-create-recovery-attempt.ts';
import { AddRecoveryGuard } from '../../migrations/20261122101000-add-recovery-guard.ts';
import { CreateVerifiedIdentity } from '../../migrations/20261122110000-create-verified-identity.ts';
import { AddClientClaims } from '../../migrations/20261122120000-add-client-claims.ts';
import { SuspendAuthenticators } from '../../migrations/20261122130000-suspend-authenticators.ts';
import { AddReclaimAttempt } from '../../migrations/20261122131000-add-reclaim-attempt.ts';
import { CreateRegisterAnswer } from '../../migrations/20261122140000-create-register-answer.ts';
import { CreateRepresentation } from '../../migrations/20261122150000-create-representation.ts';
import { CarryMandates } from '../../migrations/20261122151000-carry-mandates.ts';
import { IndexOutlivedMandateRows } from '../../migrations/20261122152000-index-outlived-mandate-rows.ts';

/** A step of the schema; its name is recorded once it has run and never changes after. */
export type Migration = MigrationInterface & {
  readonly name: string;
  /**
   * A step that takes away what earlier code used: the name of the step that code must know to live without it. A step
   * that only adds needs nothing, and earlier code goes on.
   */
  readonly needs?: string;
};

/** Every migration in the order in which it runs: an explicit list, no glob. */
export const migrations: readonly Migration[] = [
  new CreateRelyingParties(),
  new CreateAccounts(),
  new CreateAuthentication(),
  new CreateProtocolStore(),
  new CreateAuditEvent(),
  new CreateSecondFactors(),
  new CreatePasskeys(),
  new CreateSignInDevice(),
  new AddClientAssurance(),
  new CreateRecoveryAttempt(),
  new AddRecoveryGuard(),
  new CreateVerifiedIdentity(),
  new AddClientClaims(),
  new SuspendAuthenticators(),
  new AddReclaimAttempt(),
  new CreateRegisterAnswer(),
  new CreateRepresentation(),
  new CarryMandates(),
  new IndexOutlivedMandateRows(),
];

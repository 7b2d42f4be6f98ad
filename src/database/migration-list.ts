import type { MigrationInterface } from 'typeorm';
import { CreateRelyingParties } from '../../migrations/20261122010000-create-relying-parties.ts';
import { CreateAccounts } from '../../migrations/20261122020000-create-accounts.ts';
import { CreateAuthentication } from '../../migrations/20261122030000-create-authentication.ts';
import { CreateProtocolStore } from '../../migrations/20261122040000-create-protocol-store.ts';
import { CreateAuditEvent } from '../../migrations/20261122050000-create-audit-event.ts';
import { CreateSecondFactors } from '../../migrations/20261122060000-create-second-factors.ts';
import { CreateRecoveryAttempt } from '../../migrations/20261122100000-create-recovery-attempt.ts';

/** A step of the schema; its name is recorded once it has run and never changes after. */
export type Migration = MigrationInterface & { readonly name: string };

/** Every migration in the order in which it runs: an explicit list, no glob. */
export const migrations: readonly Migration[] = [
  new CreateRelyingParties(),
  new CreateAccounts(),
  new CreateAuthentication(),
  new CreateProtocolStore(),
  new CreateAuditEvent(),
  new CreateSecondFactors(),
  new CreateRecoveryAttempt(),
];

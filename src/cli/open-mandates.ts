import { createAccountRepository } from '../accounts/account-repository.ts';
import { databaseHosts } from '../database/database-hosts.ts';
import { createPostgresClient } from '../database/postgres-client.ts';
import { createJobs } from '../jobs/module.ts';
import { removeCarriers } from '../mandate-carriers.ts';
import { createOrganizationRepository } from '../organizations/organization-repository.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createEndMandate } from '../representation/end-mandate.ts';
import { createMandateConsents } from '../representation/mandate-consent-repository.ts';
import { createMandateLookups } from '../representation/mandate-lookup-repository.ts';
import { createMandateNotices } from '../representation/mandate-notices.ts';
import { createReviews } from '../representation/review-mandate.ts';
import type { Store } from './open-store.ts';

/** Mandates as an operator sees and decides them. Letters go into the queue; the server's worker sends them. */
export async function withMandates<T>(
  store: Store,
  work: (mandates: ReturnType<typeof openMandates>) => Promise<T>,
): Promise<T> {
  const { settings, encryption, clock, logger } = store;
  const connection = { connectionString: settings.DATABASE_URL };
  const Client = createPostgresClient(databaseHosts(connection));
  const jobs = createJobs({ connection, Client, encryption, clock, logger, metrics: createMetrics() });
  try {
    return await work(openMandates(store, jobs.enqueue));
  } finally {
    await jobs.stop();
  }
}

function openMandates(store: Store, enqueue: Parameters<typeof createMandateNotices>[0]['enqueue']) {
  const { run, dataSource, inTransaction, encryption, audit, clock } = store;
  const pool = dataSource.manager;
  const accounts = createAccountRepository({ encryption });
  const organizations = createOrganizationRepository({ encryption });
  const consents = createMandateConsents({ encryption });
  const notices = createMandateNotices({ audit, enqueue, clock });
  const findAccount = accounts.findInAnyState;
  const context = { pool, inTransaction, clock, organizations, notices, findAccount, onEnded: removeCarriers };
  return {
    pool,
    organizations,
    findByEmail: accounts.findActiveByEmail,
    ...createMandateLookups({ run, pool, organizations, consents }),
    end: createEndMandate(context),
    reviews: createReviews(context),
  };
}

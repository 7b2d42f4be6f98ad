import type { Settings } from '../config/schema.ts';
import { createEidConnectors } from '../identity-proofing/connect-eid.ts';
import type { EidConnector } from '../identity-proofing/eid-connector.ts';
import { loadEidSources } from '../identity-proofing/eid-settings.ts';
import { systemClock } from '../platform/clock.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { createLogger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import { type Finding, findingsAbout } from './doctor-finding.ts';

const { ok, warn, fail } = findingsAbout('eid');

/** The file of eIDs can be read, and each of them describes itself as it should. Nobody is signed in. */
export async function checkEids(settings: Settings, client?: HttpClient): Promise<readonly Finding[]> {
  const { DINHDANH_EIDS_FILE: file, DINHDANH_ISSUER: issuer } = settings;
  if (file === undefined) return [ok('none is switched on (DINHDANH_EIDS_FILE)')];
  const httpClient = client ?? createHttpClient({ userAgent: 'dinhdanh doctor' });
  try {
    const connectors = createEidConnectors({
      sources: loadEidSources({ file }),
      fetch: httpClient.fetch,
      redirectUri: (source) => new URL(`/eid/${source}/callback`, issuer),
      clock: systemClock,
      logger: createLogger({ level: 'silent' }),
    });
    return await Promise.all(connectors.map(look));
  } catch (fault) {
    if (!(fault instanceof OperatorError)) throw fault;
    return [fail(fault.message)];
  } finally {
    if (!client) await httpClient.close();
  }
}

async function look({ source, depart }: EidConnector): Promise<Finding> {
  const [state, nonce, codeVerifier] = [newSecretToken(), newSecretToken(), newSecretToken()];
  const trip = { source: source.key, state, nonce, codeVerifier, startedAt: systemClock.now(), locale: 'en' };
  const { kind } = await depart(trip);
  return kind === 'go'
    ? ok(`${source.key} answers, and describes itself as configured`)
    : warn(`${source.key} doesn't answer as it should: people see it as down; ask its operator, or see its issuer`);
}

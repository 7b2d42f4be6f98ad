import type { Settings } from '../config/schema.ts';
import { systemClock } from '../platform/clock.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { createLogger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { connectRegister } from '../registries/connect-register.ts';
import type { Register, RegistrationNumber } from '../registries/legal-entity.ts';
import { loadRegisters } from '../registries/register-settings.ts';
import { type Finding, findingsAbout } from './doctor-finding.ts';

const { ok, warn, fail } = findingsAbout('registers');

/** Well-formed numbers. Whether a register has them doesn't matter: "there is none" is an answer too. */
const asked: Readonly<Record<RegistrationNumber['scheme'], string>> = {
  'vn-enterprise': '0100112437',
  'vn-household': '000000000000',
  'fr-siren': '552032534',
  lei: '529900T8BM49AURSDO55',
};

/** Each register that is switched on answers, past everything that is kept of it. */
export async function checkRegisters(settings: Settings, client?: HttpClient): Promise<readonly Finding[]> {
  const { DINHDANH_REGISTERS_FILE: file } = settings;
  if (file === undefined) return [ok('none is switched on (DINHDANH_REGISTERS_FILE)')];
  const httpClient = client ?? createHttpClient({ userAgent: 'dinhdanh doctor' });
  const logger = createLogger({ level: 'silent' });
  try {
    const dependencies = { fetch: httpClient.fetch, clock: systemClock, logger };
    return await Promise.all(
      loadRegisters({ file }).map((configured) => look(connectRegister(configured, dependencies))),
    );
  } catch (fault) {
    if (!(fault instanceof OperatorError)) throw fault;
    return [fail(fault.message)];
  } finally {
    if (!client) await httpClient.close();
  }
}

async function look({ key, schemes, findLegalEntity }: Register): Promise<Finding> {
  const [scheme] = schemes;
  if (scheme === undefined) return warn(`${key} knows no kind of number`);
  const { kind } = await findLegalEntity({ scheme, value: asked[scheme] });
  return kind === 'unavailable'
    ? warn(`${key} doesn't answer as it should: see its address and credentials, or ask whoever runs it`)
    : ok(`${key} answers`);
}

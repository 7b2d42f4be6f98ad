import { createRechercheEntreprises } from './fr-recherche-entreprises.ts';
import { createRne } from './fr-rne.ts';
import { createSirene } from './fr-sirene.ts';
import { createGleif } from './gleif.ts';
import type { Register } from './legal-entity.ts';
import { createRegisterLine, type LineDependencies } from './register-line.ts';
import type { ConfiguredRegister } from './register-settings.ts';
import { createSandboxRegister } from './sandbox.ts';

/** The connector to one register, at its pace and behind its circuit breaker. */
export function connectRegister(configured: ConfiguredRegister, dependencies: LineDependencies): Register {
  const { key } = configured;
  const line = createRegisterLine(
    { baseUrl: configured.base_url, requestsPerSecond: configured.requests_per_second },
    dependencies,
  );
  switch (configured.type) {
    case 'fr-recherche-entreprises':
      return createRechercheEntreprises(key, line);
    case 'fr-sirene':
      return createSirene(key, line, { apiKey: configured.api_key });
    case 'fr-rne': {
      const { username, password } = configured;
      return createRne(key, line, { credentials: { username, password }, clock: dependencies.clock });
    }
    case 'gleif':
      return createGleif(key, line);
    case 'sandbox':
      return createSandboxRegister(key, line);
  }
}

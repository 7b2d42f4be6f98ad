import type Provider from 'oidc-provider';
import type { JWKS } from 'oidc-provider';
import type { Logger } from '../platform/logger.ts';
import type { Engine } from './provider.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';

export type CurrentEngine = {
  readonly provider: () => Provider;
  readonly handle: ReturnType<Provider['callback']>;
  /** Takes on rotated keys, where there are any: a new engine over the same store, nothing in flight is lost. */
  readonly refreshKeys: () => Promise<void>;
  readonly deliverLogoutNotice: (notice: {
    readonly clientId: string;
    readonly accountId: string;
    readonly sid: string;
  }) => Promise<void>;
};

/** The engine over today's signing keys, which it knows from its configuration only. */
export async function createCurrentEngine({
  signingKeys,
  build,
  logger,
}: {
  readonly signingKeys: Pick<SigningKeyRepository, 'loadJwks' | 'version'>;
  readonly build: (jwks: JWKS) => Engine;
  readonly logger: Logger;
}): Promise<CurrentEngine> {
  async function load() {
    const { jwks, version } = await signingKeys.loadJwks();
    const engine = build(jwks);
    return { ...engine, handle: engine.provider.callback(), version };
  }

  let current = await load();
  return {
    provider: () => current.provider,
    handle: (req, res) => current.handle(req, res),
    async refreshKeys() {
      if ((await signingKeys.version()) === current.version) return;
      current = await load();
      logger.info('signing keys changed');
    },
    async deliverLogoutNotice({ clientId, accountId, sid }) {
      const client = await current.provider.Client.find(clientId);
      if (client?.backchannelLogoutUri !== undefined) await current.deliverLogoutNotice(client, accountId, sid);
    },
  };
}

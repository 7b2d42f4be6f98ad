import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';
import { listen } from '../../../examples/shared/listen.ts';
import { createMapAdapter } from './map-adapter.ts';

export type PeerProvider = {
  readonly issuer: string;
  /** Begins to answer, for these clients. */
  readonly serveClients: (clients: readonly ClientMetadata[], configuration?: Configuration) => Promise<Provider>;
  /** Who signs in next. */
  readonly person: { sub: string };
  readonly close: () => Promise<void>;
};

/** The engine as an independent peer, with its in-memory store; it signs in whoever is set as `person`, unasked. */
export async function startPeerProvider(port = 0): Promise<PeerProvider> {
  const listening = await listen({ host: '127.0.0.1', port });
  const issuer = `http://127.0.0.1:${listening.port}`;
  const person = { sub: 'lan' };

  async function serveClients(clients: readonly ClientMetadata[], more: Configuration = {}): Promise<Provider> {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const signingKey = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'peer-1' };
    const provider = new Provider(issuer, {
      // Clients by the store: given as configuration they are cloned, and jest's clones fail the engine's checks.
      adapter: createMapAdapter(clients.map((client) => ({ id_token_signed_response_alg: 'ES256', ...client }))),
      jwks: { keys: [signingKey] },
      // What the engine would otherwise remark on the console.
      ttl: { Interaction: 300, Session: 300, Grant: 300, AccessToken: 300, IdToken: 300, AuthorizationCode: 60 },
      // Without the engine's own guard, which keeps it from calling a portal on this machine.
      fetch: (url, { method, headers, body }) => fetch(url, { method, headers, body } as RequestInit),
      cookies: { keys: ['a-key-for-tests-only'] },
      claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ sub, name: `Nguyễn Thị <${sub}>`, email: `${sub}@example.test`, email_verified: true }),
      }),
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      ...more,
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        claimsParameter: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (ctx, form) => {
            ctx.body = form;
          },
          postLogoutSuccessSource: (ctx) => {
            ctx.body = 'signed out';
          },
        },
        ...more.features,
      },
    });
    const engine = provider.callback();
    listening.answerWith(async (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return engine(request, response);
      const { prompt, params, grantId } = await provider.interactionDetails(request, response);
      const grant =
        (await provider.Grant.find(grantId ?? '')) ??
        new provider.Grant({ accountId: person.sub, clientId: String(params['client_id']) });
      grant.addOIDCScope('openid profile email');
      const result =
        prompt.name === 'login' ? { login: { accountId: person.sub } } : { consent: { grantId: await grant.save() } };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    });
    return provider;
  }

  return { issuer, person, serveClients, close: listening.close };
}

import type { SandboxOptions } from '../../examples/sandbox/sandbox.ts';
import type { DemoConfig } from './demo-config.ts';

/** The demo's pretend eIDs: where they listen, who is in their registers, and the provider as their relying party. */
export function demoSandbox({ eids, eid_clients, eid_people, people }: DemoConfig): SandboxOptions {
  const identities = [...people, ...eid_people].flatMap(({ eid }) => eid ?? []);
  return {
    eids: eids.map(({ key, type, name, issuer, client_id, client_secret }) => ({
      key,
      type,
      name,
      port: Number(new URL(issuer).port),
      people: identities.filter(({ source }) => source === key),
      clients: eid_clients
        .filter(({ eid }) => eid === key)
        .map((client) => ({
          clientId: client_id,
          clientSecret: client_secret,
          name: client.name,
          redirectUris: client.redirect_uris,
          postLogoutRedirectUris: client.post_logout_redirect_uris,
        })),
    })),
  };
}

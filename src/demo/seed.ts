import type { SubjectRef } from '../accounts/account.ts';
import { type AccountRepository, createAccountRepository } from '../accounts/account-repository.ts';
import { dataKeyContext } from '../accounts/account-row.ts';
import { type EmailAddress, parseEmailAddress } from '../accounts/email-address.ts';
import type { Profile } from '../accounts/profile.ts';
import { setPassword } from '../authenticators/password-repository.ts';
import type { Installation } from '../compose.ts';
import type { Clock } from '../platform/clock.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { hashChosenSecret } from '../relying-parties/client-secret.ts';
import type { DemoClient, DemoConfig, DemoPerson } from './demo-config.ts';
import { isPasskeyTaken, seedPasskey, seedTotp } from './seed-authenticators.ts';

type Seeding = { readonly installation: Installation; readonly demo: DemoConfig; readonly clock: Clock };
type Sought = {
  readonly accounts: Pick<AccountRepository, 'findActiveByEmail'>;
  readonly email: EmailAddress;
  readonly passkey: DemoPerson['passkey'];
};

function secretHashOf({ client_id, client_secret }: DemoClient): Buffer {
  const chosen = hashChosenSecret(client_secret);
  if (chosen.kind === 'refused') throw new TypeError(`the demo secret of ${client_id} is ${chosen.reason}`);
  return chosen.hash;
}

/** The portals of the demo, as config/demo.json has them now. */
async function seedRelyingParties({ installation, demo, clock }: Seeding): Promise<void> {
  const { relyingParties, representation, inTransaction } = installation;
  await inTransaction(async (tx) => {
    const agencies = new Map<string, string>();
    const sectors = new Map<string, string>();
    for (const { key, name, sectors: names, powers } of demo.agencies) {
      const agencyId = await relyingParties.saveAgency(tx, { id: newUuid(clock), key, name });
      agencies.set(key, agencyId);
      const { kind } = await representation.powers.publish(tx, { agencyId, powers, at: clock.now() });
      if (kind !== 'published') throw new TypeError(`the powers of ${key} in the demo are refused: ${kind}`);
      for (const sector of names) {
        sectors.set(sector, await relyingParties.saveSector(tx, { id: newUuid(clock), agencyId, key: sector }));
      }
    }
    const owner = (entry: { readonly agency: string; readonly sector: string }) => ({
      agencyId: agencies.get(entry.agency) ?? '',
      sectorId: sectors.get(entry.sector) ?? '',
    });
    for (const resource of demo.resources) {
      await relyingParties.saveResourceServer(tx, {
        ...owner(resource),
        identifier: resource.identifier,
        scopes: resource.scopes,
        accessTokenFormat: resource.access_token_format,
        accessTokenTtlSeconds: resource.access_token_ttl_seconds,
        representationAsJwt: resource.representation_as_jwt,
      });
    }
    for (const client of demo.clients) {
      await relyingParties.save(tx, {
        ...owner(client),
        clientId: client.client_id,
        profile: client.profile,
        legacy: client.legacy,
        name: client.name,
        metadata: {
          redirect_uris: client.redirect_uris,
          post_logout_redirect_uris: client.post_logout_redirect_uris,
          grant_types: client.grant_types,
          scope: client.scope,
          token_endpoint_auth_method: 'client_secret_basic',
          id_token_signed_response_alg: 'ES256',
          backchannel_logout_uri: client.backchannel_logout_uri,
          backchannel_logout_session_required: client.backchannel_logout_uri !== undefined ? true : undefined,
          client_uri: client.client_uri,
        },
        secretHash: secretHashOf(client),
        assurance: client.assurance,
        acting: client.acting,
        release: client.release,
        releaseVersion: client.release_version,
        resources: client.resources,
      });
    }
  });
}

function profileOf(person: DemoPerson): Profile {
  const { name, family_name, middle_name, given_name, birthdate, gender } = person;
  const parts = { family_name, given_name, birthdate, gender };
  return { name, ...parts, ...(middle_name === undefined ? {} : { middle_name }) };
}

/** By address, or by passkey where they changed it since. */
async function isHere(tx: Transaction, { accounts, email, passkey }: Sought): Promise<boolean> {
  if (passkey && (await isPasskeyTaken(tx, passkey))) return true;
  return (await accounts.findActiveByEmail(tx, email)) !== undefined;
}

async function seedPerson({ installation, clock }: Seeding, person: DemoPerson): Promise<void> {
  const { encryption, hasher, inTransaction } = installation;
  const accounts = createAccountRepository({ encryption });
  const email = parseEmailAddress(person.email);
  if (!email) throw new TypeError(`${person.key} of the demo has no usable address`);
  const { password, totp_secret: seed, passkey, locale } = person;
  if (await inTransaction((tx) => isHere(tx, { accounts, email, passkey }))) return;
  const id = newUuid(clock);
  const dataKey = await encryption.newDataKey(dataKeyContext(id));
  const account = {
    id,
    subjectRef: newSecretToken() as SubjectRef,
    locale,
    dataKey,
    profile: profileOf(person),
    identifierId: newUuid(clock),
    email,
    verification: { id: newUuid(clock), method: 'import', source: 'demo' },
    at: clock.now(),
  } as const;
  const hash = await hasher.hash(password);
  const owner = { id, dataKey: dataKey.dataKey };
  await inTransaction(async (tx) => {
    if (!(await accounts.insert(tx, account))) return;
    await setPassword(tx, { ...hash, accountId: id, longEnough: true, at: clock.now() });
    if (seed !== undefined) await seedTotp(tx, { encryption, clock, owner, seed });
    if (passkey) await seedPasskey(tx, { passkey, accountId: id, at: clock.now() });
  });
}

/** Puts the demo's portals and people into the database; who is there already stays as they are. */
export async function seedDemo(seeding: Seeding): Promise<void> {
  await seedRelyingParties(seeding);
  for (const person of seeding.demo.people) await seedPerson(seeding, person);
}

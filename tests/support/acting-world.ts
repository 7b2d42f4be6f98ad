import { randomInt } from 'node:crypto';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { isVietnameseTaxCode } from '../../src/registries/check-digits.ts';
import type { LegalEntity } from '../../src/registries/legal-entity.ts';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import type { Power } from '../../src/representation/powers.ts';
import { type EidStories, eidStories } from './eid-stories.ts';
import { type EidWorld, startEidWorld } from './eid-world.ts';
import type { TestEdges, TestPerson } from './installation.ts';
import { moveOn } from './journey.ts';
import { vietnameseCompany } from './listed-people.ts';
import { enterprise, insertMandate, keepOrganization } from './mandates.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { type Played, standardPortal } from './portals.ts';
import { text } from './relying-party.ts';

/** Powers that the agency of the test's portals publishes. */
export const taxPowers: readonly Power[] = [
  { code: 'tax:read', names: text('Read'), minAcr: 'low', critical: false },
  { code: 'tax:file', names: text('File'), minAcr: 'substantial', critical: false },
  { code: 'tax:close', names: text('Close'), minAcr: 'substantial', critical: true },
];

export const actingScope = 'openid organization';

/** A code that passes its check digit, of nobody. */
export function aCompanyNumber(): string {
  const code = `99${String(randomInt(1e8)).padStart(8, '0')}`;
  return isVietnameseTaxCode(code) ? code : aCompanyNumber();
}

/** Somebody whose eID is linked, in the browser where they are signed in. */
export type Representative = {
  readonly person: TestPerson;
  readonly eid: EidPerson;
  readonly browser: PlainBrowser;
};

export type GivenMandate = { readonly id: string; readonly number: string; readonly organizationId: string };

type MandateChanges = Omit<Parameters<typeof insertMandate>[1], 'organizationId' | 'accountId'> & {
  readonly entity?: Partial<LegalEntity>;
};

export type ActingWorld = EidWorld & {
  readonly stories: EidStories;
  readonly portal: (changes?: Partial<RelyingParty>) => Promise<Played>;
  readonly addRepresentative: () => Promise<Representative>;
  readonly giveMandate: (person: TestPerson, changes?: MandateChanges) => Promise<GivenMandate>;
};

/** The provider with eIDs, powers of one agency, and people who may act for companies; mandates are put there by hand. */
export async function startActingWorld(edges: TestEdges = {}): Promise<ActingWorld> {
  // Nobody answers there: numbers of its kinds are known here, and what is asked is never found out.
  const registers = [{ type: 'sandbox', base_url: 'http://127.0.0.1:9' }];
  const world = await startEidWorld({}, { ...edges, registers });
  const stories = await eidStories(world);
  const { inTransaction, encryption, representation } = world.installation;

  async function portal(changes: Partial<RelyingParty> = {}): Promise<Played> {
    const scope = `${actingScope} profile email offline_access`;
    const metadata = { scope, ...changes.metadata } as RelyingParty['metadata'];
    return standardPortal(world, { ...changes, metadata });
  }
  const { portal: first } = await portal();
  await inTransaction((tx) =>
    representation.powers.publish(tx, { agencyId: first.agencyId, powers: taxPowers, at: new Date() }),
  );

  return {
    ...world,
    stories,
    portal,
    async addRepresentative() {
      const { lan: person, person: eid, browser } = await stories.linked();
      return { person, eid, browser };
    },
    giveMandate: ({ accountId }, { entity, ...changes } = {}) =>
      inTransaction(async (tx) => {
        const number = entity?.number ?? enterprise(aCompanyNumber());
        const company = vietnameseCompany({ name: `Công ty ${number.value}`, ...entity, number });
        const organizationId = await keepOrganization(tx, { encryption, entity: company });
        const id = await insertMandate(tx, { organizationId, accountId, asOf: new Date(), ...changes });
        return { id, number: number.value, organizationId };
      }),
  };
}

/** Chooses on the page that asks for whom, and goes on to the portal. */
export async function chooseOrganization(browser: PlainBrowser, page: PlainPage, organization: string) {
  return moveOn(browser, await browser.submit(page, { organization }));
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readImportLine } from '../src/accounts/import-line.ts';
import { settingsSchema } from '../src/config/schema.ts';
import { readEidSources } from '../src/identity-proofing/eid-settings.ts';
import { createOrganizationClaims } from '../src/oidc/organization-claims.ts';
import { claimsByScope, scopesSupported } from '../src/oidc/scopes-and-claims.ts';
import { actingForm, agencyForm, assuranceForm, relyingPartyForm } from '../src/relying-parties/relying-party.forms.ts';
import { powersForm } from '../src/representation/powers.forms.ts';
import { newCatalogue } from '../src/representation/powers.ts';
import { vietnameseCompany } from './support/listed-people.ts';
import { sampleMandate } from './support/sample-mandate.ts';

const projectDirectory = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(projectDirectory, path), 'utf8');

const documents = [
  'README.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(projectDirectory, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The first two cells of each row of the tables in a document, without marks. */
const rowsOf = (path: string) =>
  Array.from(read(path).matchAll(/^\| (`[^|]+?) +\| (.*?) +\|/gm), ([, first = '', second = '']) => ({
    first,
    second,
  }));
const jsonIn = (path: string): readonly string[] =>
  Array.from(read(path).matchAll(/^```json\n([\s\S]+?)^```$/gm), ([, text = '']) => text.trim());
const isOf = (names: readonly string[], name: string): boolean => names.includes(name);
const codeIn = (cell: string): readonly string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);

/** All that is told of a company and of the one who acts for it alone. */
function organizationClaims() {
  const at = new Date('2026-11-22T08:00:00Z');
  const tell = createOrganizationClaims({
    representation: { catalogue: async () => newCatalogue([]), namespacesOf: async () => [] },
    pseudonymIn: () => 'a pseudonym',
  });
  const entity = vietnameseCompany({});
  return tell(
    {
      mandate: sampleMandate(),
      accountId: 'an account',
      organization: { id: 'an organization', entity, source: 'sandbox', asOf: at },
      orgLevel: 'org3',
      match: 'exact',
      asOf: at,
      registerStatus: 'current',
    },
    { sectorId: 'a sector', agencyId: 'an agency', powersAsked: undefined, acr: 'high', isNumberReleased: false },
  );
}

describe('docs/settings.md', () => {
  const documented = rowsOf('docs/settings.md').map(({ first, second }) => ({
    name: codeIn(first)[0] ?? '',
    value: second,
  }));

  it('has every setting, in the order of the schema, and no other', () => {
    expect(documented.map(({ name }) => name)).toEqual(Object.keys(settingsSchema.shape));
  });

  it.each(Object.entries(settingsSchema.shape))('says the default of %s', (name, type) => {
    const value = documented.find((row) => row.name === name)?.value ?? '';
    const parsed = type.safeParse(undefined);
    if (!parsed.success) expect(value).toBe('required');
    else if (parsed.data === undefined) expect(value).toBe('none');
    else expect(codeIn(value)[0]).toBe(String(parsed.data));
  });
});

describe('docs/claims.md', () => {
  it('has the claims of every scope', () => {
    const rows = rowsOf('docs/claims.md').map(({ first, second }) => [codeIn(first)[0], codeIn(second)] as const);
    for (const [scope, claims] of Object.entries(claimsByScope)) {
      // Those of organization are also under openid for the engine's sake alone: nobody gets them by that scope.
      const told =
        scope === 'openid' ? claims.filter((claim) => !isOf(claimsByScope.organization, claim)) : [...claims];
      expect(rows.find(([name]) => name === scope)?.[1]).toEqual(told);
    }
  });

  it('has every member of organization and representation, and shows each', async () => {
    const { organization, representation } = await organizationClaims();
    const names = rowsOf('docs/claims.md').map(({ first }) => codeIn(first)[0] ?? '');
    const [shown] = jsonIn('docs/claims.md')
      .map((text) => JSON.parse(text))
      .filter((claims) => 'representation' in claims);
    for (const [title, members, example] of [
      ['organization', organization, shown.organization],
      ['representation', representation, shown.representation],
    ] as const) {
      const from = names.lastIndexOf(title) + 1;
      expect(names.slice(from, from + Object.keys(members).length)).toEqual(Object.keys(members));
      expect(Object.keys(example)).toEqual(Object.keys(members));
    }
  });
});

describe('docs/forms.md', () => {
  it('names every page there is, and no other', () => {
    const steps = readdirSync(join(projectDirectory, 'views'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.eta'))
      .flatMap((path) => /step: '([^']+)'/.exec(read(join('views', path)))?.[1] ?? []);
    expect(
      rowsOf('docs/forms.md')
        .map(({ first }) => codeIn(first)[0])
        .toSorted(),
    ).toEqual([...new Set(steps)].toSorted());
  });
});

describe('the examples', () => {
  it('of an agency and a portal are accepted', () => {
    const [agency = '', portal = ''] = jsonIn('docs/integrate.md');
    const { sectors, resources: _resources, ...ofAgency } = JSON.parse(agency);
    const { sector, ...registration } = JSON.parse(portal);
    expect(agencyForm.safeParse(ofAgency).error).toBeUndefined();
    const form = relyingPartyForm({ development: false, scopes: scopesSupported });
    expect(form.safeParse(registration).error).toBeUndefined();
    expect(sectors).toContain(sector);
  });

  it('of a portal’s demands is accepted', () => {
    const [, , demands = ''] = jsonIn('docs/integrate.md');
    expect(assuranceForm.safeParse(JSON.parse(demands).assurance).error).toBeUndefined();
  });

  it('of how a portal takes those who act for a company is accepted', () => {
    const [, , , acting = ''] = jsonIn('docs/integrate.md');
    expect(actingForm.safeParse(JSON.parse(acting).acting).data).toEqual({ asSelf: false, joint: false });
  });

  it('of upstream eIDs are accepted', () => {
    const [eids = ''] = jsonIn('docs/settings.md');
    expect(readEidSources(eids).map(({ source }) => source.key)).toEqual(['vneid', 'franceconnect', 'province']);
  });

  it('of powers are accepted', () => {
    const [powers = ''] = jsonIn('docs/production.md');
    expect(powersForm.safeParse(JSON.parse(powers)).error).toBeUndefined();
  });

  it('of a person to import is accepted', () => {
    const line = jsonIn('docs/production.md').at(-1) ?? '';
    const sectorIds = new Map([['an-hoa-services', 'its id']]);
    const today = new Date('2026-11-22T00:00:00Z');
    expect(readImportLine(line, { sectorIds, acceptsHash: () => true, today })).toMatchObject({ kind: 'person' });
  });
});

describe.each(documents)('%s', (path) => {
  it('links to what is there', () => {
    const links = Array.from(read(path).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g), ([, target = '']) => target);
    expect(links.filter((target) => !existsSync(join(projectDirectory, dirname(path), target)))).toEqual([]);
  });
});

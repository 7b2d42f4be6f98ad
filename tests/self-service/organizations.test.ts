import { describe, expect, it } from '@jest/globals';
import type { Context } from 'koa';
import type { Pages } from '../../src/http/pages.ts';
import { requestContext } from '../../src/http/request-context.ts';
import type { Policy } from '../../src/http/route.ts';
import type { SignedIn } from '../../src/oidc/signed-in.ts';
import type { LegalEntity } from '../../src/registries/legal-entity.ts';
import type { AccountMandate } from '../../src/representation/held-mandate.ts';
import type { MandateReason } from '../../src/representation/mandate-state.ts';
import { newCatalogue } from '../../src/representation/powers.ts';
import type { AccountPages } from '../../src/self-service/account-pages.ts';
import { createOrganizationsRoutes, type OwnRepresentation } from '../../src/self-service/organizations.routes.ts';
import { shownMandate } from '../../src/self-service/shown-mandate.ts';
import { sampleMandate } from '../support/sample-mandate.ts';

const at = new Date('2026-11-22T03:04:00Z');
const entity: LegalEntity = {
  number: { scheme: 'vn-enterprise', value: '9900111171' },
  numberIsFaulty: false,
  name: 'CÔNG TY CỔ PHẦN CHÈ MÂY TRẮNG',
  legalForm: undefined,
  state: 'active',
  isNaturalPerson: false,
  country: 'VN',
};
const requestId = '0193f2a4-0000-7000-8000-000000000002';
const organization = { id: 'o1', entity, source: 'vn', asOf: at };
const held: AccountMandate = {
  mandate: sampleMandate({ validFrom: at }),
  accountId: 'huong',
  organization,
  orgLevel: 'org3',
  match: 'exact',
  asOf: at,
  registerStatus: 'current',
  role: 'Người đại diện theo pháp luật',
  reason: undefined,
  stateAt: at,
  reference: '4SDRXEMN0R',
  createdAt: at,
  consents: [],
};
const inState = (state: AccountMandate['mandate']['state']): AccountMandate => ({
  ...held,
  mandate: { ...held.mandate, state },
});
type WaitingConsent = Awaited<ReturnType<OwnRepresentation['consents']['waitingFor']>>[number];
const request: WaitingConsent = {
  mandateId: requestId,
  organization,
  askerName: 'Đặng Nguyễn Quốc Bảo',
  exercise: { kind: 'joint', quorum: 2, of: [] },
  askedAt: new Date('2026-11-20T03:00:00Z'),
  lapsesAt: new Date('2026-12-20T03:00:00Z'),
};

type Told =
  | { readonly kind: 'shown'; readonly name: string; readonly data: unknown }
  | { readonly kind: 'sent-to'; readonly path: string };
type World = {
  readonly fields?: Readonly<Record<string, string>>;
  readonly isStale?: boolean;
  readonly own?: readonly AccountMandate[];
  readonly waiting?: readonly WaitingConsent[];
  readonly answered?: Awaited<ReturnType<OwnRepresentation['consents']['answer']>>['kind'];
  readonly ended?: 'ended' | 'not-allowed';
};

const policy = (name: string): Policy<SignedIn> => ({
  name,
  admit: async () => ({ accountId: 'huong', sessionUid: 's1' }) as SignedIn,
});

/** Calls one route as a signed-in person. @returns what they are shown, and what was asked of representation */
async function call(method: 'GET' | 'POST', path: string, world: World = {}) {
  const told: Told[] = [];
  const asked: unknown[] = [];
  const pages: AccountPages = {
    show: (_ctx, _person, { name, data }) => told.push({ kind: 'shown', name, data }),
    readStep: async () => ({ fields: world.fields ?? {}, isStale: world.isStale ?? false }),
    goTo: (_ctx, destination) => told.push({ kind: 'sent-to', path: destination }),
  };
  const routes = createOrganizationsRoutes({
    signedIn: policy('signed-in'),
    freshlyProved: policy('freshly-proved'),
    pages,
    clock: { now: () => at } as never,
    representation: {
      mandates: { ofAccount: async () => world.own ?? [held] },
      consents: {
        waitingFor: async () => world.waiting ?? [request],
        answer: async (given) => {
          asked.push(given);
          return { kind: world.answered ?? 'agreed' };
        },
      },
      end: async (key) => {
        asked.push(key);
        return world.ended ?? 'ended';
      },
      catalogue: async () => newCatalogue([]),
    },
  });
  const [pathname = '', query = ''] = path.split('?');
  const route = routes.find((one) => one.method === method && matches(one.path, pathname));
  if (route === undefined) throw new Error(`no ${method} ${path}`);
  const ctx = {
    req: {},
    ip: '192.0.2.7',
    path: pathname,
    params: { id: pathname.split('/').find((part) => part === 'm1' || part === requestId) },
    query: Object.fromEntries(new URLSearchParams(query)),
    get: () => '',
    cookies: { get: () => undefined },
  } as unknown as Context;
  await requestContext({ secureCookies: false })(ctx, async () => undefined);
  await route.run(ctx);
  return { told: told[0], asked, policy: route.policy };
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/:[a-z]+/g, '[^/]+')}$`).test(path);
}

const list = '/account/organizations';

describe('the list', () => {
  it('shows who waits for an answer, and for whom one acts', async () => {
    const { told, policy: admits } = await call('GET', list);
    expect(admits).toBe('signed-in');
    expect(told).toMatchObject({
      name: 'accounts/organizations',
      data: {
        requests: [
          {
            name: entity.name,
            number: '9900111171',
            askerName: 'Đặng Nguyễn Quốc Bảo',
            exercise: 'joint',
            answerBy: '20/12/2026',
            url: `${list}/requests/${requestId}`,
          },
        ],
        mandates: [
          { name: entity.name, state: 'active', powers: ['*'], since: '22/11/2026', leaveUrl: `${list}/m1/leave` },
        ],
        notice: undefined,
      },
    });
  });

  it('tells only notices that it knows', async () => {
    const noticeOf = async (notice: string) => {
      const { told } = await call('GET', `${list}?notice=${notice}`);
      return told?.kind === 'shown' ? (told.data as Pages['accounts/organizations']).notice : told;
    };
    expect([await noticeOf('left'), await noticeOf('<b>')]).toEqual(['left', undefined]);
  });

  it('offers no way out of what is over', async () => {
    const ended = ['revoked', 'refused', 'expired'] as const;
    const { told } = await call('GET', list, { own: ended.map(inState) });
    const { mandates } = (told as Extract<Told, { kind: 'shown' }>).data as Pages['accounts/organizations'];
    expect(mandates.map(({ leaveUrl }) => leaveUrl)).toEqual([undefined, undefined, undefined]);
  });
});

describe('answering another representative', () => {
  it('asks for fresh proof to see the question and to answer it', async () => {
    expect((await call('GET', `${list}/requests/${requestId}`)).policy).toBe('freshly-proved');
    expect((await call('POST', `${list}/requests/${requestId}`, { fields: { decision: 'agree' } })).policy).toBe(
      'freshly-proved',
    );
  });

  it.each([
    ['agree', 'agreed', 'agreed'],
    ['agree', 'complete', 'complete'],
    ['decline', 'declined', 'declined'],
    ['agree', 'over', 'over'],
    ['agree', 'not-asked', 'over'],
  ] as const)('%s: what came of it is %s, and told as %s', async (decision, answered, notice) => {
    const { told, asked } = await call('POST', `${list}/requests/${requestId}`, { fields: { decision }, answered });
    expect(asked).toEqual([expect.objectContaining({ accountId: 'huong', mandateId: requestId, decision })]);
    expect(told).toEqual({ kind: 'sent-to', path: `${list}?notice=${notice}` });
  });

  it('does nothing without a decision', async () => {
    const { told, asked } = await call('POST', `${list}/requests/${requestId}`, { fields: { decision: 'yes' } });
    expect(asked).toEqual([]);
    expect(told).toEqual({ kind: 'sent-to', path: `${list}/requests/${requestId}` });
  });

  it('does nothing with a stale form', async () => {
    await expect(
      call('POST', `${list}/requests/${requestId}`, { isStale: true, fields: { decision: 'agree' } }),
    ).rejects.toThrow('form-expired');
  });

  it('says so where somebody else has decided meanwhile', async () => {
    const { told } = await call('GET', `${list}/requests/${requestId}`, { waiting: [] });
    expect(told).toEqual({ kind: 'sent-to', path: `${list}?notice=over` });
  });
});

describe('leaving', () => {
  it('asks first', async () => {
    const { told, asked } = await call('GET', `${list}/m1/leave`);
    expect(told).toMatchObject({ name: 'accounts/leave-organization', data: { name: entity.name, isPending: false } });
    expect(asked).toEqual([]);
  });

  it('ends the mandate in the name of its holder', async () => {
    const { told, asked } = await call('POST', `${list}/m1/leave`, { fields: { decision: 'leave' } });
    expect(asked).toEqual([
      expect.objectContaining({ mandateId: 'm1', by: { kind: 'delegate', account: 'huong' }, reason: 'given-up' }),
    ]);
    expect(told).toEqual({ kind: 'sent-to', path: `${list}?notice=left` });
  });

  it('ends nothing without the decision, or by a stale form', async () => {
    expect((await call('POST', `${list}/m1/leave`)).asked).toEqual([]);
    await expect(call('POST', `${list}/m1/leave`, { isStale: true })).rejects.toThrow('form-expired');
  });

  it('ends nobody else’s', async () => {
    await expect(call('POST', `${list}/m9/leave`, { fields: { decision: 'leave' } })).rejects.toThrow('not-found');
  });

  it('says where it can’t be done now', async () => {
    const world = { fields: { decision: 'leave' }, ended: 'not-allowed' } as const;
    expect((await call('POST', `${list}/m1/leave`, world)).told).toEqual({
      kind: 'sent-to',
      path: `${list}?notice=over`,
    });
    const over = await call('GET', `${list}/m1/leave`, { own: [inState('expired')] });
    expect(over.told).toEqual({ kind: 'sent-to', path: `${list}?notice=over` });
  });

  it('withdraws a wish that waits', async () => {
    const { told } = await call('GET', `${list}/m1/leave`, { own: [inState('pending-review')] });
    expect(told).toMatchObject({ data: { isPending: true } });
  });
});

describe('a mandate as its holder reads it', () => {
  const shown = (change: Partial<AccountMandate>) =>
    shownMandate({ ...held, ...change }, { catalogue: newCatalogue([]), locale: 'vi', leaveUrl: '/leave' });

  it.each<[MandateReason | undefined, string | undefined]>([
    ['officer-left', 'officer-left'],
    ['consent-lapsed', 'consent-lapsed'],
    ['consent-complete', undefined],
    ['cleared', undefined],
    [undefined, undefined],
  ])('%s is told as %s', (reason, told) => {
    expect(shown({ reason }).reason).toBe(told);
  });

  it('says how old the register’s word is', () => {
    expect(shown({ registerStatus: 'stale' })).toMatchObject({ registerStatus: 'stale', asOf: '22/11/2026' });
  });
});

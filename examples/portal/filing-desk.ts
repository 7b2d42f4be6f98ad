import { randomBytes } from 'node:crypto';
import type { BusinessService } from './business-service.ts';
import { authorized, ended, type Filing, lastWordOf, type Receipt } from './filing.ts';
import type { AuthorityAnswer, FilingAuthority } from './filing-authority.ts';
import { type FilingVerdict, mayFile } from './may-file.ts';
import type { Session, Sessions } from './session.ts';
import type { SignedIn } from './signed-in.ts';

/** What companies can do at this portal, and on what terms. */
export type BusinessOffer = {
  readonly services: readonly BusinessService[];
  /** The portal can collect the agreement of several who must act together; registered so at the provider. */
  readonly acceptsJoint: boolean;
};

/** A filing in the hands of the browser it belongs to. */
export type OpenFiling = { readonly session: Session; readonly filing: Filing; readonly service: BusinessService };

/** `settled`: the filing's page tells how. Nothing has gone anywhere with the others. */
export type Submitted = 'settled' | 'incomplete' | 'unreachable';

export type FilingDesk = ReturnType<typeof createFilingDesk>;

const valueMaxCharacters = 200;

/** With what this form brought; a form without fields says nothing about them. */
function withTyped(filing: Filing, { form, service }: { form: URLSearchParams; service: BusinessService }): Filing {
  const brought = service.fields.filter(({ name }) => form.has(name));
  const values = brought.map(({ name }) => [name, form.get(name)?.trim().slice(0, valueMaxCharacters) ?? ''] as const);
  return { ...filing, typed: { ...filing.typed, ...Object.fromEntries(values) } };
}

function nameOf({ claims, userinfo }: SignedIn): string {
  const name = userinfo?.name ?? claims['name'];
  return typeof name === 'string' ? name : claims.sub;
}

/** Takes filings of companies: asks the provider, decides, and keeps what came of it in the session. */
export function createFilingDesk({
  offer,
  authority,
  sessions,
  now,
}: {
  readonly offer: BusinessOffer;
  readonly authority: FilingAuthority;
  readonly sessions: Sessions;
  readonly now: () => Date;
}) {
  const serviceNamed = (key: unknown) => offer.services.find((service) => service.key === key);

  function verdictOn(signedIn: SignedIn, { power, acceptsStale }: BusinessService): FilingVerdict {
    return mayFile(lastWordOf(signedIn), { power: power.code, acceptsStale, acceptsJoint: offer.acceptsJoint });
  }

  function change({ session, filing }: OpenFiling, how: (filing: Filing) => Filing): void {
    sessions.changeFiling(session.id, filing.id, how);
  }

  /** The filing after the provider's answer about the company it was for. */
  function after(
    filing: Filing,
    { answer, company }: { answer: AuthorityAnswer; company: string | undefined },
  ): Filing {
    switch (answer.kind) {
      case 'in-force':
        return authorized(filing, { signedIn: answer.signedIn, checkedAt: now() });
      case 'ended':
        return ended(filing, company);
      case 'unreachable':
        return { ...filing, authority: filing.authority && { ...filing.authority, signedIn: answer.signedIn } };
    }
  }

  function keepAnswer(open: OpenFiling, answer: AuthorityAnswer): void {
    const { session, filing } = open;
    const company = filing.authority && lastWordOf(filing.authority.signedIn)?.organization;
    change(open, (one) => after(one, { answer, company: company?.name }));
    if (answer.kind === 'ended') sessions.forgetCompany(session.id, company?.id);
  }

  function receiptOf(signedIn: SignedIn, service: BusinessService): Receipt | undefined {
    const verdict = verdictOn(signedIn, service);
    if (verdict.kind === 'refused') return undefined;
    const { organization, representation } = verdict.acting;
    return {
      reference: `${service.key.toUpperCase()}-${randomBytes(5).toString('hex').toUpperCase()}`,
      at: now(),
      filedBy: nameOf(signedIn),
      organization,
      power: service.power.code,
      basis: representation.basis,
      isJoint: representation.isJoint,
    };
  }

  /** Keeps what was typed. @returns the filing with it */
  function type(open: OpenFiling, form: URLSearchParams): Filing {
    const { typed } = withTyped(open.filing, { form, service: open.service });
    change(open, (one) => ({ ...one, typed }));
    return { ...open.filing, typed };
  }

  /**
   * Takes the filing if the provider still stands by what it said at the moment that counts, and that is enough. The filing
   * as it is afterwards tells what came of it.
   */
  function file(open: OpenFiling, answer: AuthorityAnswer): Submitted {
    keepAnswer(open, answer);
    const receipt = answer.kind === 'in-force' ? receiptOf(answer.signedIn, open.service) : undefined;
    // A second click finds the receipt of the first.
    if (receipt) change(open, (one) => (one.receipt ? one : { ...one, receipt }));
    return answer.kind === 'unreachable' ? 'unreachable' : 'settled';
  }

  return {
    services: offer.services,
    serviceNamed,
    verdictOn,

    /** @returns undefined for a filing that this session doesn't have */
    find(session: Session | undefined, id: string): OpenFiling | undefined {
      const filing = session?.filings.find((one) => one.id === id);
      const service = filing && serviceNamed(filing.service);
      return session && filing && service && { session, filing, service };
    },

    type,

    /** Takes back that it is to be sent tomorrow. */
    unschedule: (open: OpenFiling) => change(open, (one) => ({ ...one, isScheduled: false })),

    /** Why the person came back from the provider without what the filing takes. */
    refuse(at: { readonly sessionId: string; readonly filingId: string }, reason: string): void {
      sessions.changeFiling(at.sessionId, at.filingId, (one) => ({ ...one, obstacle: { kind: 'refused', reason } }));
    },

    /** Asks the provider whether the person may still act for the company. */
    async check(open: OpenFiling, signedIn: SignedIn): Promise<Submitted> {
      const answer = await authority.check(signedIn);
      keepAnswer(open, answer);
      return answer.kind === 'unreachable' ? 'unreachable' : 'settled';
    },

    /** Keeps what was typed, and takes the filing or leaves it to be sent tomorrow. */
    async submit(
      open: OpenFiling,
      { form, signedIn }: { form: URLSearchParams; signedIn: SignedIn },
    ): Promise<Submitted> {
      if (open.filing.isScheduled) return file(open, await authority.renew(signedIn));
      const { typed } = type(open, form);
      if (open.service.fields.some(({ name }) => (typed[name] ?? '') === '')) return 'incomplete';
      if (form.get('decision') === 'tomorrow' && open.service.canWait && signedIn.refreshToken !== undefined) {
        change(open, (one) => ({ ...one, isScheduled: true, obstacle: undefined }));
        return 'settled';
      }
      return file(open, await authority.check(signedIn));
    },
  };
}

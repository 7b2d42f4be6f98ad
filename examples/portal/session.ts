import { randomBytes } from 'node:crypto';
import type { Company } from './acting.ts';
import type { Ask } from './asks.ts';
import {
  type Authority,
  authorized,
  blankFiling,
  type Filing,
  type FilingRef,
  lastWordOf,
  withCompany,
  withFiling,
} from './filing.ts';
import type { SignedIn } from './signed-in.ts';

/** One sign-in under way: what its answer has to match. Spent by the first answer that names its state. */
export type Attempt = {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly maxAgeSeconds: number | undefined;
  /** The values of `acr` one of which was demanded. */
  readonly demandedAcr: readonly string[] | undefined;
  /** The page of this portal that the person is brought back to. */
  readonly returnTo: string;
  /** The filing that the answer is for; the person's sign-in at this portal where there is none. */
  readonly filing: FilingRef | undefined;
  /** What to ask instead when the provider can't answer without asking the person. */
  readonly fallback: Ask | undefined;
};

export type Session = {
  readonly id: string;
  /** Proves that a form was made by this portal for this browser. */
  readonly formToken: string;
  readonly attempts: readonly Attempt[];
  readonly signedIn: SignedIn | undefined;
  /** What the person typed before they were sent away for a stronger sign-in. */
  readonly draft: string | undefined;
  /** What is being filed, each in its tab and with its own company. */
  readonly filings: readonly Filing[];
  /** Companies the person acted for here, the last one first. */
  readonly companies: readonly Company[];
  /** The `state` a sign-out under way will come back with. */
  readonly signOutState: string | undefined;
  readonly expiresAt: Date;
};

export type Sessions = ReturnType<typeof createSessions>;

const minuteMs = 60_000;
const anonymousTtlMs = 15 * minuteMs;
const signedInTtlMs = 60 * minuteMs;
/** As many tabs as a person may have at the sign-in page at once; the oldest attempt makes room. */
const attemptsPerSession = 10;

/** Who signed in, without the company: that is the filing's, and may end before the session does. */
function asPerson(signedIn: SignedIn): SignedIn {
  const { organization: _company, representation: _mandate, ...claims } = signedIn.claims;
  if (!signedIn.userinfo) return { ...signedIn, claims };
  const { organization: _sameCompany, representation: _sameMandate, ...userinfo } = signedIn.userinfo;
  return { ...signedIn, claims, userinfo };
}

/**
 * Sessions in memory, at most `limit` of them: when full, expired ones go first, then the oldest that aren't signed in,
 * so that a crowd of strangers can't sign anybody out. Times out after 15 minutes, signed in after an idle hour.
 */
export function createSessions({ now, limit = 10_000 }: { readonly now: () => Date; readonly limit?: number }) {
  const sessions = new Map<string, Session>();

  function put(session: Omit<Session, 'expiresAt'>): Session {
    const ttlMs = session.signedIn ? signedInTtlMs : anonymousTtlMs;
    const kept = { ...session, expiresAt: new Date(now().getTime() + ttlMs) };
    sessions.set(kept.id, kept);
    return kept;
  }

  function find(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : sessions.get(id);
    if (session && session.expiresAt > now()) return session;
    if (session) sessions.delete(session.id);
    return undefined;
  }

  function makeRoom(): void {
    if (sessions.size < limit) return;
    for (const session of sessions.values()) if (session.expiresAt <= now()) sessions.delete(session.id);
    if (sessions.size < limit) return;
    const all = [...sessions.values()];
    const victim = all.find((session) => !session.signedIn) ?? all[0];
    if (victim) sessions.delete(victim.id);
  }

  function start(contents: Partial<Omit<Session, 'id' | 'expiresAt'>> = {}): Session {
    makeRoom();
    return put({
      id: randomBytes(32).toString('base64url'),
      formToken: contents.formToken ?? randomBytes(32).toString('base64url'),
      attempts: contents.attempts ?? [],
      signedIn: contents.signedIn,
      draft: contents.draft,
      filings: contents.filings ?? [],
      companies: contents.companies ?? [],
      signOutState: contents.signOutState,
    });
  }

  /**
   * A new id for a person who just signed in, so that an id planted before is worth nothing; other tabs' attempts move
   * along, and for the same person what they typed and the forms they have open. Nobody finds what another one typed.
   */
  function signIn(id: string | undefined, signedIn: SignedIn): Session {
    const previous = find(id);
    if (previous) sessions.delete(previous.id);
    const { attempts = [], filings = [] } = previous ?? {};
    const isSame = previous?.signedIn?.claims.sub === signedIn.claims.sub;
    if (!isSame) return start({ attempts, signedIn, filings: filings.filter(({ sub }) => sub === undefined) });
    const { formToken, draft, companies } = previous;
    return start({ attempts, signedIn, formToken, draft, filings, companies });
  }

  return {
    /** The living session, its time extended. */
    resume(id: string | undefined): Session | undefined {
      const session = find(id);
      return session && put(session);
    },

    /** Remembers an attempt, and the filing it is for, in a new session when there is none. */
    rememberAttempt(id: string | undefined, attempt: Attempt): Session {
      const session = find(id) ?? start();
      const { filing } = attempt;
      const isNew = filing !== undefined && !session.filings.some((one) => one.id === filing.id);
      return put({
        ...session,
        attempts: [...session.attempts, attempt].slice(-attemptsPerSession),
        filings: isNew ? withFiling(session.filings, blankFiling(filing)) : session.filings,
      });
    },

    /** The attempt this state belongs to, at most once. */
    spendAttempt(id: string | undefined, state: string | null): Attempt | undefined {
      const session = find(id);
      const attempt = session?.attempts.find((candidate) => candidate.state === state);
      if (session && attempt) put({ ...session, attempts: session.attempts.filter((other) => other !== attempt) });
      return attempt;
    },

    signIn,

    /**
     * Gives one filing what the provider said for it, and leaves the others what they have. The portal's own sign-in stays
     * too, unless this is another person or another session of the provider.
     */
    authorize(id: string, ref: FilingRef, authority: Authority): Session {
      const { signedIn } = authority;
      const current = find(id);
      const known = current?.signedIn?.claims;
      const isKnown = known?.sub === signedIn.claims.sub && known['sid'] === signedIn.claims['sid'];
      const session = current && isKnown ? current : signIn(id, asPerson(signedIn));
      const filing = session.filings.find((one) => one.id === ref.id) ?? blankFiling(ref);
      const company = lastWordOf(signedIn)?.organization;
      return put({
        ...session,
        filings: withFiling(session.filings, authorized(filing, authority)),
        companies: company ? withCompany(session.companies, company) : session.companies,
      });
    },

    /** Changes a filing as it is by now: another request may have changed it since it was read. */
    changeFiling(id: string, filingId: string, change: (filing: Filing) => Filing): void {
      const session = find(id);
      const filing = session?.filings.find((one) => one.id === filingId);
      if (session && filing) put({ ...session, filings: withFiling(session.filings, change(filing)) });
    },

    forgetCompany(id: string, companyId: string | undefined): void {
      const session = find(id);
      if (session) put({ ...session, companies: session.companies.filter((one) => one.id !== companyId) });
    },

    /** Keeps what the person typed until it is sent, or forgets it. */
    keepDraft(id: string, draft: string | undefined): void {
      const session = find(id);
      if (session) put({ ...session, draft });
    },

    /** Ends the session and starts an anonymous one that waits for the provider's confirmation. */
    signOut(id: string, signOutState: string | undefined): Session {
      sessions.delete(id);
      return start({ signOutState });
    },

    end(id: string): void {
      sessions.delete(id);
    },

    /** Ends what a logout token names: one session of the provider by `sid`, or all of the person's by `sub`. @returns how many. */
    endNamed({ sub, sid }: { readonly sub?: string | undefined; readonly sid?: string | undefined }): number {
      const named = [...sessions.values()].filter(
        ({ signedIn }) =>
          signedIn !== undefined &&
          (sub !== undefined || sid !== undefined) &&
          (sub === undefined || signedIn.claims.sub === sub) &&
          (sid === undefined || signedIn.claims['sid'] === sid),
      );
      for (const session of named) sessions.delete(session.id);
      return named.length;
    },

    count: () => sessions.size,
  };
}

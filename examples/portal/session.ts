import { randomBytes } from 'node:crypto';
import type { IDToken, UserInfoResponse } from 'openid-client';

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
};

/** What the provider said about the person, kept for as long as the session lives. */
export type SignedIn = {
  /** Kept for `id_token_hint` at sign-out. */
  readonly idToken: string;
  readonly claims: IDToken;
  readonly userinfo: UserInfoResponse | undefined;
  /** For this portal's own API. */
  readonly accessToken: string;
};

export type Session = {
  readonly id: string;
  /** Proves that a form was made by this portal for this browser. */
  readonly formToken: string;
  readonly attempts: readonly Attempt[];
  readonly signedIn: SignedIn | undefined;
  /** What the person typed before they were sent away for a stronger sign-in. */
  readonly draft: string | undefined;
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
      signOutState: contents.signOutState,
    });
  }

  return {
    /** The living session, its time extended. */
    resume(id: string | undefined): Session | undefined {
      const session = find(id);
      return session && put(session);
    },

    /** Remembers an attempt, in a new session when there is none. */
    rememberAttempt(id: string | undefined, attempt: Attempt): Session {
      const session = find(id) ?? start();
      return put({ ...session, attempts: [...session.attempts, attempt].slice(-attemptsPerSession) });
    },

    /** The attempt this state belongs to, at most once. */
    spendAttempt(id: string | undefined, state: string | null): Attempt | undefined {
      const session = find(id);
      const attempt = session?.attempts.find((candidate) => candidate.state === state);
      if (session && attempt) put({ ...session, attempts: session.attempts.filter((other) => other !== attempt) });
      return attempt;
    },

    /**
     * A new id for a person who just signed in, so that an id planted before is worth nothing; other tabs' attempts move
     * along, and for the same person what they typed and the forms they have open. Nobody finds what another one typed.
     */
    signIn(id: string | undefined, signedIn: SignedIn): Session {
      const previous = find(id);
      if (previous) sessions.delete(previous.id);
      const attempts = previous?.attempts ?? [];
      if (previous?.signedIn?.claims.sub !== signedIn.claims.sub) return start({ attempts, signedIn });
      const { formToken, draft } = previous;
      return start({ attempts, signedIn, formToken, draft });
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

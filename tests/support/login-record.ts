import type { EidPerson } from '../../examples/sandbox/person.ts';
import type { Asked, Ial, Method, Proof, RequestName } from './login-oracle.ts';
import type { EquippedPerson, Key } from './people.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import type { BegunLogin, PortalClient } from './portal-client.ts';

export const sources = ['vneid', 'france'] as const;
export type Source = (typeof sources)[number];

/** Somebody as one eID knows them. */
export type Identity = { readonly source: Source; readonly person: EidPerson };

/** A sign-in at an eID: with one factor, or with two. */
export type EidSignIn = { readonly identity: Identity; readonly factors: 1 | 2; readonly at: number };

/** Whose an identity is, and how well it was proved at best. */
export type Link = { readonly accountId: string; ial: Ial };

/** Somebody at their device, and what the model knows of what they have used up. */
export type Person = Omit<EquippedPerson, 'seeds' | 'recoveryCodes' | 'keys'> & {
  readonly seeds: string[];
  readonly recoveryCodes: string[];
  readonly keys: Key[];
  readonly identities: readonly Identity[];
  readonly spent: Set<string>;
  readonly lastStep: Map<string, number>;
};

export type Session = { readonly accountId: string; readonly proofs: readonly Proof[] };

export type Login = {
  readonly name: RequestName;
  readonly asked: Asked;
  readonly begun: BegunLogin;
  readonly client: PortalClient;
  readonly device: Device;
  readonly startedAt: number;
  /** Whose session there was when it began. */
  signedInAs: string | undefined;
  prover: string | undefined;
  proofs: readonly Proof[];
  saidWho: boolean;
  /** What an eID vouched for here while it was nobody's. */
  held: EidSignIn | undefined;
  cancelled: boolean;
  completed:
    | {
        readonly at: number;
        readonly secondFactorOf: ReadonlySet<string>;
        readonly ials: ReadonlyMap<string, Ial>;
      }
    | undefined;
};

export type Device = {
  readonly browser: PlainBrowser;
  session: Session | undefined;
  /** Another account is about to replace it: it has ended, unless yet another came between. */
  isBeingReplaced: boolean;
  lastUsedAt: number;
  pausedUntil: number;
};

export type Tab = {
  readonly device: Device;
  page: PlainPage | undefined;
  login: Login | undefined;
  /** The login whose trip to an eID this tab is on. */
  trip: { readonly uid: string; readonly source: Source } | undefined;
};

/** A page somebody has seen and may come back to. */
export type Seen = { readonly page: PlainPage; readonly device: Device; readonly at: number; readonly uid: string };

/** What was submitted with the right secret, where, and how often it may be taken. */
export type RightAnswer = {
  readonly accountId: string;
  readonly event: 'password' | 'second-factor' | 'passkey' | 'added' | 'eid' | 'linked';
  readonly method: Method;
  /** Where it was proved elsewhere, and before. */
  readonly at?: number;
  readonly atMost: number;
  readonly whenTaken?: () => void;
};

export type Portals = Readonly<Record<'open' | 'minimum' | 'resistant', PortalClient>>;

/** Which login's step an address is; empty where it is none. */
export const uidOf = (url: string): string => /\/interaction\/([^/?]+)/.exec(url)?.[1] ?? '';

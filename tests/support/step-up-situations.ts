import { startActivity } from '../../src/authentication/assurance.ts';
import { type EvidenceMethod, newLocalEvidence } from '../../src/authentication/evidence.ts';
import {
  type LoginSituation,
  type NextStep,
  nextStep,
  type Proved,
  type RequestedLogin,
} from '../../src/authentication/next-step.ts';
import type { Authenticators } from '../../src/authentication/step-up.ts';

export const now = 1_795_000_000;
export const hour = 3600;

export const plain: RequestedLogin = {
  proveAgain: false,
  chooseAccount: false,
  maxAgeSeconds: undefined,
  proveIdentity: false,
  acrValues: [],
  essentialAcrs: undefined,
  minimumAcr: undefined,
  phishingResistant: false,
  identity: false,
  identityMaxAgeSeconds: undefined,
  acting: undefined,
  acrAliases: { LoA2: 'aal2' },
};

export const fresh: LoginSituation = {
  requested: plain,
  session: undefined,
  login: undefined,
  accountChoice: undefined,
  mailedCode: 'not-asked',
  cancelled: false,
  ial: 'ial0',
  ialOnFile: 'ial0',
  eids: [],
  identityDeclined: false,
  heldIdentity: undefined,
  acting: 'not-asked',
  consent: 'granted',
  authenticators: { enrolled: ['password'], asksSecondFactor: false, identities: [] },
  enrollable: ['totp', 'passkey', 'security-key'],
  enrolmentDeclined: false,
  recovered: false,
  reachable: ['self', 'aal2', 'phr'],
  now,
};

export const withTotp: Authenticators = {
  enrolled: ['password', 'totp', 'recovery-code'],
  asksSecondFactor: true,
  identities: [],
};
export const withPasskey: Authenticators = {
  enrolled: ['password', 'passkey'],
  asksSecondFactor: false,
  identities: [],
};
export const withKey: Authenticators = {
  enrolled: ['password', 'security-key'],
  asksSecondFactor: true,
  identities: [],
};
export const passkeyOnly: Authenticators = { enrolled: ['passkey'], asksSecondFactor: false, identities: [] };

export function proved(methods: readonly EvidenceMethod[], secondsAgo = 0): Proved {
  return { accountId: 'lan', evidence: methods.map((method) => newLocalEvidence(method, now - secondsAgo)) };
}

export function signedIn(
  methods: readonly EvidenceMethod[],
  secondsAgo: number,
): NonNullable<LoginSituation['session']> {
  const before = proved(methods, secondsAgo);
  return { ...before, begunWith: before.evidence, activity: startActivity(now - Math.min(secondsAgo, 60)) };
}

export function step(
  changes: Partial<Omit<LoginSituation, 'requested'>>,
  requested: Partial<RequestedLogin> = {},
): NextStep {
  return nextStep({ ...fresh, ...changes, requested: { ...plain, ...requested } });
}

export const password = proved(['password']);
export const aal2: Partial<RequestedLogin> = { acrValues: ['aal2'] };
export const phr: Partial<RequestedLogin> = { acrValues: ['phr'] };
export const mustBeAal2: Partial<RequestedLogin> = { essentialAcrs: ['aal2'] };

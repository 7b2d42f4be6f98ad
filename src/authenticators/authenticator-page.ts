import type { Account } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import type { AddedMethod } from '../http/authenticator-pages.ts';
import type { FormFields } from '../http/forms.ts';
import type { Pages } from '../http/pages.ts';
import type { Locale } from '../platform/i18n.ts';
import type { Transaction } from '../platform/transaction.ts';
import { authenticatorName } from './authenticator.forms.ts';
import type { Added, Enrolment, WhenAdded } from './enrolment.ts';
import type { Passkeys } from './passkey.ts';
import type { PasskeyKind } from './passkey-repository.ts';
import type { Totp } from './totp.ts';
import { totpQrSvg } from './totp-qr.ts';

/** Where an authenticator is added: in a login that a portal waits for, or on the account's own pages. */
export type PlaceOfAdding = {
  readonly account: Account;
  readonly action: string;
  readonly cancelUrl: string;
  /** What a challenge is made for: this browser's own ceremony. */
  readonly binding: string;
};

type Submission = PlaceOfAdding & {
  readonly fields: FormFields;
  readonly isStale: boolean;
  readonly origin: Origin;
  readonly whenAdded: WhenAdded;
};

type Page<Name extends keyof Pages> = { readonly name: Name; readonly data: Pages[Name] };
type AddingPage = Page<'authenticators/add-totp'> | Page<'authenticators/add-passkey'>;

export type AuthenticatorPage = {
  readonly begin: (place: PlaceOfAdding) => Promise<AddingPage>;
  /** Adds it, or shows the page again with what is wrong. */
  readonly submit: (submission: Submission) => Promise<Added | { readonly kind: 'again'; readonly page: AddingPage }>;
};

export type AuthenticatorPageDependencies = {
  readonly enrolment: Enrolment;
  readonly totp: Pick<Totp, 'offer' | 'reopen'>;
  readonly passkeys: Pick<Passkeys, 'registrationOptions'>;
  readonly inTransaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly issuerName: string;
  /** What an authenticator is called where the person gave it no name. */
  readonly defaultName: (locale: Locale, method: AddedMethod) => string;
};

/** What somebody is known by in an app or a credential manager. */
const labelOf = ({ email, profile }: Account): string => email?.address ?? profile.name ?? '';

/** @returns undefined where the name can't be one */
function nameOf(typed: string | undefined, otherwise: string): string | undefined {
  if (typed === undefined || typed.trim() === '') return otherwise;
  return authenticatorName.safeParse(typed).data;
}

/** An app that shows codes. The offer travels in the form: the same one again after a wrong code. */
export function createTotpPage(dependencies: AuthenticatorPageDependencies): AuthenticatorPage {
  const { totp, enrolment, issuerName } = dependencies;
  type Data = Pages['authenticators/add-totp'];

  async function page(
    { account, action, cancelUrl }: PlaceOfAdding,
    shown: { readonly sealed?: string; readonly name?: string | undefined; readonly problem?: Data['problem'] } = {},
  ): Promise<Page<'authenticators/add-totp'>> {
    const names = { account, label: labelOf(account), issuerName };
    const same = shown.sealed === undefined ? undefined : totp.reopen({ ...names, sealed: shown.sealed });
    const { secret, uri, sealed } = same ?? totp.offer(names);
    const { name, problem } = shown;
    const data = { action, cancelUrl, secret, sealed, qrSvg: await totpQrSvg(uri), appUrl: uri, name, problem };
    return { name: 'authenticators/add-totp', data };
  }

  return {
    begin: (place) => page(place),
    async submit(submission) {
      const { account, fields, origin, isStale, whenAdded } = submission;
      const { offer: sealed = '', code = '' } = fields;
      const typed = fields['name']?.slice(0, 200);
      const again = async (problem: Data['problem']) =>
        ({ kind: 'again', page: await page(submission, { sealed, name: typed, problem }) }) as const;
      if (isStale) return again({ kind: 'expired-form' });
      const name = nameOf(typed, dependencies.defaultName(origin.locale, 'totp'));
      if (name === undefined) return again({ kind: 'malformed-name' });
      const outcome = await enrolment.addTotp({ account, name, origin, whenAdded, sealed, code });
      switch (outcome.kind) {
        case 'added':
          return outcome;
        case 'wrong-code':
          return again({ kind: 'wrong-factor-code' });
        case 'too-many':
          return again({ kind: 'too-many-authenticators' });
        case 'offer-over':
        case 'already-added':
        case 'cooling-down':
          return again(outcome);
      }
    },
  };
}

/** A passkey, or a security key as second factor: the browser's own ceremony. */
export function createPasskeyPage(kind: PasskeyKind, dependencies: AuthenticatorPageDependencies): AuthenticatorPage {
  const { passkeys, enrolment, inTransaction } = dependencies;
  type Data = Pages['authenticators/add-passkey'];

  async function page(
    { account, action, cancelUrl, binding }: PlaceOfAdding,
    { name, problem }: { readonly name?: string | undefined; readonly problem?: Data['problem'] } = {},
  ): Promise<Page<'authenticators/add-passkey'>> {
    const label = labelOf(account);
    const request = { accountId: account.id, userName: label, displayName: account.profile.name ?? label };
    const options = await inTransaction((tx) => passkeys.registrationOptions(tx, { ...request, kind, binding }));
    const data = { kind, passkey: { action, options: JSON.stringify(options ?? {}) }, cancelUrl, name, problem };
    return { name: 'authenticators/add-passkey', data };
  }

  return {
    begin: (place) => page(place),
    async submit(submission) {
      const { account, fields, origin, isStale, whenAdded, binding } = submission;
      const typed = fields['name']?.slice(0, 200);
      const again = async (problem: Data['problem']) =>
        ({ kind: 'again', page: await page(submission, { name: typed, problem }) }) as const;
      if (isStale) return again({ kind: 'expired-form' });
      const name = nameOf(typed, dependencies.defaultName(origin.locale, kind));
      if (name === undefined) return again({ kind: 'malformed-name' });
      const response = fields['response'];
      const outcome = await enrolment.addPasskey({
        account,
        name,
        origin,
        whenAdded,
        response,
        binding,
        passkeyKind: kind,
      });
      switch (outcome.kind) {
        case 'added':
          return outcome;
        case 'too-many':
          return again({ kind: 'too-many-authenticators' });
        case 'offer-over':
          return again({ kind: 'passkey-over' });
        case 'not-accepted':
          return again({ kind: 'passkey-refused' });
        case 'already-added':
        case 'cooling-down':
          return again(outcome);
      }
    },
  };
}

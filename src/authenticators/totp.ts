import { HOTP, Secret, TOTP } from 'otpauth';
import type { Account } from '../accounts/account.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import type { AttemptMark } from '../accounts/mailed-codes.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption, LookupHash } from '../platform/encryption.ts';
import { equalsConstantTime, inGroupsOfFour } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import {
  findBesideSeed,
  findSealedSeeds,
  insertTotpAuthenticator,
  listTotpAuthenticators,
  removeTotpAuthenticator,
  renameTotpAuthenticator,
  takeStep,
} from './totp-repository.ts';

/** Whose seeds they are, and the key that opens them. */
export type SeedOwner = Pick<Account, 'id' | 'dataKey'>;

/** A new seed on its way into the person's app. Nothing of it is stored before a code from there confirms it. */
export type TotpOffer = {
  /** Base32 in groups of four, to type where no camera is. */
  readonly secret: string;
  /** For the QR code. @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
  readonly uri: string;
  /** The same offer for the form to carry: base64url, opaque, for this account only, good for half an hour. */
  readonly sealed: string;
};

export type TotpEnrolment =
  | { readonly kind: 'enrolled'; readonly authenticatorId: string }
  | { readonly kind: 'wrong-code' }
  /** Too old, changed, or another account's: begin anew. */
  | { readonly kind: 'offer-over' }
  | { readonly kind: 'already-added' }
  /** The account has {@link mostTotpAuthenticators}. */
  | { readonly kind: 'too-many' };

export type TotpProof =
  | { readonly kind: 'proved'; readonly authenticatorId: string }
  | { readonly kind: 'wrong-code' }
  /** Right, but its time step is taken: wait for the next code. */
  | { readonly kind: 'used-before' };

export type Totp = ReturnType<typeof createTotp>;

type NameInApp = { readonly label: string; readonly issuerName: string };

/** How many authenticators an account may have. */
export const mostTotpAuthenticators = 5;

// What every app supports; many ignore other values in the URI and then show wrong codes.
const algorithm = 'SHA1';
const digits = 6;
const stepSeconds = 30;
// As long as the output of SHA-1. Source: RFC 4226 §4 R6.
const seedBytes = 20;
// One step of delay or drift each way. Source: RFC 6238 §5.2 and §6.
const windowSteps = 1;
const offerTtlSeconds = 1_800;

/** The time step of a moment: T of RFC 6238 §4.2. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/** The six digits an app shows for this seed (base32) in this step. @see RFC 6238 §4.2 */
export function totpCode(seed: string, step: number): string {
  return HOTP.generate({ secret: Secret.fromBase32(seed), algorithm, digits, counter: step });
}

/**
 * The step whose code was typed, one early or late included; spaces don't matter. Every step is compared, in constant
 * time. Where two have the same code it is the later one: the earlier one would leave the code good for a second use.
 */
export function matchingStep(
  seed: string,
  { code, at }: { readonly code: string; readonly at: Date },
): number | undefined {
  // Not the library's own comparison: it ends at the first match, and throws at what isn't ASCII.
  const typed = Buffer.from(code.replace(/\s/g, ''));
  const current = totpStep(at);
  let matching: number | undefined;
  for (let step = current - windowSteps; step <= current + windowSteps; step += 1) {
    if (equalsConstantTime(Buffer.from(totpCode(seed, step)), typed)) matching = step;
  }
  return matching;
}

/**
 * Apps that show one-time codes: offered, confirmed by a first code, proved with one code per time step. Trying codes
 * is limited by whoever calls: a code is one of a million. Names and ids come in as the form parsed them.
 * @see RFC 6238 §5.2; SP 800-63B-4 §3.1.4
 */
export function createTotp({ encryption, clock }: { readonly encryption: Encryption; readonly clock: Clock }) {
  /** A new seed. `label` is what the app shows beside the issuer's name: the person's address. */
  function offer({ account, ...names }: NameInApp & { readonly account: SeedOwner }): TotpOffer {
    const seed = new Secret({ size: seedBytes }).base32;
    const content = JSON.stringify({ seed, expiresAt: clock.now().getTime() + offerTtlSeconds * 1000 });
    const sealed = encryption.seal(account.dataKey, content, offerContext(account.id)).toString('base64url');
    return { secret: inGroupsOfFour(seed), uri: uriOf(seed, names), sealed };
  }

  /** The same offer again, after a wrong code; its time goes on. @returns undefined where it is over */
  function reopen({
    account,
    sealed,
    ...names
  }: NameInApp & { readonly account: SeedOwner; readonly sealed: string }): TotpOffer | undefined {
    const seed = seedOffered(account, sealed);
    return seed === undefined ? undefined : { secret: inGroupsOfFour(seed), uri: uriOf(seed, names), sealed };
  }

  /** Adds what was offered, once a code shows that the app has it. That code is used then. */
  async function enrol(
    tx: Transaction,
    {
      account,
      sealed,
      code,
      name,
      attempt,
    }: {
      readonly account: SeedOwner;
      readonly sealed: string;
      readonly code: string;
      readonly name: string;
      readonly attempt: AttemptMark;
    },
  ): Promise<TotpEnrolment> {
    const at = clock.now();
    const seed = seedOffered(account, sealed);
    if (seed === undefined) return { kind: 'offer-over' };
    const step = matchingStep(seed, { code, at });
    if (step === undefined) return { kind: 'wrong-code' };

    await lockAccount(tx, account.id);
    const seedHashes = encryption.lookupHashes('totp-seed', seedOfAccount(account, seed));
    const present = await findBesideSeed(tx, { accountId: account.id, seedHashes });
    const same = present.find(({ sameSeed }) => sameSeed);
    if (same !== undefined) {
      // Ours already: the answer to the commit was lost, and this is the repetition.
      return same.lastStepBy === attempt ? { kind: 'enrolled', authenticatorId: same.id } : { kind: 'already-added' };
    }
    if (present.length >= mostTotpAuthenticators) return { kind: 'too-many' };

    const id = newUuid(clock);
    const resting = restingSeed(encryption, { account, authenticatorId: id, seed });
    await insertTotpAuthenticator(tx, { accountId: account.id, id, name, ...resting, step, attempt, at });
    return { kind: 'enrolled', authenticatorId: id };
  }

  /** Whether one of the account's authenticators shows this code, in a step that nobody has used. */
  async function prove(
    tx: Transaction,
    { account, code, attempt }: { readonly account: SeedOwner; readonly code: string; readonly attempt: AttemptMark },
  ): Promise<TotpProof> {
    const at = clock.now();
    const authenticators = await findSealedSeeds(tx, account.id);
    // All of them, whichever fits, so that time doesn't tell which.
    const matches = authenticators.flatMap(({ id, seedSealed }) => {
      const step = matchingStep(encryption.open(account.dataKey, seedSealed, seedContext(id)), { code, at });
      return step === undefined ? [] : { id, step };
    });
    for (const { id, step } of matches) {
      if (await takeStep(tx, { accountId: account.id, id, step, attempt, at })) {
        return { kind: 'proved', authenticatorId: id };
      }
    }
    return { kind: matches.length === 0 ? 'wrong-code' : 'used-before' };
  }

  function seedOffered({ id, dataKey }: SeedOwner, sealed: string): string | undefined {
    const content = opened(() => encryption.open(dataKey, Buffer.from(sealed, 'base64url'), offerContext(id)));
    if (content === undefined) return undefined;
    const { seed, expiresAt }: { readonly seed: string; readonly expiresAt: number } = JSON.parse(content);
    return clock.now().getTime() < expiresAt ? seed : undefined;
  }

  return {
    offer,
    reopen,
    enrol,
    prove,
    list: listTotpAuthenticators,
    rename: renameTotpAuthenticator,
    remove: removeTotpAuthenticator,
  };
}

/** A seed as its row keeps it: sealed under its owner's key, and hashed, so that the account knows it again. */
export function restingSeed(
  encryption: Pick<Encryption, 'seal' | 'lookupHash'>,
  {
    account,
    authenticatorId,
    seed,
  }: { readonly account: SeedOwner; readonly authenticatorId: string; readonly seed: string },
): { readonly seedSealed: Buffer; readonly seedHash: LookupHash } {
  return {
    seedSealed: encryption.seal(account.dataKey, seed, seedContext(authenticatorId)),
    seedHash: encryption.lookupHash('totp-seed', seedOfAccount(account, seed)),
  };
}

// The account goes into the hash, so that equal seeds of two people don't look equal.
function seedOfAccount({ id }: SeedOwner, seed: string): string {
  return `${id} ${seed}`;
}

function uriOf(seed: string, { label, issuerName }: NameInApp): string {
  // A colon parts the two in the path, so neither may have one.
  const [issuer, account] = [issuerName, label].map((name) => name.replaceAll(':', ' '));
  return new TOTP({ issuer, label: account, secret: seed, algorithm, digits, period: stepSeconds }).toString();
}

function opened(open: () => string): string | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof AppError && error.code === 'ciphertext-refused') return undefined;
    throw error;
  }
}

function offerContext(accountId: string) {
  return `totp_offer:sealed:${accountId}` as const;
}

function seedContext(authenticatorId: string) {
  return `totp_authenticator:seed_sealed:${authenticatorId}` as const;
}

import { type OptionsDictionary, type OptionsGraph, ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { normalizePassword } from './normalize-password.ts';

/** Code points after NFC; one rule for everybody, whatever second factor they have. */
export const passwordMinCharacters = 15;

/** Why a password can't be chosen; each is a locale key told to the person. */
export type PasswordRefusal =
  | 'too-short'
  | 'too-long'
  | 'common'
  | 'service-name'
  | 'part-of-email'
  | 'repetition'
  | 'sequence'
  | 'date';

export type PasswordJudgement =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reasons: readonly [PasswordRefusal, ...PasswordRefusal[]] };

/** Judges a password somebody wants to set. Never throws; tells every reason at once. */
export type PasswordPolicy = (password: string, about: { readonly email: string | undefined }) => PasswordJudgement;

export type PasswordPolicyOptions = {
  /** What this deployment is called, in each language. */
  readonly serviceNames: readonly string[];
  /** Common passwords and words by name of list, most frequent first. */
  readonly commonWords: Readonly<Record<string, readonly string[]>>;
  /** Neighbouring keys, as zxcvbn describes keyboards. */
  readonly keyboards: OptionsGraph;
};

type Match = ZxcvbnResult['sequence'][number];

// Fifteen characters that a guesser reaches in fewer tries than this are fifteen characters of a known pattern.
const guessesTooFew = 1e11;
// A name inside an e-mail address shorter than this is part of too many words to mean anything.
const meaningfulLength = 3;
// zxcvbn looks at this much; a password that is longer and weak up to here is weak by repetition or list anyway.
const inspectedCodeUnits = 256;

/**
 * At least {@link passwordMinCharacters} characters, at most 1,024 bytes, not guessable from lists, patterns, the
 * service's name or the person's address. No composition rules. @see SP 800-63B-4 §3.1.1.2
 */
export function createPasswordPolicy({ serviceNames, commonWords, keyboards }: PasswordPolicyOptions): PasswordPolicy {
  const services = serviceNames.flatMap(spellingsOf);
  const dictionary: OptionsDictionary = Object.fromEntries(
    Object.entries(commonWords).map(([name, words]) => [name, [...words]]),
  );
  const estimator = new ZxcvbnFactory({ dictionary, graphs: keyboards, maxLength: inspectedCodeUnits });

  return (password, { email }) => {
    const normalized = normalizePassword(password);
    if (normalized === undefined) return { kind: 'refused', reasons: ['too-long'] };
    const addressParts = email === undefined ? [] : partsOf(email);
    const guessable = reasonsGuessable(estimator.check(normalized, [...services, ...addressParts]), {
      services,
      addressParts,
    });
    const [first, ...others] = [
      ...([...normalized].length < passwordMinCharacters ? (['too-short'] as const) : []),
      ...guessable,
    ];
    return first === undefined ? { kind: 'accepted' } : { kind: 'refused', reasons: [first, ...others] };
  };
}

function reasonsGuessable(
  result: ZxcvbnResult,
  known: { readonly services: readonly string[]; readonly addressParts: readonly string[] },
): readonly PasswordRefusal[] {
  if (result.guesses >= guessesTooFew) return [];
  const reasons = new Set(result.sequence.flatMap((match) => reasonsOf(match, known)));
  // Guessable without a pattern means short, and that is told by its own reason.
  return [...reasons];
}

function reasonsOf(
  match: Match,
  { services, addressParts }: { readonly services: readonly string[]; readonly addressParts: readonly string[] },
): readonly PasswordRefusal[] {
  const word = 'matchedWord' in match ? String(match['matchedWord']) : '';
  switch (match.pattern) {
    case 'dictionary':
      if (services.includes(word)) return ['service-name'];
      return addressParts.includes(word) ? ['part-of-email'] : ['common'];
    case 'repeat': {
      const base = String('baseToken' in match ? match['baseToken'] : '').toLowerCase();
      if (services.includes(base)) return ['repetition', 'service-name'];
      return addressParts.includes(base) ? ['repetition', 'part-of-email'] : ['repetition'];
    }
    case 'sequence':
    case 'spatial':
    case 'wordSequence':
      return ['sequence'];
    case 'date':
    case 'regex':
      return ['date'];
    default:
      return [];
  }
}

/** The whole address, what stands before the @, the domain's labels, and the words inside them. */
function partsOf(email: string): readonly string[] {
  const [local = '', domain = ''] = email.split('@');
  const words = `${local}.${domain}`.split(/[.+_-]/);
  return [email, local, local.replace(/[.+_-]/g, ''), domain, ...words].flatMap(spellingsOf);
}

/** As people type a name into a password: lower case, with and without marks and spaces. */
function spellingsOf(name: string): readonly string[] {
  const lower = name.normalize('NFC').toLowerCase();
  // NFD leaves đ alone.
  const plain = lower.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');
  return [...new Set([lower, plain, lower.replaceAll(' ', ''), plain.replaceAll(' ', '')])].filter(
    (spelling) => spelling.length >= meaningfulLength,
  );
}

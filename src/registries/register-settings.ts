import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '../platform/operator-error.ts';

const maxRegisters = 50;
const setting = 'DINHDANH_REGISTERS_FILE';

const isHere = ({ hostname }: URL): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
// In clear only to this machine: there is nothing on the way that could listen.
const address = z
  .url()
  .transform((text) => new URL(text))
  .refine((url) => url.protocol === 'https:' || (url.protocol === 'http:' && isHere(url)), 'an https address')
  .refine(
    ({ search, hash, username, password }) => search + hash + username + password === '',
    'an address without query, fragment or password',
  );
// It goes into a header.
const secret = z.string().regex(/^[\x21-\x7e]{1,1000}$/, 'printable ASCII without spaces');
const key = z.string().regex(/^[a-z0-9-]{1,32}$/, '1 to 32 of a–z, 0–9 and -');
const seconds = (most: number) => z.int().min(0).max(most);

const aMonth = 31 * 86_400;

const everyRegister = (defaults: { readonly key: string; readonly baseUrl?: string; readonly perSecond: number }) => ({
  key: key.default(defaults.key),
  base_url: defaults.baseUrl === undefined ? address : address.default(new URL(defaults.baseUrl)),
  requests_per_second: z.number().min(0.01).max(1000).default(defaults.perSecond),
  fresh_for_seconds: seconds(86_400).default(3600),
  keep_for_seconds: seconds(aMonth).default(7 * 86_400),
});

const registerForm = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('fr-recherche-entreprises'),
    ...everyRegister({
      key: 'fr-recherche-entreprises',
      baseUrl: 'https://recherche-entreprises.api.gouv.fr',
      perSecond: 7,
    }),
  }),
  z.strictObject({
    type: z.literal('fr-sirene'),
    ...everyRegister({ key: 'fr-sirene', baseUrl: 'https://api.insee.fr/api-sirene/3.11', perSecond: 0.5 }),
    api_key: secret,
  }),
  z.strictObject({
    type: z.literal('fr-rne'),
    ...everyRegister({ key: 'fr-rne', baseUrl: 'https://registre-national-entreprises.inpi.fr', perSecond: 2 }),
    username: z.string().min(1).max(200),
    password: z.string().min(1).max(1000),
  }),
  z.strictObject({
    type: z.literal('gleif'),
    ...everyRegister({ key: 'gleif', baseUrl: 'https://api.gleif.org/api/v1', perSecond: 1 }),
  }),
  z.strictObject({
    type: z.literal('sandbox'),
    ...everyRegister({ key: 'sandbox', perSecond: 20 }),
    // A deployment reaches nothing on its own machine, so no mandate of a real one rests on what is made up.
    base_url: address.refine(isHere, 'a pretend register is on this machine'),
  }),
]);

/** A register as the operator configured it, defaults filled in. */
export type ConfiguredRegister = z.output<typeof registerForm>;

const registersForm = z
  .array(registerForm)
  .max(maxRegisters)
  .refine((forms) => new Set(forms.map((form) => form.key)).size === forms.length, 'two registers have the same key')
  .readonly();

/**
 * Reads the business registers, in the order in which they are asked. @param text a JSON array
 * @throws OperatorError `registers-refused`, one sentence with every fault, quoting no value
 * @see docs/settings.md
 */
export function readRegisters(text: string): readonly ConfiguredRegister[] {
  const parsed = registersForm.safeParse(decodedJson(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw refused(`doesn't fit: ${[...new Set(faults)].join('; ')}`);
}

/** The same from the file of `DINHDANH_REGISTERS_FILE`, which holds secrets. @throws OperatorError `registers-refused` */
export function loadRegisters({ file }: { readonly file: string }): readonly ConfiguredRegister[] {
  return readRegisters(textOf(file));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OperatorError('registers-refused', `The file of ${setting} can't be read: ${path}.`, { cause });
  }
}

function decodedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without its cause, which would quote the text.
    throw refused('is no JSON');
  }
}

function refused(fault: string): OperatorError<'registers-refused'> {
  return new OperatorError('registers-refused', `The file of ${setting} ${fault}.`);
}

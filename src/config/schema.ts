import { z } from 'zod';
import { type Accents, isReadable, readColour } from '../http/accent-colour.ts';

const keyBytes = 32;

/** `id:base64,id:base64`: the first is current, the others still open or find what was made with them. */
const keyRing = z
  .string()
  .transform((text, context) =>
    text.split(',').map((entry) => {
      const [id = '', encoded = ''] = entry.trim().split(':', 2);
      const key = Buffer.from(encoded, 'base64');
      if (!/^[a-z0-9-]{1,32}$/.test(id)) context.addIssue({ code: 'custom', message: 'a key needs an id: id:base64' });
      if (key.length !== keyBytes) context.addIssue({ code: 'custom', message: `a key has ${keyBytes} bytes` });
      return { id, key };
    }),
  )
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'two keys have the same id');

const issuer = z
  .url()
  .transform((text) => new URL(text))
  .refine(
    ({ pathname, search, hash }) => pathname === '/' && search === '' && hash === '',
    'an origin, without a path',
  );

const contact = z.string().regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'mailto:somebody@… or https://…');

const accent = (theme: keyof Accents) =>
  z.string().transform((text, context) => {
    const colour = readColour(text);
    const fault = colour === undefined ? 'a colour like #8a1f4d' : `too little contrast for ${theme} pages (WCAG AA)`;
    if (colour && isReadable(colour, theme)) return colour;
    context.addIssue({ code: 'custom', message: fault });
    return z.NEVER;
  });

const count = (fallback: number, { least, most }: { readonly least: number; readonly most: number }) =>
  z.coerce.number().int().min(least).max(most).default(fallback);

/**
 * Every setting: its variable, type, unit and default. One without a default is required in production; the demo makes
 * its own. @see docs/settings.md
 */
export const settingsSchema = z.object({
  /** The issuer identifier: the one public origin. Fixed at first start. @see OIDC Core §2 */
  DINHDANH_ISSUER: issuer,
  /** The domain passkeys are bound to: the issuer's host name, or a parent domain. Fixed at first start. */
  DINHDANH_WEBAUTHN_RP_ID: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'a domain in lower case')
    .optional(),
  /** A signed list of authenticator models, and who may sign it (PEM). @see FIDO Metadata Service v3.0 */
  DINHDANH_WEBAUTHN_METADATA_FILE: z.string().optional(),
  DINHDANH_WEBAUTHN_METADATA_ROOTS: z.string().optional(),
  /** The upstream eIDs, as JSON; the file holds their client secrets. */
  DINHDANH_EIDS_FILE: z.string().optional(),
  /** The business registers, as JSON; the file holds our keys to them. */
  DINHDANH_REGISTERS_FILE: z.string().optional(),
  /** Where the server listens; TLS ends at the proxy in front of it. */
  DINHDANH_HOST: z.string().default('127.0.0.1'),
  DINHDANH_PORT: count(4000, { least: 0, most: 65_535 }),
  /** Where metrics and health are read; never a public address. */
  DINHDANH_OPERATIONS_HOST: z.string().default('127.0.0.1'),
  DINHDANH_OPERATIONS_PORT: count(4009, { least: 0, most: 65_535 }),
  /** Between "not ready" and closing, so that load balancers hear of it. */
  DINHDANH_DRAIN_SECONDS: count(5, { least: 0, most: 60 }),
  /** Proxies in front that set X-Forwarded-For and X-Forwarded-Proto; 0 believes nobody. */
  DINHDANH_TRUSTED_PROXIES: count(0, { least: 0, most: 5 }),
  /** `postgres://user:password@host[,host]/database` */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'an address that begins with postgres://'),
  DINHDANH_DATABASE_CONNECTIONS: count(16, { least: 4, most: 200 }),
  /** Wrap every account's data key and seal signing keys. */
  DINHDANH_KEY_ENCRYPTION_KEYS: keyRing,
  /** Find encrypted identifiers. */
  DINHDANH_LOOKUP_KEYS: keyRing,
  /** Derive the pairwise subjects. The first one's id is fixed at first start. */
  DINHDANH_SUBJECT_KEYS: keyRing,
  /** Mixed into every password hash. */
  DINHDANH_PEPPERS: keyRing,
  /** Sign cookies, forms and nonces, shared by all instances. */
  DINHDANH_COOKIE_KEYS: keyRing,
  /** `smtp://user:password@host:587` or `smtps://…` */
  DINHDANH_SMTP_URL: z.string().regex(/^smtps?:\/\//, 'an address that begins with smtp:// or smtps://'),
  DINHDANH_MAIL_FROM: z.email(),
  /** What people read at the top of every page. */
  DINHDANH_NAME: z.string().min(1).max(60).default('Định Danh'),
  /** Links and buttons, on light pages and on dark ones: hexadecimal, and in contrast to them. @see WCAG 2.2 §1.4.3 */
  DINHDANH_ACCENT_LIGHT: accent('light').optional(),
  DINHDANH_ACCENT_DARK: accent('dark').optional(),
  /** What stands beside the name: an SVG or PNG file. */
  DINHDANH_LOGO_FILE: z
    .string()
    .regex(/\.(svg|png)$/i, 'an SVG or PNG file')
    .optional(),
  DINHDANH_HELP_URL: z.url({ protocol: /^https$/ }).optional(),
  DINHDANH_HELP_EMAIL: z.email().optional(),
  /** Whom a finder of a fault writes to, in security.txt. @see RFC 9116 §2.5.3 */
  DINHDANH_SECURITY_CONTACT: contact.optional(),
  /** Password checks that wait while others run (a core less than there are, at most two); more get "busy, try again". */
  DINHDANH_PASSWORD_QUEUE: count(64, { least: 1, most: 1000 }),
  DINHDANH_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Settings = z.output<typeof settingsSchema>;

/** The domain passkeys are bound to. @see WebAuthn Level 3 §5.1.2 */
export function relyingPartyId({ DINHDANH_ISSUER, DINHDANH_WEBAUTHN_RP_ID }: Settings): string {
  return DINHDANH_WEBAUTHN_RP_ID ?? DINHDANH_ISSUER.hostname;
}

/** The settings that hold keys. */
export const keyRings = [
  'DINHDANH_KEY_ENCRYPTION_KEYS',
  'DINHDANH_LOOKUP_KEYS',
  'DINHDANH_SUBJECT_KEYS',
  'DINHDANH_PEPPERS',
  'DINHDANH_COOKIE_KEYS',
] as const satisfies readonly (keyof Settings)[];

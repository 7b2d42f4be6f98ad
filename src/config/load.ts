import { keyRings, relyingPartyId, type Settings, settingsSchema } from './schema.ts';

/** Settings that don't fit, told all at once. */
export class SettingsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings don't fit:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nSee docs/settings.md.`);
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/** Keys of the demo carry this in their id; nothing in production may. */
export const demoKeyPrefix = 'demo';

/** What fits no browser, wherever it runs. */
function webauthnFaults(settings: Settings): readonly string[] {
  const faults: string[] = [];
  const { hostname } = settings.DINHDANH_ISSUER;
  const domain = relyingPartyId(settings);
  // A browser refuses a domain that is open to everybody ("vn"); of those with a dot it knows the list and we don't.
  const isParent = !/^[\d.]+$|^\[/.test(hostname) && domain.includes('.') && hostname.endsWith(`.${domain}`);
  if (domain !== hostname && !isParent) {
    faults.push("DINHDANH_WEBAUTHN_RP_ID: the issuer's host name, or a parent domain of it");
  }
  const { DINHDANH_WEBAUTHN_METADATA_FILE: file, DINHDANH_WEBAUTHN_METADATA_ROOTS: roots } = settings;
  if ((file === undefined) !== (roots === undefined)) {
    faults.push('DINHDANH_WEBAUTHN_METADATA_FILE: only together with DINHDANH_WEBAUTHN_METADATA_ROOTS');
  }
  return faults;
}

/** Both themes or none: one alone would leave the other with a colour it was never seen beside. */
function lookFaults(settings: Settings): readonly string[] {
  const { DINHDANH_ACCENT_LIGHT: light, DINHDANH_ACCENT_DARK: dark } = settings;
  return (light === undefined) === (dark === undefined)
    ? []
    : ['DINHDANH_ACCENT_LIGHT: only together with DINHDANH_ACCENT_DARK'];
}

/** What fits a demo and never a government's server. */
function productionFaults(settings: Settings): readonly string[] {
  const faults: string[] = [];
  const { DINHDANH_ISSUER: issuer } = settings;
  if (issuer.protocol !== 'https:') faults.push('DINHDANH_ISSUER: production needs https');
  if (/^(localhost|127\.|\[::1\])/.test(issuer.hostname))
    faults.push('DINHDANH_ISSUER: not an address of this machine');
  const seen = new Map<string, string>();
  for (const name of keyRings) {
    for (const { id, key } of settings[name]) {
      if (id.startsWith(demoKeyPrefix)) faults.push(`${name}: ${id} is a key of the demo`);
      if (new Set(key).size < 8) faults.push(`${name}: ${id} is not random`);
      const earlier = seen.get(key.toString('hex'));
      if (earlier !== undefined && earlier !== name) faults.push(`${name}: ${id} is also used as one of ${earlier}`);
      seen.set(key.toString('hex'), name);
    }
  }
  return faults;
}

/**
 * The settings of this process, checked whole. @throws SettingsError that names every fault and quotes no value
 */
export function loadSettings(
  environment: Readonly<Record<string, string | undefined>>,
  { production }: { readonly production: boolean },
): Settings {
  // An example file's line without a value says nothing.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = path.join('.');
      return given[name] === undefined ? `${name}: missing` : `${name}: ${message}`;
    });
    throw new SettingsError([...new Set(faults)]);
  }
  const faults = [
    ...webauthnFaults(parsed.data),
    ...lookFaults(parsed.data),
    ...(production ? productionFaults(parsed.data) : []),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
  return parsed.data;
}

export function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

/** The only reader of the process's environment. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

export type RegisteredUriRules = {
  /** Where plain http to one's own machine is allowed. */
  readonly loopback: 'never' | 'address' | 'address-or-name';
};

const maxLength = 512;
const loopbackAddresses = new Set(['127.0.0.1', '[::1]']);
// What the authorization response adds: a registered copy would stand beside it. RFC 6749 §4.1.2; RFC 9207.
const responseParameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response', 'id_token'];

/**
 * Whether the text is, character for character, the URI that a browser will request: https to a public DNS name, or
 * http to a loopback as the rules allow. No user, fragment, wildcard, IP address, or other spelling of any of them.
 * @see RFC 9700 §2.1; RFC 8252 §7.3
 */
export function isRegistrableUri(text: string, { loopback }: RegisteredUriRules): boolean {
  if (text.length > maxLength || !/^[\x21-\x7e]+$/.test(text) || /[#*\\]|%[01]|%7f/i.test(text)) return false;
  const uri = URL.parse(text);
  if (uri?.username !== '' || uri.password !== '') return false;
  // One spelling only: no upper-case host, default port, dot segment, decimal or hexadecimal address, unicode host.
  if (uri.href !== text && uri.href !== `${text}/`) return false;
  if (uri.protocol === 'https:') return isPublicName(uri.hostname);
  return uri.protocol === 'http:' && isAllowedLoopback(uri.hostname, loopback);
}

/** As `isRegistrableUri`, and no query parameter that the answer itself carries. */
export function isRegistrableRedirectUri(text: string, rules: RegisteredUriRules): boolean {
  if (!isRegistrableUri(text, rules)) return false;
  const { searchParams } = new URL(text);
  return !responseParameters.some((name) => searchParams.has(name));
}

function isAllowedLoopback(hostname: string, loopback: RegisteredUriRules['loopback']): boolean {
  if (loopback === 'never') return false;
  return loopbackAddresses.has(hostname) || (loopback === 'address-or-name' && hostname === 'localhost');
}

// An address has no letter at the start of its last label, or isn't made of labels.
function isPublicName(hostname: string): boolean {
  const labels = hostname.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length < 2 || last === 'localhost') return false;
  return labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label)) && /^[a-z]/.test(last);
}

import { domainToASCII } from 'node:url';

/** An e-mail address a person typed: `display` as they spell it (mail goes there), `lookup` as it is compared. */
export type EmailAddress = { readonly display: string; readonly lookup: string };

// RFC 5321 §4.5.3.1: a path of 256 octets with its brackets, a local part of 64.
const addressMaxOctets = 254;
const localPartMaxOctets = 64;

// RFC 5321 §4.1.2 dot-string with RFC 6531 §3.3 letters. Quoted local parts are legal and in practice always a mistake.
const localPart = /^[\w!#$%&'*+\-/=?^`{|}~\u{a1}-\u{10ffff}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u{a1}-\u{10ffff}]+)*$/u;
const domainTyped = /^[a-z\d\-.\u{a1}-\u{10ffff}]+$/iu;
const domainLabel = /^(?!-)[a-z\d-]{1,63}(?<!-)$/;
// Invisible and direction-changing characters make two addresses look like one.
const misleading = /[\p{C}\p{Z}]/u;

/**
 * Reads a typed address: trimmed, NFC, checked for form and length. Compared without case and with an ASCII domain, so
 * that every spelling of an internationalised domain is one address. @returns undefined for what is not an address.
 * @see RFC 5321 §4.1.2; RFC 6531; UTS #46
 */
export function parseEmailAddress(typed: string): EmailAddress | undefined {
  const display = typed.trim().normalize('NFC');
  const at = display.lastIndexOf('@');
  const local = display.slice(0, at);
  const domain = display.slice(at + 1);
  if (at < 1 || Buffer.byteLength(display) > addressMaxOctets || Buffer.byteLength(local) > localPartMaxOctets) {
    return undefined;
  }
  if (misleading.test(display) || !localPart.test(local) || !domainTyped.test(domain)) {
    return undefined;
  }
  const asciiDomain = domainToASCII(domain);
  return isMailDomain(asciiDomain)
    ? { display, lookup: `${local.toLowerCase().normalize('NFC')}@${asciiDomain}` }
    : undefined;
}

/** `l•••@example.org`: enough for its owner to recognise, too little to learn it from. */
export function maskEmailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return `${first}•••${address.slice(at)}`;
}

function isMailDomain(ascii: string): boolean {
  const labels = ascii.split('.');
  const topLevel = labels.at(-1) ?? '';
  // A number as top level would be an IP address.
  return (
    ascii.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/^\d+$/.test(topLevel)
  );
}

import { X509Certificate } from 'node:crypto';

const longestPath = 8;

/** Every certificate in a text of PEM blocks. @throws where a block is no certificate */
export function certificatesOfPem(text: string): readonly X509Certificate[] {
  return Array.from(
    text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g),
    ([block]) => new X509Certificate(block),
  );
}

/** The certificates of an `x5c`, leaf first; undefined where one can't be read. */
export function certificatesOfDer(encoded: readonly Uint8Array[]): readonly X509Certificate[] | undefined {
  try {
    return encoded.map((der) => new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/**
 * Whether each certificate of the path is issued by the next, the last one is or is issued by a trusted one, and all of
 * them are valid at that time. Asks no network, so it knows of no revocation list.
 * @param path leaf first @see RFC 5280 §6.1
 */
export function leadsToTrusted(
  path: readonly X509Certificate[],
  { trusted, at }: { readonly trusted: readonly X509Certificate[]; readonly at: Date },
): boolean {
  const last = path.at(-1);
  if (last === undefined || path.length > longestPath) return false;
  const linked = path.every((one, index) => {
    const issuer = path[index + 1];
    return isValid(one, at) && (issuer === undefined || isIssuedBy(one, issuer));
  });
  return (
    linked && trusted.some((anchor) => isValid(anchor, at) && (anchor.raw.equals(last.raw) || isIssuedBy(last, anchor)))
  );
}

function isValid({ validFromDate, validToDate }: X509Certificate, at: Date): boolean {
  return validFromDate <= at && at <= validToDate;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

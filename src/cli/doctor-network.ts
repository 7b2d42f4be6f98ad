import { connect } from 'node:tls';
import type { Settings } from '../config/schema.ts';
import { AppError } from '../platform/app-error.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { checkMailServer } from '../platform/mailer.ts';
import { resolveHost } from '../platform/resolve-host.ts';
import { smtpServerOf } from '../platform/smtp-url.ts';
import { type Finding, findingsAbout } from './doctor-finding.ts';

const deadlineMs = 5_000;
const renewBeforeDays = 14;
const dayMs = 24 * 3600 * 1000;

/** The mail server takes us, over TLS. */
export async function checkMail({ DINHDANH_SMTP_URL: url }: Settings): Promise<readonly Finding[]> {
  const { ok, warn, fail } = findingsAbout('mail');
  const server = smtpServerOf(url);
  const fault = await checkMailServer(server, deadlineMs);
  if (fault !== undefined)
    return [fail(`${server.host}:${server.port} doesn't take us (${fault}): correct DINHDANH_SMTP_URL`)];
  const secured = server.secure || server.requireTls;
  return [
    secured
      ? ok('the server takes us')
      : warn('the server takes us, but nothing insists on TLS: use smtps:// or a password'),
  ];
}

/** The issuer's name leads somewhere. */
export async function checkNames({ DINHDANH_ISSUER: { hostname } }: Settings): Promise<readonly Finding[]> {
  const { ok, fail } = findingsAbout('dns');
  const addresses = await resolveHost(hostname).catch(() => []);
  return addresses.length > 0
    ? [ok(`${hostname} is ${addresses.join(', ')}`)]
    : [fail(`${hostname} has no address: add it to the DNS, or correct DINHDANH_ISSUER`)];
}

/** What a certificate that ends then means today. */
export function judgeCertificate(validTo: Date, { now }: Clock): Finding {
  const { ok, warn, fail } = findingsAbout('certificate');
  const days = Math.floor((validTo.getTime() - now().getTime()) / dayMs);
  if (days < 0) return fail('it has expired: renew it at the proxy');
  return days < renewBeforeDays
    ? warn(`it ends in ${days} days: renew it at the proxy`)
    : ok(`it is good for ${days} days`);
}

/** The certificate that browsers see at the issuer's address. */
export function checkCertificate({ DINHDANH_ISSUER: issuer }: Settings): Promise<readonly Finding[]> {
  const { fail, warn } = findingsAbout('certificate');
  if (issuer.protocol !== 'https:') return Promise.resolve([warn('the issuer is not https')]);
  return new Promise((resolve) => {
    const socket = connect({ host: issuer.hostname, port: Number(issuer.port || 443), servername: issuer.hostname });
    const end = (finding: Finding): void => {
      socket.destroy();
      resolve([finding]);
    };
    socket.setTimeout(deadlineMs, () => end(fail(`${issuer.host} is silent: see that the proxy listens there`)));
    socket.once('error', (fault: NodeJS.ErrnoException) =>
      end(
        fail(`no trusted TLS at ${issuer.host} (${fault.code ?? 'unknown'}): see the proxy and its certificate chain`),
      ),
    );
    socket.once('secureConnect', () =>
      end(judgeCertificate(new Date(socket.getPeerCertificate().valid_to), systemClock)),
    );
  });
}

/** What portals read first, from outside and through the proxy. */
export async function checkDiscovery({ DINHDANH_ISSUER: issuer }: Settings): Promise<readonly Finding[]> {
  const { ok, warn, fail } = findingsAbout('discovery');
  const httpClient = createHttpClient({ userAgent: 'dinhdanh doctor', morePorts: [Number(issuer.port || 443)] });
  try {
    const response = await httpClient.fetch(new URL('/.well-known/openid-configuration', issuer));
    if (response.status === 421) {
      return [fail('421: the proxy must pass on Host and X-Forwarded-Proto, and DINHDANH_TRUSTED_PROXIES count it')];
    }
    if (response.status !== 200) return [fail(`${response.status}: see that the proxy reaches the server`)];
    const { issuer: named } = (await response.json()) as { readonly issuer?: unknown };
    return [
      named === issuer.origin
        ? ok(`names ${issuer.origin}`)
        : fail('names another issuer: something else answers there'),
    ];
  } catch (fault) {
    const code = fault instanceof AppError ? fault.code : 'not JSON';
    return code === 'egress-address-refused'
      ? [warn('not looked at: from here the issuer has an internal address')]
      : [fail(`no answer (${code}): start the server, or see the proxy`)];
  } finally {
    await httpClient.close();
  }
}

import { Resolver } from 'node:dns/promises';

/** Every address of a host name, IPv4 first. Empty when it has none; rejects when nobody could say. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

const loopback = ['127.0.0.1', '::1'] as const;

/**
 * Asks the configured name servers. It doesn't go through the operating system's resolver: that one blocks a thread
 * which password hashing and signatures need, follows search domains, and can't be given a time limit.
 */
export const resolveHost: ResolveHost = async (hostname) => {
  // RFC 6761 §6.3: these names are loopback, and nobody else is to be asked.
  if (/(^|\.)localhost\.?$/.test(hostname)) return loopback;
  const resolver = new Resolver({ timeout: 700, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  // One family failing is common and harmless: only the addresses returned here are ever connected to.
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length === 0)
    throw new AggregateError(answers.flatMap((answer) => ('reason' in answer ? [answer.reason] : [])));
  return addresses;
};

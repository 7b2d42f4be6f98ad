import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// What is public is named, rather than what isn't: an unlisted range of the future is then refused.
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const protocolAssignments = ipaddr.IPv6.parseCIDR('2001::/23');

/**
 * Whether an IP address belongs to somebody on the public internet. False for everything special: loopback, private,
 * link-local, shared (CGNAT), multicast, documentation, and IPv6 that carries an IPv4 address (mapped, NAT64, 6to4,
 * Teredo); false for anything that isn't an address in its usual notation, a zone included.
 * @see RFC 6890; IANA special-purpose address registries
 */
export function isPublicAddress(address: string): boolean {
  if (!isPlainAddress(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return true;
  return parsed.match(globalUnicast) && !parsed.match(protocolAssignments);
}

/** Whether an IP address is this machine's own, 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: string): boolean {
  return isPlainAddress(address) && ipaddr.parse(address).range() === 'loopback';
}

function isPlainAddress(address: string): boolean {
  return isIP(address) !== 0 && !address.includes('%');
}

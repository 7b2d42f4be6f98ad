import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/**
 * UUIDv7: 48 bits of milliseconds, then 74 random bits. Rows made together lie together in an index; what people or
 * portals see is never one of these.
 * @see RFC 9562 §5.7
 */
export function newUuid(clock: Clock): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(clock.now().getTime(), 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

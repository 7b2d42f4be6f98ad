import type { ErrorPageCode } from '../../src/http/pages.ts';

/** Every way a request can end without its page. */
export const errorCodes: readonly ErrorPageCode[] = [
  'not-found',
  'expired',
  'wrong-browser',
  'link-over',
  'forbidden',
  'too-many-requests',
  'overloaded',
  'request-invalid',
  'client-unknown',
  'method-not-allowed',
  'payload-too-large',
  'unavailable',
  'internal',
];

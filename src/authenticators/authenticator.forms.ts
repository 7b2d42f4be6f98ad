import { z } from 'zod';

/** What a person calls an authenticator: 1 to 60 characters that neither end a line nor turn the reading direction. */
export const authenticatorName = z
  .string()
  .transform((typed) => typed.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1)
      .max(60)
      .regex(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u),
  );

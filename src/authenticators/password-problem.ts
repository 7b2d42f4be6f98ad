import type { FormProblem } from '../http/form-problem.ts';
import { AppError } from '../platform/app-error.ts';
import { type PasswordRefusal, passwordMinCharacters } from './password-policy.ts';

export type NewPasswordProblem = Extract<
  FormProblem,
  {
    readonly kind:
      | 'password-too-short'
      | 'password-too-long'
      | 'password-common'
      | 'password-predictable'
      | 'password-like-email'
      | 'password-like-service';
  }
>;

/** What a page says of a refused password: of several reasons the first, so that there is one thing to do next. */
export function newPasswordProblem([reason]: readonly string[]): NewPasswordProblem {
  switch (reason as PasswordRefusal) {
    case 'too-short':
      return { kind: 'password-too-short', minimumLength: passwordMinCharacters };
    case 'too-long':
      return { kind: 'password-too-long' };
    case 'common':
      return { kind: 'password-common' };
    case 'service-name':
      return { kind: 'password-like-service' };
    case 'part-of-email':
      return { kind: 'password-like-email' };
    case 'repetition':
    case 'sequence':
    case 'date':
      return { kind: 'password-predictable' };
  }
}

/** Runs `work`; where no more passwords can be hashed at the moment, that is its outcome. */
export async function unlessOverloaded<T>(
  work: () => Promise<T>,
): Promise<T | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'hashing-overloaded') throw error;
    return { kind: 'overloaded', retryAfterSeconds: Number(error.publicDetails['retryAfterSeconds']) };
  }
}

import { AppError } from '../platform/app-error.ts';

/** A policy sends the caller elsewhere first, to come back then: thrown, as any refusal. */
export class SeeOther extends AppError<'see-other'> {
  readonly location: string;

  /** @param location of our own origin */
  constructor(location: string) {
    super('see-other');
    this.location = location;
  }
}

import { AppError, type PublicDetails } from './app-error.ts';

/**
 * A fault that only operators meet, on a terminal and before there are pages or locales: unlike others its `message`
 * is one sentence that says what to do. It holds nothing secret.
 */
export class OperatorError<Code extends string = string> extends AppError<Code> {
  constructor(
    code: Code,
    sentence: string,
    options: { readonly publicDetails?: PublicDetails; readonly cause?: unknown } = {},
  ) {
    super(code, options);
    this.name = 'OperatorError';
    this.message = sentence;
  }
}

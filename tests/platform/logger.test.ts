import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../src/platform/app-error.ts';
import { createLogger, type LogFields, type LogLevel } from '../../src/platform/logger.ts';

function recorded(level: LogLevel = 'debug') {
  const written: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => void written.push(line) } });
  return { logger, written, lines: () => written.map((line) => JSON.parse(line)) };
}

/** What is logged of an error, as text and as value. */
function logged(error: unknown) {
  const { logger, written, lines } = recorded();
  logger.error('failed', { error });
  return { text: written.join(''), error: lines()[0].error };
}

describe('a log line', () => {
  it('holds time, level, message and the fields of the request', () => {
    const { logger, lines } = recorded();
    logger.child({ requestId: 'r-1', referenceId: '7K3M9QWX2B' }).info('request served', { route: '/me', status: 200 });
    expect(lines()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        level: 'info',
        msg: 'request served',
        requestId: 'r-1',
        referenceId: '7K3M9QWX2B',
        route: '/me',
        status: 200,
      },
    ]);
  });

  it('leaves out what is below the level', () => {
    const { logger, lines } = recorded('warn');
    logger.info('quiet');
    logger.warn('loud');
    expect(lines()).toEqual([expect.objectContaining({ msg: 'loud' })]);
  });

  it('drops fields that the type does not name, and values that are not scalars', () => {
    const { logger, written } = recorded();
    const smuggled = { password: 'hunter22', status: { toString: () => 'hunter22' } } as unknown as LogFields;
    logger.info('signed in', smuggled);
    logger.child(smuggled).info('signed in');
    expect(written.join('')).not.toContain('hunter22');
  });

  it('is one line of plain characters, whatever a client sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (sent) => {
        const { logger, written } = recorded();
        logger.info(sent, { clientId: sent, error: new Error(sent) });
        expect(written).toHaveLength(1);
        expect(written[0]).toMatch(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*\n$/u);
      }),
    );
  });

  it.each(['\r\n{"level":"info"}', '\u001b[2J', '\u007f', '\u009b2J', '\u2028', '\u202e', '\u2066'])(
    'shows %j for what it is',
    (mark) => {
      const { logger, written, lines } = recorded();
      logger.info(`a${mark}b`, { clientId: `a${mark}b` });
      expect(written.join('').slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(lines()).toEqual([expect.objectContaining({ clientId: expect.stringMatching(/^a\\u[0-9a-f]{4}.*b$/) })]);
    },
  );

  it('cuts long values', () => {
    const { logger, lines } = recorded();
    logger.info('request served', { clientId: 'x'.repeat(100_000) });
    expect(lines()[0].clientId).toHaveLength(1001);
  });
});

describe('an error in the log', () => {
  it('keeps code, public details, frames and cause of an AppError', () => {
    const fault = new AppError('registry-unavailable', {
      publicDetails: { attempt: 2 },
      cause: new TypeError('socket closed'),
    });
    expect(logged(fault).error).toEqual({
      type: 'AppError',
      code: 'registry-unavailable',
      publicDetails: { attempt: 2 },
      stack: expect.arrayContaining([expect.stringMatching(/^at .*logger\.test/)]),
      causes: [expect.objectContaining({ type: 'TypeError', message: 'socket closed' })],
    });
  });

  it("leaves out PostgreSQL's row values and TypeORM's parameters", () => {
    const driverError = Object.assign(new Error('duplicate key value violates unique constraint "identifier_value"'), {
      code: '23505',
      detail: 'Key (value)=(lan@example.vn) already exists.',
      constraint: 'identifier_value',
      table: 'identifier',
    });
    const failed = Object.assign(new Error(driverError.message), {
      query: 'INSERT INTO identifier VALUES ($1)',
      parameters: ['lan@example.vn'],
      driverError,
    });
    const { text, error } = logged(failed);
    expect(text).not.toContain('lan@example.vn');
    expect(error).toMatchObject({
      code: '23505',
      message: 'duplicate key value violates unique constraint "identifier_value"',
      constraint: 'identifier_value',
      table: 'identifier',
    });
  });

  it('leaves out the value PostgreSQL could not read', () => {
    const failed = Object.assign(new Error('invalid input syntax for type uuid: "079190000001"'), { code: '22P02' });
    expect(logged(failed).text).not.toContain('079190000001');
  });

  it('leaves out the input a parser quotes, in message and stack', () => {
    for (const input of ['{"password":"hunter22" oops}', 'hunter22\n    at hunter22', 'hunter22']) {
      let thrown: unknown;
      try {
        JSON.parse(input);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(Error);
      expect(logged(thrown).text).not.toContain('hunter22');
    }
  });

  it('leaves out the query of a URL', () => {
    const { text } = logged(new Error('GET https://portal.example/cb?code=s3cret failed, then /cb#token=s3cret'));
    expect(text).not.toContain('s3cret');
    expect(text).toContain('https://portal.example/cb');
  });

  it('ends, with errors that cause each other', () => {
    const first = new Error('first');
    const second = new AggregateError([first], 'second', { cause: first });
    first.cause = second;
    expect(logged(first).text).toContain('second');
  });

  it('says nothing of something thrown that is no error', () => {
    expect(logged('hunter22').error).toEqual({ type: 'string' });
  });
});

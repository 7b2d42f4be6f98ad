import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { describeError } from './describe-error.ts';
import { printable } from './printable.ts';

const scalarFields = [
  'requestId',
  'referenceId',
  'method',
  /** The route's template, never the path requested: paths and queries carry codes and handles. */
  'route',
  'status',
  'durationMs',
  'clientId',
  'errorCode',
  'job',
  'jobId',
  'attempt',
  'outcome',
  'count',
  'host',
  'port',
  'version',
] as const;

/**
 * Everything a log line may hold besides its message. There is no field for a person, an address, a token or a request
 * body, and what isn't named here is dropped at run time too.
 */
export type LogFields = {
  readonly [field in (typeof scalarFields)[number]]?: string | number | boolean | undefined;
} & {
  /** Anything thrown; written by `describeError`. */
  readonly error?: unknown;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The message is a constant sentence; what varies goes into the fields. */
export type Logger = {
  readonly [level in Exclude<LogLevel, 'silent'>]: (message: string, fields?: LogFields) => void;
} & {
  /** The same logger with fields on every line: the request id and reference id of one request. */
  readonly child: (fields: LogFields) => Logger;
};

/** JSON lines on standard output, or on the destination given. One call is one line, whatever the values hold. */
export function createLogger(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
  const sink = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination(1),
  );
  return loggerWith({});

  function loggerWith(bound: LogFields): Logger {
    const at =
      (level: Exclude<LogLevel, 'silent'>) =>
      (message: string, fields: LogFields = {}) => {
        if (sink.isLevelEnabled(level)) sink[level](written({ ...bound, ...fields }), printable(message));
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => loggerWith({ ...bound, ...fields }),
    };
  }
}

function written(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const name of scalarFields) {
    const value: unknown = fields[name];
    if (typeof value === 'string') line[name] = printable(value);
    if (typeof value === 'number' || typeof value === 'boolean') line[name] = value;
  }
  if (fields.error !== undefined) line['error'] = describeError(fields.error);
  return line;
}

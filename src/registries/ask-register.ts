import type { z } from 'zod';
import type { RegisterAnswer } from './legal-entity.ts';
import type { RegisterLine, RegisterReply } from './register-line.ts';

/** What one answer says, before it is known how old it is. */
export type Reading<Value> =
  | { readonly kind: 'found'; readonly value: Value; readonly asOf?: Date | undefined }
  | { readonly kind: 'not-found' | 'masked'; readonly asOf?: Date | undefined };

/** How a connector reads what came with a status; a status without a reader is an outage. */
export type Readers<Value> = Partial<Record<200 | 403 | 404, (json: unknown) => Reading<Value> | undefined>>;

/**
 * Reads a reply. A reader that returns undefined didn't find the shape it knows, which is an outage too: it is never
 * read as "no".
 */
export function answerOf<Value>(
  reply: RegisterReply,
  { source, line, readers }: { readonly source: string; readonly line: RegisterLine; readonly readers: Readers<Value> },
): RegisterAnswer<Value> {
  const unavailable = { kind: 'unavailable', source } as const;
  if (reply.kind === 'unavailable') return unavailable;
  const reader = reply.status === 401 ? undefined : readers[reply.status];
  if (!reader) {
    line.complain(reply.status === 404 ? 'another-shape' : 'credentials-refused');
    return unavailable;
  }
  const reading = reader(reply.json);
  if (!reading) {
    line.complain('another-shape');
    return unavailable;
  }
  const { asOf, ...said } = reading;
  return { ...said, source, asOf: believable(asOf, reply.answeredAt), responseHash: reply.responseHash };
}

/** A reader of one shape. */
export function reading<Form extends z.ZodType, Value>(
  form: Form,
  read: (body: z.output<Form>) => Reading<Value> | undefined,
): (json: unknown) => Reading<Value> | undefined {
  return (json) => {
    const parsed = form.safeParse(json);
    return parsed.success ? read(parsed.data) : undefined;
  };
}

// A register's clock may be ahead of ours, its date no date.
function believable(asOf: Date | undefined, answeredAt: Date): Date {
  return asOf === undefined || Number.isNaN(asOf.getTime()) || asOf > answeredAt ? answeredAt : asOf;
}

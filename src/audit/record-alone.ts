import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { AuditLog, EventValues, RecordAlone } from './audit-log.ts';

// The id was made before: an event whose answer was lost is not recorded twice.
const insertEvents = `
  INSERT INTO audit_event (id, occurred_at, kind, version, actor, about_account_id, principal, client_id, reference_id,
    details, personal_sealed, commitment)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::smallint[], $5::text[], $6::uuid[], $7::text[],
    $8::text[], $9::text[], $10::jsonb[], $11::bytea[], $12::bytea[])
  ON CONFLICT (id) DO NOTHING`;

/** Events of the same moment share a statement: there is one for every sign-on to a portal. */
export function createRecordAlone({
  audit,
  run,
}: {
  readonly audit: Pick<AuditLog, 'valuesOf'>;
  readonly run: RunStatement;
}): RecordAlone {
  const insert = createCoalescer<EventValues, void>({
    run: async (events) => {
      const columns = events[0]?.map((_, column) => events.map((values) => values[column])) ?? [];
      await run({ name: 'audit-event-insert', text: insertEvents, values: columns });
      return events.map(() => undefined);
    },
  });
  return (event) => insert(audit.valuesOf(event));
}

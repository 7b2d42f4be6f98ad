import { createHmac } from 'node:crypto';
import { AppError } from '../platform/app-error.ts';
import { createBoundedMap } from '../platform/bounded-map.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { SubjectRef } from './account.ts';

/** Who a person is to one sector: the `sub` its portals see, and no other sector's. @see OIDC Core §8.1 */
export type Subject = string & { readonly __brand: 'Subject' };

/** Fixed at the first start of an installation: another key would make everybody a stranger to every portal. */
export type SubjectKey = { readonly id: string; readonly key: Uint8Array };

const rememberedAtMost = 20_000;

type Person = { readonly sectorId: string; readonly subjectRef: SubjectRef };

const findKnown = `
  SELECT asked.place, known.sub FROM unnest($1::text[], $2::uuid[], $3::text[]) AS asked (place, sector_id, subject_ref)
  CROSS JOIN LATERAL (
    SELECT sub FROM pairwise_subject p
    WHERE p.sector_id = asked.sector_id AND p.subject_ref = asked.subject_ref LIMIT 1) AS known`;

// When two first releases meet, the later one waits and makes nothing: it asks again. No conflict target, as the two meet
// on the sub's own index as well, which would be an error.
const make = `
  INSERT INTO pairwise_subject (sector_id, subject_ref, sub, subject_key_id, created_at)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING
  RETURNING sub`;

/** Subjects by sector: derived at first release, stored, and from then on read. Imported ones are just there already. */
export function createPairwiseSubjects({
  subjectKey,
  run,
}: {
  readonly subjectKey: SubjectKey;
  readonly run: RunStatement;
}) {
  // A stored sub never changes, so what was read once stays true.
  const remembered = createBoundedMap<string, Subject>({ maxEntries: rememberedAtMost });
  const find = createCoalescer<Person, Subject | undefined>({
    run: async (people) => {
      const asked = new Map(people.map((person) => [placeOf(person), person]));
      const each = [...asked.values()];
      const rows = await run<{ readonly place: string; readonly sub: string }>({
        name: 'pairwise-subject-find',
        text: findKnown,
        values: [[...asked.keys()], each.map(({ sectorId }) => sectorId), each.map(({ subjectRef }) => subjectRef)],
      });
      const known = new Map(rows.map(({ place, sub }) => [place, sub as Subject]));
      return people.map((person) => known.get(placeOf(person)));
    },
  });

  async function makeFirst(person: Person, at: Date): Promise<Subject | undefined> {
    const { sectorId, subjectRef } = person;
    const derived = deriveSubject(subjectKey, person);
    const values = [sectorId, subjectRef, derived, subjectKey.id, at];
    const [made] = await run({ name: 'pairwise-subject-make', text: make, values });
    return made === undefined ? find(person) : derived;
  }

  /** The `sub` of this person in this sector: nothing is asked where it is remembered, and all of one moment at once. */
  async function subjectOf({ at, ...person }: Person & { readonly at: Date }): Promise<Subject> {
    const place = placeOf(person);
    const before = remembered.get(place);
    if (before !== undefined) return before;
    const subject = (await find(person)) ?? (await makeFirst(person, at));
    if (subject === undefined) throw new AppError('subject-not-stored');
    remembered.set(place, subject);
    return subject;
  }

  /** What one sector knows something else of ours by, a mandate for instance: 43 characters, the same for ever. */
  function pseudonymIn(sectorId: string, of: `${string}:${string}`): string {
    return createHmac('sha256', subjectKey.key).update(`${sectorId}\0${of}`, 'utf8').digest('base64url');
  }

  return { subjectOf, pseudonymIn };
}

const placeOf = ({ sectorId, subjectRef }: Person): string => `${sectorId} ${subjectRef}`;

/** HMAC-SHA-256 over sector and person, base64url: 43 characters that tell nothing of either. */
export function deriveSubject({ key }: SubjectKey, person: Person): Subject {
  return createHmac('sha256', key).update(placeOf(person), 'utf8').digest('base64url') as Subject;
}

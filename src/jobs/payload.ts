import { AppError } from '../platform/app-error.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { Job, JobKind, Letter, RequestedJob } from './job.ts';

/** What lies in a job's row: a letter is sealed whole, the rest holds ids of ours only. */
type SealedLetter = { readonly sealed: string; readonly keyEncryptionKeyId: string };
type LogoutNotice = Omit<Extract<Job, { readonly kind: 'logout-notice' }>, 'kind'>;

export async function sealPayload(
  encryption: Encryption,
  { id, job }: { readonly id: string; readonly job: RequestedJob },
): Promise<SealedLetter | LogoutNotice> {
  if (job.kind === 'mail') {
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(job.letter), contextOf(id));
    return { sealed: sealed.toString('base64url'), keyEncryptionKeyId };
  }
  const { kind: _, ...notice } = job;
  return notice;
}

/** @throws AppError `ciphertext-refused` for a letter that was changed or moved to another job. */
export async function openPayload(
  encryption: Encryption,
  { id, kind, data }: { readonly id: string; readonly kind: JobKind; readonly data: unknown },
): Promise<Job> {
  switch (kind) {
    case 'mail': {
      const { sealed, keyEncryptionKeyId } = parsed<SealedLetter>(data, ['sealed', 'keyEncryptionKeyId']);
      const stored = { sealed: Buffer.from(sealed, 'base64url'), keyEncryptionKeyId };
      const letter: Letter = JSON.parse(await encryption.openWithKek(stored, contextOf(id)));
      return { kind, letter };
    }
    case 'logout-notice':
      return { kind, ...parsed<LogoutNotice>(data, ['clientId', 'accountId', 'sid', 'sessionUid']) };
    case 'expire':
    case 'rotate-keys':
      return { kind };
  }
}

function parsed<Shape extends Readonly<Record<string, string>>>(
  data: unknown,
  fields: readonly (keyof Shape & string)[],
): Shape {
  const source = (data ?? {}) as Readonly<Record<string, unknown>>;
  for (const field of fields) {
    if (typeof source[field] !== 'string') {
      throw new AppError('job-payload-invalid', { publicDetails: { field } });
    }
  }
  return source as Shape;
}

function contextOf(id: string) {
  return `jobs:data:${id}` as const;
}

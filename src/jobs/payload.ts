import { AppError } from '../platform/app-error.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { Job, JobKind, Letter, RecoveryNotice, RequestedJob } from './job.ts';

/** What lies in a job's row: letters, and what one will be made of, are sealed whole; the rest holds ids of ours only. */
type Sealed = { readonly sealed: string; readonly keyEncryptionKeyId: string };
type LogoutNotice = Omit<Extract<Job, { readonly kind: 'logout-notice' }>, 'kind'>;

export async function sealPayload(
  encryption: Encryption,
  { id, job }: { readonly id: string; readonly job: RequestedJob },
): Promise<Sealed | LogoutNotice> {
  const seal = async (content: Letter | RecoveryNotice): Promise<Sealed> => {
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(content), contextOf(id));
    return { sealed: sealed.toString('base64url'), keyEncryptionKeyId };
  };
  switch (job.kind) {
    case 'mail':
      return seal(job.letter);
    case 'recovery-notice': {
      const { kind: _, ...notice } = job;
      return seal(notice);
    }
    case 'logout-notice': {
      const { kind: _, ...notice } = job;
      return notice;
    }
  }
}

/** @throws AppError `ciphertext-refused` for a sealed one that was changed or moved to another job. */
export async function openPayload(
  encryption: Encryption,
  { id, kind, data }: { readonly id: string; readonly kind: JobKind; readonly data: unknown },
): Promise<Job> {
  const open = async (): Promise<string> => {
    const { sealed, keyEncryptionKeyId } = parsed<Sealed>(data, ['sealed', 'keyEncryptionKeyId']);
    const stored = { sealed: Buffer.from(sealed, 'base64url'), keyEncryptionKeyId };
    return encryption.openWithKek(stored, contextOf(id));
  };
  switch (kind) {
    case 'mail': {
      const letter: Letter = JSON.parse(await open());
      return { kind, letter };
    }
    case 'recovery-notice': {
      const notice: RecoveryNotice = JSON.parse(await open());
      return { kind, ...notice };
    }
    case 'logout-notice':
      return { kind, ...parsed<LogoutNotice>(data, ['clientId', 'accountId', 'sid', 'sessionUid']) };
    case 'expire':
    case 'rotate-keys':
    case 'watch-registers':
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

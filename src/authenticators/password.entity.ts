import { EntitySchema } from 'typeorm';

/** The password of an account: at most one. */
export type PasswordCredential = {
  readonly accountId: string;
  readonly hash: string;
  /** Null for the hash of another system, not yet hashed anew. */
  readonly pepperId: string | null;
  /** False for a short imported password: it only works with a second factor. */
  readonly longEnough: boolean;
  readonly createdAt: Date;
  readonly changedAt: Date;
};

export const passwordEntity = new EntitySchema<PasswordCredential>({
  name: 'PasswordCredential',
  tableName: 'password_credential',
  columns: {
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    hash: { type: 'text' },
    pepperId: { name: 'pepper_id', type: 'text', nullable: true },
    longEnough: { name: 'long_enough', type: 'boolean' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    changedAt: { name: 'changed_at', type: 'timestamptz' },
  },
});

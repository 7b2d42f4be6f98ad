import type { TestInstallation } from './installation.ts';
import type { Person, RightAnswer } from './login-record.ts';

/** What the provider wrote down that it took for right. */
export type TakenProof = {
  readonly event: RightAnswer['event'] | undefined;
  readonly kind: string;
  readonly account: string;
  readonly method: string | null;
};

const eventKinds: Readonly<Record<string, RightAnswer['event']>> = {
  'password-login-succeeded': 'password',
  'second-factor-proved': 'second-factor',
  'passkey-login-succeeded': 'passkey',
  'authenticator-added': 'added',
  'eid-login-succeeded': 'eid',
  'identity-linked': 'linked',
};

/** What was taken of these people since the last call, in its order. */
export function takenProofs({ database }: TestInstallation, people: readonly Person[]) {
  let lastSequence = '0';
  return async (): Promise<readonly TakenProof[]> => {
    const events: readonly (Omit<TakenProof, 'event'> & { readonly sequence: string })[] =
      await database.dataSource.query(
        `SELECT sequence, kind, about_account_id AS account, details ->> 'method' AS method FROM audit_event
         WHERE about_account_id = ANY($1) AND kind = ANY($2) AND sequence > $3 ORDER BY sequence`,
        [people.map(({ accountId }) => accountId), Object.keys(eventKinds), lastSequence],
      );
    lastSequence = events.at(-1)?.sequence ?? lastSequence;
    return events.map((event) => ({ ...event, event: eventKinds[event.kind] }));
  };
}

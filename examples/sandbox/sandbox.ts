import { type Eid, type EidOptions, startEid } from './eid.ts';
import type { EidStyle, EidType } from './eid-style.ts';
import { isOutage, type LoginFault, type Outage } from './faults.ts';
import { franceconnect } from './franceconnect.ts';
import { vnconnect } from './vnconnect.ts';

export type SandboxOptions = {
  readonly eids: readonly (EidOptions & { readonly type: EidType })[];
  /** How late an answer comes under the fault `timeout`: half a minute unless told. */
  readonly slowAnswerMs?: number;
};

export type Sandbox = {
  readonly eids: readonly { readonly key: string; readonly type: EidType; readonly issuer: string }[];
  /**
   * What is wrong with every login at one eID from now on, until it is set again (`none`: nothing). A fault that
   * somebody chooses on the page goes first, for that login. Under an outage the whole eID refuses connections, or takes
   * them and never answers.
   * @throws TypeError where there is no such eID, or it doesn't know such a fault
   */
  readonly setFault: (key: string, fault: LoginFault | Outage) => Promise<void>;
  readonly close: () => Promise<void>;
};

const styles: Readonly<Record<EidType, EidStyle>> = { vnconnect, franceconnect };

/** Pretend national eIDs: real OpenID providers over HTTP, each an issuer of its own, on this machine only. */
export async function startSandbox({ eids, slowAnswerMs = 30_000 }: SandboxOptions): Promise<Sandbox> {
  const started: (Eid & { readonly key: string; readonly type: EidType })[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((eid) => eid.close()));
  };
  try {
    for (const { key, type, ...options } of eids) {
      const eid = await startEid(styles[type], { options: { key, ...options }, slowAnswerMs });
      started.push({ key, type, ...eid });
    }
  } catch (fault) {
    await close();
    throw fault;
  }
  return {
    eids: started.map(({ key, type, issuer }) => ({ key, type, issuer })),
    async setFault(key, fault) {
      const eid = started.find((one) => one.key === key);
      if (!eid) throw new TypeError(`There is no eID ${key}`);
      if (!isOutage(fault) && !styles[eid.type].faults.includes(fault)) {
        throw new TypeError(`${key} knows no fault ${fault}`);
      }
      await eid.setFault(fault);
    },
    close,
  };
}

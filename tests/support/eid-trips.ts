import { randomBytes } from 'node:crypto';
import { createEidConnectors } from '../../src/identity-proofing/connect-eid.ts';
import type { EidAnswer, EidConnector, EidTrip } from '../../src/identity-proofing/eid-connector.ts';
import { type ConfiguredEid, readEidSources } from '../../src/identity-proofing/eid-settings.ts';
import { createHttpClient, type EgressFetch } from '../../src/platform/http-client.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type EidFaults, type EidPerson, eidClient, startFaultyEid } from './faulty-eid.ts';
import { testClock } from './test-clock.ts';

/** One kind of source, its settings without address and key, and somebody who signs in there. */
export type EidSample = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly person: EidPerson;
};

export function configuredEid(settings: Readonly<Record<string, unknown>>): ConfiguredEid {
  const secret = 'private_key_jwk' in settings ? {} : { client_secret: eidClient.secret };
  const name = { vi: 'Định danh thử', en: 'Test eID', fr: 'eID d’essai' };
  const [eid] = readEidSources(
    JSON.stringify([{ key: 'sample', name, client_id: eidClient.id, ...secret, ...settings }]),
  );
  if (!eid) throw new Error('no source');
  return eid;
}

/** A source over HTTP, the connector to it, and a person's trips; time stands still unless told to pass. */
export async function eidWorld({ settings, person }: EidSample) {
  const eid = await startFaultyEid();
  const http = createHttpClient({ userAgent: 'dinhdanh-test', allowLoopback: true });
  const written: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void written.push(line) } });
  const clock = testClock(new Date().toISOString());
  // Long enough for a busy machine; who tests what never answers wants it shorter.
  let patienceMs = 10_000;
  const deadlines: (number | undefined)[] = [];
  const fetch: EgressFetch = (input, init, limits) => {
    deadlines.push(limits?.deadlineMs);
    return http.fetch(input, init, { ...limits, deadlineMs: patienceMs });
  };
  const source = configuredEid({ issuer: eid.origin, ...settings });
  const redirectUri = (key: string) => new URL(`https://login.example.vn/eid/${key}`);
  const connect = (): EidConnector => {
    const [connector] = createEidConnectors({ sources: [source], fetch, redirectUri, clock, logger });
    if (!connector) throw new Error('no connector');
    return connector;
  };
  const connector = connect();

  function newTrip(changes: Partial<EidTrip> = {}): EidTrip {
    const random = () => randomBytes(32).toString('base64url');
    return {
      source: source.source.key,
      state: random(),
      nonce: random(),
      codeVerifier: random(),
      startedAt: clock.now(),
      ...changes,
    };
  }

  async function depart(trip: EidTrip = newTrip()): Promise<URL> {
    const departure = await connector.depart({ ...trip, locale: 'vi' });
    if (departure.kind !== 'go') throw new Error('the source is down');
    return departure.url;
  }

  /** There and back; meanwhile the source misbehaves, and the browser's answer may be tampered with. */
  async function travel({
    faults = {},
    trip = newTrip(),
    authTime,
    as = person,
    tamper = (answer) => answer,
    onDeparted,
  }: {
    readonly faults?: EidFaults;
    readonly trip?: EidTrip;
    readonly authTime?: number;
    readonly as?: EidPerson;
    readonly tamper?: (answer: URLSearchParams) => URLSearchParams;
    readonly onDeparted?: () => void;
  } = {}): Promise<EidAnswer> {
    const departure = await depart(trip);
    const answer = eid.signIn(departure, as, authTime === undefined ? {} : { authTime });
    eid.misbehave(faults);
    onDeparted?.();
    return connector.receive(trip, tamper(answer));
  }

  return {
    eid,
    clock,
    connect,
    connector,
    deadlines,
    depart,
    newTrip,
    /** How long a request to the source may take from now on. */
    setPatienceMs: (to: number) => {
      patienceMs = to;
    },
    travel,
    written,
    [Symbol.asyncDispose]: async () => {
      await http.close();
      await eid[Symbol.asyncDispose]();
    },
  };
}

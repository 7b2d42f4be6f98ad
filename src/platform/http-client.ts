import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { AppError } from './app-error.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';
import { type ResolveHost, resolveHost } from './resolve-host.ts';

/** For logs; a page or a client is never told which, or it could map our network with it. */
export type EgressErrorCode =
  | 'egress-url-refused'
  | 'egress-address-refused'
  | 'egress-unresolvable'
  | 'egress-timed-out'
  | 'egress-response-too-large'
  | 'egress-failed';

export type EgressLimits = {
  /** From the call to the last byte of the answer, name resolution included. */
  readonly deadlineMs?: number;
  /** Of the body after decompression. */
  readonly maxBodyBytes?: number;
};

/**
 * `fetch`, for one request to one public host. Resolves with the whole answer, a redirect being an answer like any
 * other: it is not followed. Of `init` it takes method, headers, body and signal. A `Request` as input is refused.
 * @throws AppError<EgressErrorCode>
 */
export type EgressFetch = (
  input: string | URL | Request,
  init?: RequestInit,
  limits?: EgressLimits,
) => Promise<Response>;

export type HttpClient = {
  readonly fetch: EgressFetch;
  /** Ends every connection, those in use too. */
  readonly close: () => Promise<void>;
};

type HttpClientOptions = {
  readonly userAgent: string;
  /** Ports that may be reached besides 443. */
  readonly morePorts?: readonly number[];
  /** Also reach this machine, by http or https and on any port. For development and tests only. */
  readonly allowLoopback?: boolean;
  /** The edge that tests replace. */
  readonly resolve?: ResolveHost;
};

type Destination = { readonly hostname: string; readonly protocol: string; readonly port: string };

const defaultDeadlineMs = 2500;
const defaultMaxBodyBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;
const bodilessStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The one way out to the network. A host is resolved once per connection; if any of its addresses isn't public, the
 * request is refused, else the connection is made to just these addresses, with TLS to the name. A second answer of the
 * name server is never asked for, so it can't differ.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { userAgent, morePorts = [], allowLoopback = false, resolve = resolveHost } = options;
  const ports: ReadonlySet<number> = new Set([443, ...morePorts]);
  const agent = new Agent({ connect, connections: 8, pipelining: 1, allowH2: false, maxHeaderSize: maxHeaderBytes });

  return {
    fetch: async (input, init = {}, limits = {}) => {
      const url = permittedUrl(input);
      const { deadlineMs = defaultDeadlineMs, maxBodyBytes = defaultMaxBodyBytes } = limits;
      const ending = new AbortController();
      const deadline = setTimeout(() => ending.abort(new AppError('egress-timed-out')), deadlineMs);
      const signal = init.signal ? AbortSignal.any([init.signal, ending.signal]) : ending.signal;
      try {
        return await exchange(url, { init, signal, maxBodyBytes });
      } catch (cause) {
        throw asEgressError(cause, url);
      } finally {
        clearTimeout(deadline);
        // Ends the connection of an answer that was given up; without effect on one that was read to its end.
        ending.abort();
      }
    },
    close: () => agent.destroy(),
  };

  function permittedUrl(input: string | URL | Request): URL {
    const url = URL.parse(String(input));
    const scheme = url?.protocol === 'https:' || (allowLoopback && url?.protocol === 'http:');
    const port = url !== null && (allowLoopback || ports.has(portOf(url)));
    if (!url || !scheme || !port || url.username || url.password) throw new AppError('egress-url-refused');
    return url;
  }

  async function exchange(
    url: URL,
    { init, signal, maxBodyBytes }: { init: RequestInit; signal: AbortSignal; maxBodyBytes: number },
  ): Promise<Response> {
    // The standard's own class turns every kind of body into bytes and sets the content type that goes with it.
    const { method = 'GET', headers, body } = init;
    const request = new Request(url, { method, ...(headers && { headers }), ...(body != null && { body }) });
    request.headers.set('user-agent', userAgent);
    const response = await undiciFetch(url, {
      method: request.method,
      headers: [...request.headers],
      body: request.body ? await request.arrayBuffer() : null,
      redirect: 'manual',
      dispatcher: agent,
      signal,
    });
    const bytes = await readAtMost(maxBodyBytes, response.body);
    return new Response(bodilessStatuses.has(response.status) ? null : bytes, {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length'),
    });
  }

  function connect(target: buildConnector.Options, callback: buildConnector.Callback): void {
    permittedAddresses(target).then(
      (addresses) => {
        const lookup = pinnedLookup(addresses);
        buildConnector({ lookup, allowH2: false, maxCachedSessions: 0, timeout: defaultDeadlineMs })(target, callback);
      },
      (refusal: Error) => callback(refusal, null),
    );
  }

  async function permittedAddresses(target: Destination): Promise<readonly string[]> {
    const { hostname } = target;
    const addresses = isIP(hostname) ? [hostname] : await resolve(hostname).catch(unresolvable);
    if (addresses.length === 0) return unresolvable();
    if (!addresses.every((address) => permitted(target, address))) throw new AppError('egress-address-refused');
    return addresses;
  }

  function permitted(target: Destination, address: string): boolean {
    if (isPublicAddress(address)) return target.protocol === 'https:' && ports.has(portOf(target));
    return allowLoopback && isLoopbackAddress(address);
  }
}

function portOf({ protocol, port }: Destination): number {
  return port === '' ? ({ 'https:': 443, 'http:': 80 }[protocol] ?? 0) : Number(port);
}

function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = answers;
  return (_hostname, { all }, callback) => {
    if (all) callback(null, answers);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function readAtMost(maxBytes: number, body: AsyncIterable<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of body ?? []) {
    received += chunk.length;
    if (received > maxBytes) throw new AppError('egress-response-too-large');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function unresolvable(cause?: unknown): never {
  throw new AppError('egress-unresolvable', { cause });
}

// Our own refusals arrive wrapped in the TypeError that the Fetch standard prescribes for a failed connection.
function asEgressError(thrown: unknown, url: URL): AppError<EgressErrorCode> {
  const publicDetails = { host: url.host };
  for (const fault of [thrown, thrown instanceof Error ? thrown.cause : undefined]) {
    if (fault instanceof AppError)
      return new AppError(fault.code as EgressErrorCode, { publicDetails, cause: fault.cause });
  }
  return new AppError('egress-failed', { publicDetails, cause: thrown });
}

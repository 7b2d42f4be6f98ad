import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

export type RequestLog = {
  /** Addresses that were asked for at this origin, in order, as they reached it: with their queries. */
  readonly at: (origin: string) => readonly string[];
  readonly close: () => void;
};

/** Every request that reaches a server of this process, from now on. @see Node's `http.server.request.start` */
export function requestLog(): RequestLog {
  const seen: { readonly port: number | undefined; readonly path: string }[] = [];
  const starts = channel('http.server.request.start');
  const note = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    seen.push({ port: request.socket.localPort, path: request.url ?? '' });
  };
  starts.subscribe(note);
  return {
    at: (origin) => seen.filter(({ port }) => port === Number(new URL(origin).port)).map(({ path }) => path),
    close: () => void starts.unsubscribe(note),
  };
}

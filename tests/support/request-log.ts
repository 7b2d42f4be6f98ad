import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A request as it reached a register. */
export type AskedRegister = { readonly method: string; readonly path: string };

/** What a pretend register at this address is asked, noted where the requests come in. @see Node's `http.server.request.start` */
export function listenIn(origin: string): { readonly asked: readonly AskedRegister[]; readonly stop: () => void } {
  const port = Number(new URL(origin).port);
  const asked: AskedRegister[] = [];
  const requests = channel('http.server.request.start');
  const note = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    const { method = '', url = '', socket } = request;
    if (socket.localPort === port) asked.push({ method, path: url });
  };
  requests.subscribe(note);
  return { asked, stop: () => void requests.unsubscribe(note) };
}

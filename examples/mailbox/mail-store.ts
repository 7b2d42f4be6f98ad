/** A mail as it arrived. */
export type Mail = {
  readonly id: number;
  /** The addresses it was delivered to, in lower case: the envelope's, blind copies included. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly receivedAt: Date;
  readonly messageId: string | undefined;
};

export type MailStore = ReturnType<typeof createMailStore>;

/** The newest `limit` mails, in memory. */
export function createMailStore({ now, limit = 200 }: { readonly now: () => Date; readonly limit?: number }) {
  let mails: readonly Mail[] = [];
  let lastId = 0;
  const listeners = new Set<(mail: Mail) => void>();

  return {
    add(received: Omit<Mail, 'id' | 'receivedAt'>): void {
      lastId += 1;
      const to = received.to.map((address) => address.toLowerCase());
      const mail = { ...received, to, id: lastId, receivedAt: now() };
      mails = [mail, ...mails].slice(0, limit);
      for (const listener of listeners) listener(mail);
    },

    find: (id: number): Mail | undefined => mails.find((mail) => mail.id === id),

    /** Newest first; only those to one address when it is given. */
    list(to?: string): readonly Mail[] {
      const address = to?.toLowerCase();
      return address === undefined ? mails : mails.filter((mail) => mail.to.includes(address));
    },

    /** @returns the way to stop listening. */
    onMail(listener: (mail: Mail) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What to wait for. */
export type AwaitedMail = {
  readonly to: string;
  /** Only mails received later than this. */
  readonly after?: Date;
  readonly deadlineMs: number;
};

/**
 * The newest mail to an address, at once if it is there, else as soon as it comes.
 * @throws Error when none came in time.
 */
export function waitForMail(store: MailStore, { to, after, deadlineMs }: AwaitedMail): Promise<Mail> {
  const isAwaited = (mail: Mail) => after === undefined || mail.receivedAt > after;
  const present = store.list(to).find(isAwaited);
  if (present) return Promise.resolve(present);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`No mail to ${to} within ${deadlineMs} ms`));
    }, deadlineMs);
    const stop = store.onMail((mail) => {
      if (!mail.to.includes(to.toLowerCase()) || !isAwaited(mail)) return;
      clearTimeout(timer);
      stop();
      resolve(mail);
    });
  });
}

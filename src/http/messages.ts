/** What every mail tells besides its own content: when and where it was asked for. */
type Circumstances = {
  readonly at: Date;
  /** Browser and system in words, as far as known: "Firefox, Windows". */
  readonly device?: string | undefined;
};

type MailedCode = Circumstances & { readonly code: string; readonly validMinutes: number };

/** Every mail and what it must be given; its texts are `mail.<message>.…`. */
export type Messages = {
  'registration-code': MailedCode;
  'already-registered': Circumstances & { readonly signInUrl: string };
  'recovery-code': MailedCode;
  'no-account': Circumstances;
  'sign-in-code': MailedCode;
  'email-change-code': MailedCode;
  /** To the old address. The link opens a page whose button POSTs; it works for `undoDays` days without a login. */
  'email-changed': Circumstances & {
    readonly newEmail: string;
    readonly undoUrl: string;
    readonly undoDays: number;
  };
  'password-changed': Circumstances & { readonly recoverUrl: string };
};

export type MessageName = keyof Messages;

export type RenderedMail = { readonly subject: string; readonly text: string; readonly html: string };

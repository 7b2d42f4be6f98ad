/** One line of the doctor: what was looked at, how it is, and what to do. */
export type Finding = { readonly level: 'ok' | 'warn' | 'fail'; readonly about: string; readonly sentence: string };

/** Findings about one thing. */
export function findingsAbout(about: string) {
  return {
    ok: (sentence: string): Finding => ({ level: 'ok', about, sentence }),
    warn: (sentence: string): Finding => ({ level: 'warn', about, sentence }),
    fail: (sentence: string): Finding => ({ level: 'fail', about, sentence }),
  };
}

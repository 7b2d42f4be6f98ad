const longest = 1000;

// Controls (C0, DEL, C1), line and paragraph separators, and the marks that turn the reading direction.
const unprintable = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that can neither end a line, steer a terminal nor reorder what stands beside it; at most 1,000 characters. */
export function printable(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(unprintable, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

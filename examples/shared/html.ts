/** Markup that is safe to send: only `html` makes it, and `html` escapes whatever isn't markup already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Fragment = string | number | undefined | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function render(fragment: Fragment): string {
  if (fragment === undefined) return '';
  if (fragment instanceof Markup) return fragment.text;
  if (typeof fragment === 'object') return fragment.map(render).join('');
  return escapeText(String(fragment));
}

/** A template whose values are escaped for text and for quoted attributes; `undefined` leaves nothing behind. */
export function html(strings: TemplateStringsArray, ...fragments: readonly Fragment[]): Markup {
  return new Markup(strings.map((part, index) => part + render(fragments[index])).join(''));
}

const scriptScheme = /^(?:javascript|data|vbscript|blob):/i;

// Browsers skip these wherever they stand in a scheme. @see WHATWG URL §4.4
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const skipped = /[\u0000-\u0020]/g;

/**
 * Throws when any field named as a URL or an action, at any depth, could run script once it is clicked. Where portals
 * write URLs they are checked when they are registered; this is the second door, and the policy of the page the third.
 */
export function refuseScriptUrls(value: unknown, name = ''): void {
  if (typeof value === 'string') {
    if (/(?:url|action)$/i.test(name) && scriptScheme.test(value.replace(skipped, '')))
      throw new TypeError(`${name} would run script`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) refuseScriptUrls(member, key);
  }
}

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] as const;

type Violations = readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];

/** What axe finds on a page as it is, in the light and in the dark. @param name of the page, in front of each finding */
export async function findingsOf(
  tab: Page,
  name: string,
): Promise<{ readonly light: readonly string[]; readonly dark: readonly string[] }> {
  await tab.emulateMedia({ colorScheme: 'light' });
  // Legacy mode looks at the one frame there is; the default opens a second page for each run.
  const { violations } = await new AxeBuilder({ page: tab })
    .withTags([...standards])
    .setLegacyMode(true)
    .analyze();
  // The theme changes colours and nothing else; axe is still in the page.
  await tab.emulateMedia({ colorScheme: 'dark' });
  const inTheDark = (await tab.evaluate(judgeColours)) as Violations;
  return { light: blame(violations, name), dark: blame(inTheDark, name) };
}

function blame(violations: Violations, name: string): readonly string[] {
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${name}: ${id}: ${html}`));
}

const judgeColours = `axe
  .run(document, { runOnly: ['color-contrast', 'link-in-text-block'] })
  .then(({ violations }) => violations)`;

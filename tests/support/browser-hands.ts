import type { BrowserContext, Page } from 'playwright-core';

/** Hands on the keyboard only: what can't be reached with Tab, or doesn't show that it was, isn't there. */
export function keyboard(tab: Page) {
  async function focus(selector: string): Promise<void> {
    for (let press = 0; press < 40; press += 1) {
      if ((await tab.locator(`${selector}:focus`).count()) > 0) return;
      await tab.keyboard.press('Tab');
      const { name, marked } = await focused(tab);
      if (!marked) throw new Error(`the focus is on ${name} of ${tab.url()} and can’t be seen`);
    }
    throw new Error(`Tab never reached ${selector} on ${tab.url()}`);
  }
  return {
    async type(selector: string, text: string): Promise<void> {
      await focus(selector);
      // Tab selects what a field holds already, so that typing replaces it.
      await tab.keyboard.insertText(text);
    },
    async press(selector: string): Promise<void> {
      await focus(selector);
      await tab.keyboard.press('Enter');
    },
    async pressSpace(selector: string): Promise<void> {
      await focus(selector);
      await tab.keyboard.press('Space');
    },
    at: (step: string) => tab.locator(`main[data-page="${step}"]`).waitFor({ timeout: 15_000 }),
  };
}

/** What has the focus, and whether it shows it. @see WCAG 2.2 SC 2.4.7 */
export async function focused(tab: Page): Promise<{ readonly name: string; readonly marked: boolean }> {
  return (await tab.evaluate(focusedElement)) as { name: string; marked: boolean };
}

/** Whatever a page broke of its policy, and every script that failed. */
export function watch(context: BrowserContext): readonly string[] {
  const violations: string[] = [];
  context.on('console', (message) => {
    // A page that tells a problem has that problem's status, and Chromium says so.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) violations.push(message.text());
  });
  context.on('weberror', (error) => violations.push(String(error.error())));
  return violations;
}

// A tick box is drawn by its label. The whole page, between the last link and the first, has nothing to show.
const focusedElement = `(() => {
  const element = document.activeElement;
  const isTickBox = element.type === 'checkbox';
  const style = getComputedStyle(isTickBox ? element.nextElementSibling : element, isTickBox ? '::before' : null);
  const isPage = element.tagName === 'BODY';
  return {
    name: element.id || (isPage ? 'BODY' : element.textContent.trim()),
    marked: isPage || style.outlineStyle !== 'none' || style.boxShadow !== 'none',
  };
})()`;

/**
 * What the pseudo-language (`src/words/pseudo.ts`) shows of a page. These functions run in the page and use
 * nothing outside themselves.
 */

/**
 * Visible texts, and names and titles of visible elements, with two or more words that did not go through
 * `t`: they are not between the signs of the pseudo-language. What is marked as not to be translated is left
 * out.
 * @param part selector of the part of the page to look at
 */
export function plainTexts(part: string): string[] {
  const PLAIN = /[A-Za-z]{2,}\s+[A-Za-z]{2,}/;
  const found = new Set<string>();
  const kept = (element: Element): boolean => element.closest('[translate=no], script, style, textarea') !== null;
  for (const root of document.querySelectorAll(part)) {
    let depth = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      let outside = '';
      for (const letter of node.textContent ?? '') {
        if (letter === '⟦') depth++;
        else if (letter === '⟧') depth--;
        else if (depth === 0) outside += letter;
      }
      const element = node.parentElement!;
      if (PLAIN.test(outside) && element.checkVisibility() && !kept(element)) found.add(outside.trim());
    }
    for (const element of [root, ...root.querySelectorAll('*')]) {
      if (kept(element) || !element.checkVisibility()) continue;
      for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext', 'aria-description']) {
        const value = element.getAttribute(name)?.replace(/⟦.*⟧/gs, '') ?? '';
        if (PLAIN.test(value)) found.add(`${name}: ${value}`);
      }
    }
  }
  return [...found];
}

/** Visible elements whose own text is wider than they are, unless they scroll or end in an ellipsis. */
export function cutTexts(part: string): string[] {
  const found = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>(`${part} *`)) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (!own || !element.checkVisibility() || element.closest('[translate=no], .visually-hidden, svg, select')) continue;
    const { overflowX, textOverflow, display } = getComputedStyle(element);
    if (display === 'inline' || textOverflow === 'ellipsis' || /auto|scroll/.test(overflowX)) continue;
    // One pixel wide: for screen readers alone.
    if (element.clientWidth <= 1) continue;
    if (element.scrollWidth > element.clientWidth + 1) found.add(element.textContent.trim().slice(0, 80));
  }
  return [...found];
}

import type { Page } from 'playwright-core';

/** A text whose colour is too close to that of its ground. */
export interface PaleText {
  readonly text: string;
  readonly ratio: number;
}

/** The texts of a page with a contrast below this ratio: 4.5 for WCAG 2.2 AA. [https://www.w3.org/TR/WCAG22/#contrast-minimum] */
export function paleTexts(page: Page, least = 4.5): Promise<PaleText[]> {
  // A string, because the compiler of these tests knows no DOM.
  return page.evaluate(`(${MEASURE})(${least})`);
}

const MEASURE = `(least) => {
  const parse = (colour) => {
    const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = (top, ground) => top.rgb.map((part, i) => part * top.a + ground[i] * (1 - top.a));
  const groundOf = (element) => {
    if (element === null) return [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.a === 1 ? own.rgb : over(own, groundOf(element.parentElement));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (text === '' || !element.checkVisibility() || element.closest('script, noscript, option')) continue;
    const ground = groundOf(element);
    const colour = over(parse(getComputedStyle(element).color), ground);
    const [light, dark] = [luminance(colour), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < least) pale.push({ text: text.slice(0, 60), ratio: Math.round(ratio * 100) / 100 });
  }
  return pale;
}`;

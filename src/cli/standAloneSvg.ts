/** Drawings of the page as one stand-alone SVG: the page's colours on white. */
import { readFileSync } from 'node:fs';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { inkFrom } from '../paper/figures/printed';

export function standAlone(size: { readonly width: number; readonly height: number }, drawings: ReactNode): string {
  const theme = readFileSync(new URL('../page/ui/theme.css', import.meta.url), 'utf8');
  const svg = {
    xmlns: 'http://www.w3.org/2000/svg',
    ...size,
    viewBox: `0 0 ${size.width} ${size.height}`,
    fontFamily: 'system-ui, sans-serif',
  };
  // Inside an svg element a <title> belongs to a mark; outside one, React would treat it as the page's.
  const drawing = createElement(
    'svg',
    svg,
    createElement('rect', { width: '100%', height: '100%', fill: 'var(--paper)' }),
    drawings,
  );
  const markup = renderToStaticMarkup(drawing).replace(/var\(--[a-z0-9-]+\)/g, inkFrom(theme));
  return `${markup}\n`;
}

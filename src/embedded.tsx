/** Entry of the page for a frame: one figure, `?embed=`. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EmbeddedFigure } from './page/embed/EmbeddedFigure';
import { readEmbed } from './page/embed/embedLink';
import { ErrorBoundary } from './page/ErrorBoundary';

/** Draws the figure, once its language is there. */
export function start(): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');

  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <EmbeddedFigure link={readEmbed(location.search, location.hash)} />
      </ErrorBoundary>
    </StrictMode>,
  );
}

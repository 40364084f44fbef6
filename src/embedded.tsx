/** Entry of the page for a frame: one figure, `?embed=`. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EmbeddedFigure } from './page/shell/embed/EmbeddedFigure';
import { readEmbed } from './files/embedLink';
import { ErrorBoundary } from './page/ui/ErrorBoundary';

/** Draws the figure, once its language is there. */
export function startEmbedded(): void {
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

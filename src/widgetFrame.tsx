/** What `widget.ts` shows in its frame: the figure for which it is asked by a message. */
import './page/ui/theme.css';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { readEmbed } from './files/embedLink';
import { EmbeddedFigure } from './page/shell/embed/EmbeddedFigure';
import { ErrorBoundary } from './page/ui/ErrorBoundary';
import type { FigureQuestion } from './widget';

function AskedFigure() {
  const [asked, setAsked] = useState<FigureQuestion & { readonly times: number }>({ run: '', query: '', times: 0 });
  useEffect(() => {
    const hear = ({ source, data }: MessageEvent<FigureQuestion>): void => {
      if (source === parent) setAsked(({ times }) => ({ ...data, times: times + 1 }));
    };
    addEventListener('message', hear);
    const sizes = new ResizeObserver(() => {
      parent.postMessage({ height: document.documentElement.getBoundingClientRect().height }, '*');
    });
    sizes.observe(document.documentElement);
    return () => {
      removeEventListener('message', hear);
      sizes.disconnect();
    };
  }, []);
  if (asked.times === 0) return null;
  return <EmbeddedFigure key={asked.times} link={{ ...readEmbed(asked.query, ''), run: { kind: 'given', text: asked.run } }} />;
}

createRoot(document.body.appendChild(document.createElement('div'))).render(
  <ErrorBoundary>
    <AskedFigure />
  </ErrorBoundary>,
);

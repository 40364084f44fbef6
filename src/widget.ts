/**
 * The page's figures as a widget of notebooks, with anywidget's interface. In a frame of its own, so that
 * neither styles nor state are shared with the notebook or other widgets, and a run file can do nothing
 * there.
 */
/** The script of the frame, `widgetFrame.tsx` with its styles, which the build puts here. */
declare const KARMA_FRAME: string;

/** What the frame shows. */
export interface FigureQuestion {
  /** A run file's text. */
  readonly run: string;
  /** As in the address of an embedded figure. */
  readonly query: string;
}

/**
 * The part of anywidget's model that is used: `run`, a run file's text, and `query`, as in an embedded
 * figure's address.
 */
interface WidgetModel {
  get: (name: string) => unknown;
  on: (event: string, changed: () => void) => void;
  off: (event: string, changed: () => void) => void;
}

/** Shows the figure in `el`, and again whenever the model changes. @returns what removes it */
function render({ model, el }: { readonly model: WidgetModel; readonly el: HTMLElement }): () => void {
  const shown = document.createElement('iframe');
  shown.setAttribute('sandbox', 'allow-scripts allow-downloads allow-popups');
  shown.title = 'KARMA Playground';
  shown.style.cssText = 'width: 100%; height: 600px; border: 0';
  shown.srcdoc = `<!doctype html><html lang="en"><meta charset="utf-8"><body><script>${KARMA_FRAME}</script></body></html>`;
  const ask = (): void => {
    const question: FigureQuestion = { run: String(model.get('run')), query: String(model.get('query')) };
    shown.contentWindow?.postMessage(question, '*');
  };
  const hear = ({ source, data }: MessageEvent<{ readonly height: number }>): void => {
    if (source === shown.contentWindow) shown.style.height = `${Math.ceil(data.height)}px`;
  };
  shown.addEventListener('load', ask);
  addEventListener('message', hear);
  model.on('change:run', ask);
  model.on('change:query', ask);
  el.append(shown);
  return () => {
    model.off('change:run', ask);
    model.off('change:query', ask);
    removeEventListener('message', hear);
    shown.remove();
  };
}

export default { render };

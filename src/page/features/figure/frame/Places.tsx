import { useLayoutEffect, useState, type ReactNode, type RefObject } from 'react';
import type { MapCell } from '../../../../charts/attention/AttentionMap';
import { useWidth } from '../../../../charts/axes/useWidth';
import { withLineSigns } from '../../../../readings/format';
import type { Head } from '../../../../readings/series/attentionData';
import type { FrameModel } from '../../../../readings/story/frameData';
import type { Probe } from '../../../../record/runRecord';
import { t } from '../../../../words/words';
import { Swatch } from '../../../ui/controls/Swatch';
import { FrameMaps } from './FrameMap';
import { layOutFrame } from './frameLayout';
import { useWindowHeight } from './useWindowHeight';
import styles from './Frame.module.css';

interface PlacesProps {
  /** What is said above the maps. */
  readonly says: ReactNode;
  /** Placed where the maps begin. */
  readonly place?: RefObject<HTMLDivElement | null>;
  /** Whether more will be said there: its room is kept, so that nothing below it moves. */
  readonly growing: boolean;
  readonly models: readonly FrameModel[];
  readonly at: Head;
  /** Null until a history has been chosen. */
  readonly probe: Probe | null;
  /** What all models continue; null without texts. */
  readonly prompt: string | null;
  readonly player: (narrow: boolean) => ReactNode;
  readonly curves: (narrow: boolean, height: number) => ReactNode;
  /** @param hovered the cell under the pointer */
  readonly scope: (narrow: boolean, hovered: MapCell | null) => ReactNode;
}

/**
 * Where everything is in the page's first picture: the same for a record, and for a run that has none yet.
 */
export function Places({ says, place, growing, models, at, probe, prompt, player, curves, scope }: PlacesProps) {
  const [hovered, setHovered] = useState<MapCell | null>(null);
  const [frame, width] = useWidth<HTMLDivElement>();
  const windowHeight = useWindowHeight();
  const [top, setTop] = useState(0);
  // Not when a notice appears above it: the maps would change their size while they are read.
  useLayoutEffect(() => {
    if (frame.current) setTop(Math.round(frame.current.getBoundingClientRect().top + scrollY));
  }, [frame, width, windowHeight, says]);
  const layout = width > 0 ? layOutFrame(probe, models.length, width, top, windowHeight) : null;
  return (
    <section className={styles.frame} aria-label={t('What the run shows')} data-narrow={layout?.narrow}>
      <div className={styles.finding} data-part="finding" data-growing={growing}>
        {says}
      </div>
      <div ref={place} className={styles.measure}>
        <div ref={frame} />
      </div>
      {layout && (
        <>
          <FrameMaps models={models} at={at} probe={probe} layout={layout} hovered={hovered} onHover={setHovered} />
          {prompt !== null && <Texts prompt={prompt} models={models} gap={layout.gap} narrow={layout.narrow} />}
          {player(layout.narrow)}
          <div className={styles.curves} style={{ minHeight: layout.height + (layout.narrow ? 44 : 0) }}>
            {curves(layout.narrow, layout.height)}
          </div>
        </>
      )}
      <div className={styles.scope} data-part="scope">
        {scope(layout?.narrow ?? false, hovered)}
      </div>
    </section>
  );
}

interface TextsProps {
  readonly prompt: string;
  readonly models: readonly FrameModel[];
  readonly gap: number;
  readonly narrow: boolean;
}

/** How each model continues one prompt: under its map, or on a phone one below the other. */
function Texts({ prompt, models, gap, narrow }: TextsProps) {
  return (
    <ul
      className={styles.texts}
      aria-label={t('What each model writes')}
      style={narrow ? undefined : { columnGap: gap, gridTemplateColumns: `repeat(${models.length}, minmax(0, 1fr))` }}
    >
      {models.map(({ id, label, mark, written }) => (
        <li key={id}>
          {narrow && (
            <span className={styles.writer} translate="no">
              <Swatch mark={mark} /> {label}
            </span>
          )}
          {written !== null && (
            <q className={styles.text} translate="no" title={prompt + written.text}>
              <b>{prompt}</b>
              {withLineSigns(written.text)}
            </q>
          )}
        </li>
      ))}
    </ul>
  );
}

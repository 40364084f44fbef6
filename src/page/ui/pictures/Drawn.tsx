import type { ReactNode } from 'react';
import { t } from '../../../words/words';
import { Picture } from './Picture';
import styles from './Pictures.module.css';

interface DrawnProps {
  /** RGBA [side, side, 4]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  readonly nearest: readonly { readonly title: string; readonly distance: number }[];
  /** The picture of one of the nearest items, by its place. */
  readonly picture: (place: number) => ReactNode;
}

/** What an arm with L_img draws from h, and the nearest pictures. */
export function Drawn({ pixels, nearest, picture }: DrawnProps) {
  return (
    <div className={styles.drawn}>
      {pixels && <Picture pixels={pixels} label={t('What h draws')} large />}
      <ol>
        {nearest.map(({ title, distance }, place) => (
          <li key={title}>
            {picture(place)} <span translate="no">{title}</span> <span className={styles.distance}>{distance.toFixed(2)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

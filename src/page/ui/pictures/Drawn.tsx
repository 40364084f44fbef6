import { t } from '../../../words/words';
import { fromBase64 } from '../../../record/base64';
import { opaque } from '../../../record/pixels';
import type { Reading } from '../../../record/runRecord';
import { Picture } from './Picture';
import { ItemPicture } from '../../features/figure/pictures/ItemPicture';
import styles from './Pictures.module.css';

interface DrawnProps {
  /** RGBA [side, side, 4]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  readonly nearest: readonly {
    readonly title: string;
    readonly distance: number;
    /** Undefined if it is looked up by title. */
    readonly pixels?: Uint8ClampedArray<ArrayBuffer> | null;
  }[];
}

/** What an arm with L_img draws from h, and the nearest pictures. */
export function Drawn({ pixels, nearest }: DrawnProps) {
  return (
    <div className={styles.drawn}>
      {pixels && <Picture pixels={pixels} label={t('What h draws')} large />}
      <ol>
        {nearest.map(({ title, distance, pixels: own }) => (
          <li key={title}>
            {own === undefined ? (
              <ItemPicture title={title} named />
            ) : (
              own && <Picture pixels={own} label={t('Picture of {item}', { item: title })} />
            )}{' '}
            <span translate="no">{title}</span> <span className={styles.distance}>{distance.toFixed(2)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The same, in the form of a record. */
export function RecordedDrawn({ picture: { pixels, nearest } }: { readonly picture: NonNullable<Reading['picture']> }) {
  return <Drawn pixels={pixels === null ? null : opaque(fromBase64(pixels))} nearest={nearest} />;
}

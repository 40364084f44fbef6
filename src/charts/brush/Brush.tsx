import type { Rectangle } from '../pointer';
import styles from './Brush.module.css';

/** The rectangle that is being drawn. */
export function Brush({ left, right, top, bottom }: Rectangle) {
  return <rect className={styles.brush} x={left} y={top} width={right - left} height={bottom - top} />;
}

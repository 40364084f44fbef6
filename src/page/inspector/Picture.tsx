import { useEffect, useRef } from 'react';
import styles from './Inspector.module.css';

interface PictureProps {
  /** RGBA [side, side, 4]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** What it shows, for those who do not see it. */
  readonly label: string;
}

/** A picture that was drawn from its numbers. */
export function Picture({ pixels, label }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.sqrt(pixels.length / 4);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, side), 0, 0);
  }, [pixels, side]);
  return <canvas ref={canvas} className={styles.picture} width={side} height={side} role="img" aria-label={label} />;
}

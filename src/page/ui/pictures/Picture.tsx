import { useEffect, useRef } from 'react';
import styles from './Pictures.module.css';

interface PictureProps {
  /** RGBA [side, side, 4]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Text alternative; left out if the title is beside it. */
  readonly label?: string;
  readonly large?: boolean;
}

/** A small picture, drawn from its pixels. */
export function Picture({ pixels, label, large = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.sqrt(pixels.length / 4);
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, side), 0, 0);
  }, [pixels, side]);
  return (
    <canvas
      ref={canvas}
      className={large ? styles.large : styles.picture}
      width={side}
      height={side}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

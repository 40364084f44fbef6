/** Outlines of symbols around (0, 0), y downwards. Pure. */
import type { SymbolName } from './figure';

export type Outline =
  | { readonly kind: 'circle'; readonly radius: number }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [number, number])[] };

/** @param size area in square points */
export function outlineOf(symbol: SymbolName, size: number): Outline {
  const polygon = (points: readonly (readonly [number, number])[]): Outline => ({ kind: 'polygon', points });
  switch (symbol) {
    case 'circle':
      return { kind: 'circle', radius: Math.sqrt(size / Math.PI) };
    case 'square': {
      const half = Math.sqrt(size) / 2;
      return polygon([
        [-half, -half],
        [half, -half],
        [half, half],
        [-half, half],
      ]);
    }
    case 'triangle': {
      const half = Math.sqrt(size / Math.sqrt(3));
      const height = half * Math.sqrt(3);
      return polygon([
        [0, (-2 * height) / 3],
        [half, height / 3],
        [-half, height / 3],
      ]);
    }
    case 'diamond': {
      const [across, down] = [Math.sqrt(size / 2.5), Math.sqrt((size * 1.25) / 2)];
      return polygon([
        [0, -down],
        [across, 0],
        [0, down],
        [-across, 0],
      ]);
    }
    case 'cross': {
      // Five squares.
      const arm = Math.sqrt(size / 5) / 2;
      const far = 3 * arm;
      return polygon([
        ...([
          [-far, -arm],
          [-arm, -arm],
          [-arm, -far],
          [arm, -far],
          [arm, -arm],
          [far, -arm],
        ] as const),
        ...([
          [far, arm],
          [arm, arm],
          [arm, far],
          [-arm, far],
          [-arm, arm],
          [-far, arm],
        ] as const),
      ]);
    }
    case 'wye': {
      // Three squares around a triangle, each side as long as the squares'.
      const side = Math.sqrt(size / (3 + Math.sqrt(3) / 4));
      const near = side / Math.sqrt(12);
      const arm = [
        [side / 2, near],
        [side / 2, near + side],
        [-side / 2, near + side],
      ] as const;
      return polygon(
        [0, 1, 2].flatMap((third) => {
          const [cos, sin] = [Math.cos((2 * Math.PI * third) / 3), Math.sin((2 * Math.PI * third) / 3)];
          return arm.map(([x, y]) => [cos * x - sin * y, sin * x + cos * y] as const);
        }),
      );
    }
    case 'star': {
      const outer = Math.sqrt(size * 0.89);
      return polygon(
        Array.from({ length: 10 }, (_, i) => {
          const radius = i % 2 === 0 ? outer : outer * 0.382;
          const angle = (Math.PI * i) / 5 - Math.PI / 2;
          return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
        }),
      );
    }
  }
}

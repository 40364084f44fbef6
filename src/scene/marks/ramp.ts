/**
 * Colour ramps that are even in OKLab lightness (Ottosson 2020), as 256 RGB triples. Attention: one violet
 * hue from paper to ink. Difference: violet (less) – paper – green (more), centred on 0. None of the hues
 * belongs to an arm, and amber is reserved for sinks.
 */
export type Scheme = 'light' | 'dark';
export type Ramp = Uint8ClampedArray;

interface Lch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}

/** OKLCH to 8-bit sRGB; out-of-gamut channels are clipped. */
export function oklchToRgb({ lightness, chroma, hue }: Lch): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function channel(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}

function build(at: (t: number) => Lch): Ramp {
  const ramp = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) ramp.set(oklchToRgb(at(i / 255)), i * 3);
  return ramp;
}

/** Weight 0 … 1. The zero end differs from the page, so that "no attention" is not "masked". */
export function attentionRamp(scheme: Scheme): Ramp {
  const [from, to] = scheme === 'light' ? [0.965, 0.24] : [0.25, 0.95];
  return build((t) => ({ lightness: from + (to - from) * t, chroma: 0.012 + 0.14 * Math.sin(Math.PI * t ** 0.9), hue: 292 }));
}

/** Index 0 = −limit, 127.5 = 0, 255 = +limit. */
export function differenceRamp(scheme: Scheme): Ramp {
  const [centre, end] = scheme === 'light' ? [0.965, 0.4] : [0.25, 0.82];
  return build((t) => {
    const away = Math.abs(2 * t - 1);
    return { lightness: centre + (end - centre) * away, chroma: 0.006 + 0.15 * away, hue: t < 0.5 ? 320 : 150 };
  });
}

/** A `linear-gradient` of the ramp for legends. */
export function rampGradient(ramp: Ramp, stops = 17): string {
  const colours = Array.from({ length: stops }, (_, i) => rampColour(ramp, i / (stops - 1)));
  return `linear-gradient(to right, ${colours.join(', ')})`;
}

/** @param t 0 … 1 */
export function rampColour(ramp: Ramp, t: number): string {
  const at = rampIndex(t) * 3;
  return `rgb(${ramp[at]!}, ${ramp[at + 1]!}, ${ramp[at + 2]!})`;
}

export function rampIndex(t: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, t)));
}

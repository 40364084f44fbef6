import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe as suite, expect, it } from 'vitest';
import { SAMPLE_CHARTS } from '../../testing/sampleCharts';
import { skipUnless } from '../../testing/skipUnless';
import { compileLatex, findLatex } from '../../testing/tex';
import { withExtremes } from '../../scene/extremes';
import { panelOf } from '../../scene/charts/chart';
import { outlineOf } from '../../scene/drawing';
import { inkFrom, printed } from './printed';
import { layOut, type PlacedFigure } from './layOut';
import { pdfFigure } from './pdfFigure';
import { pgfFigure } from './pgfFigure';
import { encodeDrawing, encodePng, withResolution } from './png';
import { POINTS_PER_MM, FIGURE_PRESETS, SIZES } from './presets';
import { svgFigure } from './svgFigure';
import { missingCharacters, readFont, textWidth } from './trueType';
import { vegaFigure } from './vegaFigure';

const inkOf = inkFrom(readFileSync('src/page/ui/theme.css', 'utf8'));
const fonts = {
  sans: readFont('Arimo', new Uint8Array(readFileSync('public/fonts/arimo.ttf'))),
  serif: readFont('Tinos', new Uint8Array(readFileSync('public/fonts/tinos.ttf'))),
};
const PANELS = SAMPLE_CHARTS.map((chart) => printed(panelOf(chart), inkOf));
const placedIn = (panels: typeof PANELS, width = 84.7, size = 8): PlacedFigure =>
  layOut(panels, { width, columns: null, size, font: fonts.sans });

const MOST_BYTES = 200_000;

suite('fonts', () => {
  it('have the widths of Helvetica and Times, and the characters of formulas', () => {
    expect(textWidth(fonts.sans, '0', 1000)).toBeCloseTo(556, 0);
    expect(textWidth(fonts.sans, 'W', 1000)).toBeCloseTo(944, 0);
    expect(textWidth(fonts.serif, '0', 1000)).toBeCloseTo(500, 0);
    for (const font of Object.values(fonts)) expect(missingCharacters(font, 'λαεσΔ−±×≤²↑é[EMB]…’漢')).toEqual(['漢']);
  });
});

suite('a figure for print', () => {
  it('has its axes behind the marks: the first mark of a curve is on one of them', () => {
    const { primitives } = placedIn([PANELS[0]!]);
    // Of a curve, not of the key.
    const first = primitives.findIndex((one) => one.kind === 'symbols' && one.points.length > 1);
    const marks = primitives[first];
    if (marks?.kind !== 'symbols') throw new Error('no marks');
    const left = Math.min(...marks.points.map(([x]) => x));
    // Arms stand beside each other there, and their intervals, which are shorter.
    const tall = primitives.map((one) => {
      if (one.kind !== 'line' || !one.points.every(([x]) => x === one.points[0]![0] && Math.abs(x - left) < 8)) return 0;
      const ys = one.points.map(([, y]) => y);
      return Math.max(...ys) - Math.min(...ys);
    });
    const axis = tall.indexOf(Math.max(...tall));
    expect(tall[axis]).toBeGreaterThan(0);
    expect(axis).toBeLessThan(first);
  });

  it.each(FIGURE_PRESETS.flatMap((preset) => (['one', 'two'] as const).map((span) => [preset.label, span, preset] as const)))(
    'of %s, %s, has its width, type of 7 to 9 points, and nothing beyond its edges',
    (_, span, { font, ...preset }) => {
      for (const size of SIZES) {
        const placed = layOut(PANELS, { width: preset[span], columns: null, size, font: fonts[font] });
        expect(placed.width / POINTS_PER_MM).toBeCloseTo(preset[span], 6);
        const beyond = placed.primitives.flatMap((primitive) => {
          if (primitive.kind !== 'text') return [];
          expect(primitive.size).toBe(size);
          const { at, text, anchor, upright } = primitive;
          const wide = textWidth(fonts[font], text, size);
          const start =
            at[upright === true ? 1 : 0] + (upright === true ? 1 : -1) * { start: 0, middle: 0.5, end: 1 }[anchor] * wide;
          const [low, high, most] = upright === true ? [start - wide, start, placed.height] : [start, start + wide, placed.width];
          return low < -0.5 || high > most + 0.5 ? [text] : [];
        });
        expect(beyond).toEqual([]);
      }
    },
  );

  it('keeps names of rows apart where they are shortened', () => {
    const forest = PANELS.find(({ y }) => y.ticks !== undefined)!;
    const labels = ['KARMA 0.3, item interface text, rank 8', 'KARMA 0.3, item interface text, rank 64', 'Action'];
    const ticks = labels.map((label, i) => ({ value: i, label }));
    const [panel] = placedIn([{ ...forest, y: { ...forest.y, ticks } }], 60).panels;
    const named = panel!.yTicks.map(({ label }) => label);
    expect(named[0]).toMatch(/^KARMA.*….*rank 8$/);
    expect(named[1]).toMatch(/^KARMA.*….*rank 64$/);
    expect(named[2]).toBe('Action');
  });

  it('distinguishes series without colour', () => {
    const [curves] = PANELS;
    const looks = curves!.key.map(({ stroke, symbol }) => JSON.stringify([stroke?.dash, symbol && outlineOf(symbol.symbol, 1)]));
    expect(new Set(looks).size).toBe(looks.length);
  });

  it('names panels (a), (b), … and a series once', () => {
    const placed = placedIn(PANELS.slice(0, 3), 177.9);
    expect(placed.panels.map(({ letter }) => letter)).toEqual(['(a)', '(b)', '(c)']);
    expect(placed.key.map(({ label }) => label)).toEqual(['Action', '+gen', '+rec', 'KARMA (λ = 0.3)', 'Popularity', 'item-kNN']);
    expect(new Set(placed.panels.map(({ area }) => area.top)).size).toBe(1);
    expect(placedIn(PANELS.slice(0, 1)).panels[0]!.letter).toBeNull();
  });

  it('keeps the first, last, lowest and highest points when thinning', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 900 }), (values) => {
        const points = values.map((y, x) => ({ x, y }));
        const kept = withExtremes(points, 100);
        expect(kept.length).toBeLessThanOrEqual(Math.min(points.length, 100));
        expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
        const ys = kept.map(({ y }) => y);
        expect([Math.min(...ys), Math.max(...ys)]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(kept.every(({ x }, i) => i === 0 || x > kept[i - 1]!.x)).toBe(true);
      }),
    );
  });
});

suite('files of a figure', () => {
  it('of every chart, and of all of them as one, have at most 200 kB', async () => {
    for (const panels of [...PANELS.map((panel) => [panel]), PANELS]) {
      const placed = placedIn(panels, panels.length > 1 ? 177.9 : 84.7);
      const sizes = [
        (await svgFigure(placed, { font: 'Arimo', title: 'x' })).length,
        (await pdfFigure(placed, fonts.sans, 'x')).length,
        pgfFigure(placed, 'x').length,
        vegaFigure(placed, 'x', 'Arimo').length,
      ];
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_BYTES);
    }
  });

  it('SVG has its size in millimetres, a white background, and escaped text', async () => {
    const svg = await svgFigure(placedIn([{ ...PANELS[0]!, x: { ...PANELS[0]!.x, label: '<a> & "b"\u0000' } }]), {
      font: 'Arimo',
      title: 'A & B',
    });
    expect(svg).toMatch(/width="84\.7mm"/);
    expect(svg).toContain('fill="#ffffff"');
    expect(svg).toContain('&#60;a&#62; &#38; &#34;b&#34; ');
    expect(svg).not.toMatch(/opacity|rgba/);
  });

  it('Vega-Lite has the numbers of the chart', () => {
    const spec = JSON.parse(vegaFigure(placedIn([PANELS[4]!]), 'Sweep', 'Arimo')) as {
      layer: { description: string; mark: { type: string }; data: { values: unknown[] } }[];
      encoding: { x: { scale: object } };
    };
    const line = spec.layer.find(({ description, mark }) => description === 'Action' && mark.type === 'line')!;
    expect(line.data.values).toEqual([0.001, 0.002, 0.004, 0.008].map((x, i) => ({ x, y: 5 - i })));
    expect(spec.encoding.x.scale).toMatchObject({ type: 'log' });
  });

  it('Vega-Lite names the positions of a map on its axes and in its tooltips', () => {
    const panel = PANELS.find(({ diagonal }) => diagonal !== undefined)!;
    const { labels } = panel.diagonal!;
    const spec = JSON.parse(vegaFigure(placedIn([panel]), 'Map', 'Arimo')) as {
      layer: { data: { values: Record<string, unknown>[] }; encoding: { tooltip: { field: string }[] } }[];
      encoding: Record<'x' | 'y', { axis: { values: number[]; labelExpr: string } }>;
    };
    for (const { axis } of [spec.encoding.x, spec.encoding.y]) {
      expect(axis.values).toHaveLength(labels.length);
      expect(axis.labelExpr).toContain(JSON.stringify(labels));
    }
    const [cells] = spec.layer;
    expect(cells!.encoding.tooltip.map(({ field }) => field)).toEqual(['attending', 'attended', 'value']);
    const last = cells!.data.values.at(-1)!;
    expect(last).toMatchObject({ attending: labels.at(-1), attended: labels.at(-1), x: labels.length - 1, y: labels.length - 1 });
  });

  it('Vega-Lite tells series apart by dash and symbol in its legend, those without points among them', () => {
    interface Channel {
      readonly datum: string;
      readonly scale: { readonly domain: readonly string[]; readonly range: readonly unknown[] };
    }
    const { layer } = JSON.parse(vegaFigure(placedIn([PANELS[0]!]), 'Curves', 'Arimo')) as {
      layer: { encoding: Partial<Record<'color' | 'strokeDash' | 'shape', Channel>> }[];
    };
    const looks = (name: 'strokeDash' | 'shape') => layer.flatMap(({ encoding }) => encoding[name] ?? []);
    const [dash] = looks('strokeDash');
    const [shape] = looks('shape');
    expect(dash!.scale.domain).toEqual(PANELS[0]!.key.map(({ label }) => label));
    const both = dash!.scale.domain.map((_, i) => JSON.stringify([dash!.scale.range[i], shape!.scale.range[i]]));
    expect(new Set(both).size).toBe(both.length);
    expect(looks('strokeDash').map(({ datum }) => datum)).toContain('Action');
  });

  it('PDF is one page of its size with an embedded font', async () => {
    const placed = placedIn([PANELS[7]!]);
    const text = Buffer.from(await pdfFigure(placed, fonts.sans, 'λ')).toString('latin1');
    expect(text.startsWith('%PDF-1.5')).toBe(true);
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text)!;
    expect([Number(width), Number(height)].map((value) => Math.round(100 * value))).toEqual(
      [placed.width, placed.height].map((value) => Math.round(100 * value)),
    );
    expect(text).toContain('/FontFile2');
    // Every object is where the file's table says.
    const table = text.slice(text.lastIndexOf('xref'));
    const places = [...table.matchAll(/(\d{10}) 00000 n/g)].map(([, at]) => Number(at));
    expect(places.map((at) => Number(/^(\d+) 0 obj/.exec(text.slice(at, at + 20))?.[1]))).toEqual(places.map((_, i) => i + 1));
  });

  it('PNG has the pixels, and states its physical size', async () => {
    const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => 10 * i);
    const png = withResolution(await encodePng(2, 3, pixels), 600);
    const text = Buffer.from(png).toString('latin1');
    const view = new DataView(png.buffer);
    expect(view.getUint32(text.indexOf('pHYs') + 4)).toBe(23622);
    const at = text.indexOf('IDAT') + 4;
    const raw = inflateSync(png.subarray(at, at + view.getUint32(at - 8)));
    const rows: number[][] = [];
    for (let row = 0; row < 3; row++) {
      expect(raw[row * 7]).toBe(2);
      rows.push([...raw.subarray(row * 7 + 1, row * 7 + 7)].map((value, i) => (value + (rows[row - 1]?.[i] ?? 0)) & 255));
    }
    expect(rows.flat()).toEqual([...pixels]);
  });
});

suite('a drawing as PNG', () => {
  it('keeps its inks exactly, and mixtures of them nearly', async () => {
    const inks = [0xffffff, 0xd55e00, 0x0072b2, 0x17181a];
    const side = 60;
    const colours = Array.from({ length: side * side }, (_, i) => (i % 5 === 0 ? 0xffffff - 4 * (i % 60) : inks[i % 4]!));
    const rgba = Uint8ClampedArray.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255, 255]));
    const png = await encodeDrawing(side, side, rgba);
    const text = Buffer.from(png).toString('latin1');
    const view = new DataView(png.buffer);
    const bodyOf = (name: string): Uint8Array => {
      const at = text.indexOf(name);
      return png.subarray(at + 4, at + 4 + view.getUint32(at - 4));
    };
    const [palette, lines] = [bodyOf('PLTE'), inflateSync(bodyOf('IDAT'))];
    colours.forEach((colour, i) => {
      const place = lines[Math.floor(i / side) * (side + 1) + 1 + (i % side)]!;
      const shown = (palette[3 * place]! << 16) | (palette[3 * place + 1]! << 8) | palette[3 * place + 2]!;
      if (inks.includes(colour)) expect(shown).toBe(colour);
      else expect(shown & 0xf0f0f0).toBe(colour & 0xf0f0f0);
    });
  });
});

suite('in LaTeX', () => {
  const { latex, why } = findLatex(['pgfplots', 'graphicx']);
  skipUnless(latex !== null, why);
  const head =
    '\\documentclass{article}\\usepackage{graphicx,pgfplots}\\pgfplotsset{compat=1.18}\\newsavebox\\X\\begin{document}\n';

  it('PGFPlots of every chart compiles and has the stated width', () => {
    const figure = pgfFigure(placedIn(PANELS, 177.9), 'hostile % \\end{document}');
    const shown = '\\sbox\\X{\\input{figure.tex}}\\typeout{WIDTH \\the\\wd\\X}\\noindent\\usebox\\X';
    const { pages, log } = compileLatex(latex!, `${head}${shown}\\end{document}\n`, { 'figure.tex': figure });
    expect(pages).toBe(1);
    expect((Number(/WIDTH ([\d.]+)pt/.exec(log)![1]) / 72.27) * 25.4).toBeCloseTo(177.9, 1);
  });

  it('PDF can be read, and has the stated width', async () => {
    const pdf = await pdfFigure(placedIn(PANELS, 177.9), fonts.sans, 'All');
    const document = `${head}\\sbox\\X{\\includegraphics{figure.pdf}}\\typeout{WIDTH \\the\\wd\\X}\\noindent\\usebox\\X\\end{document}\n`;
    const { log } = compileLatex(latex!, document, { 'figure.pdf': pdf });
    expect((Number(/WIDTH ([\d.]+)pt/.exec(log)![1]) / 72.27) * 25.4).toBeCloseTo(177.9, 1);
  });
});

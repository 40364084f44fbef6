import { describe, expect, it } from 'vitest';
import { TINY_CONFIG } from '../../testing/tinyModel';
import { readConfig } from '../../model/readConfig';
import { runSpecSchema, type Precision } from '../../recipe/runSpec';
import { forecastMemory } from './forecastMemory';

const CONFIG = readConfig({ ...TINY_CONFIG, hidden_size: 64, vocab_size: 40_000 });
const SIZES = { items: 100, users: 50, maxExposed: 0, maxQueryTokens: 0 };
const WIDE = 2 ** 30;
const spec = (precision: 'auto' | Precision) =>
  runSpecSchema.parse({ version: 1, model: { precision }, training: { batchSize: 2 } });

function forecast(precision: 'auto' | Precision, { buffer = WIDE, memory = null }: { buffer?: number; memory?: number | null }) {
  const room = { maxBufferSize: buffer, maxStorageBufferBindingSize: buffer, memory, f16: true };
  return forecastMemory(CONFIG, spec(precision), SIZES, room);
}

describe('auto', () => {
  const total = (precision: Precision): number => forecast(precision, {}).plan!.total;

  it('keeps the most exact precision where the device can bind only parts of a matrix', () => {
    const whole = forecast('auto', {});
    expect(whole.precision).toBe('f32');
    const embedding = 4 * 40_000 * 64;
    const divided = forecast('auto', { buffer: embedding / 2 - 4 });
    expect(divided).toMatchObject({ precision: 'f32', problem: null });
    expect(divided.plan!.largest.bytes).toBeLessThan(embedding / 2);
    expect(Math.abs(divided.plan!.total - whole.plan!.total)).toBeLessThan(1000);
  });

  it('leaves half of the machine’s memory free, and chooses the smallest if the rest is not enough', () => {
    expect(forecast('auto', { memory: 2 * total('f32') }).precision).toBe('f32');
    expect(forecast('auto', { memory: 2 * total('f32') - 2 }).precision).toBe('f16');
    expect(forecast('auto', { memory: 1 }).precision).toBe('q4_0');
    expect(forecast('f32', { memory: 1 }).problem).toBeNull();
  });

  it('says what is wrong if no precision fits', () => {
    expect(forecast('auto', { buffer: 2 ** 10 }).problem).toMatch(/allow/);
  });

  it('skips precisions that do not fit the model’s rows', () => {
    const odd = readConfig({ ...TINY_CONFIG, hidden_size: 66, num_attention_heads: 1, num_key_value_heads: 1 });
    const room = { maxBufferSize: WIDE, maxStorageBufferBindingSize: WIDE, memory: 1, f16: true };
    expect(forecastMemory(odd, spec('auto'), SIZES, room).precision).toBe('f32');
  });
});

it('half precision is refused where the device has none, and takes no other memory', () => {
  const room = { maxBufferSize: WIDE, maxStorageBufferBindingSize: WIDE, memory: null };
  const half = runSpecSchema.parse({ version: 1, model: { precision: 'auto', arithmetic: 'f16' }, training: { batchSize: 2 } });
  expect(forecastMemory(CONFIG, half, SIZES, { ...room, f16: false })).toEqual({
    precision: 'f32',
    plan: null,
    problem: expect.stringMatching(/lacks shader-f16.*Choose f32/) as unknown,
  });
  expect(forecastMemory(CONFIG, half, SIZES, { ...room, f16: true })).toEqual(forecast('auto', {}));
});

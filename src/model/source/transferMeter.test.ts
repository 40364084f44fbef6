import { expect, it } from 'vitest';
import type { ByteProgress } from './modelSource';
import { TransferMeter } from './transferMeter';

const network = (done: number, total: number): ByteProgress => ({ done, total, origin: 'network', kept: true });

it('computes speed and time left from what arrived in the last seconds', () => {
  const meter = new TransferMeter('a/b');
  meter.update('config.json', network(100, 100), 0);
  expect(meter.transfer).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
  // Resumed at 1,000: those bytes arrived earlier.
  meter.update('model.safetensors', network(1000, 5000), 1000);
  meter.update('model.safetensors', network(2000, 5000), 2000);
  expect(meter.transfer.bytesPerSecond).toBe(500);
  expect(meter.transfer.secondsLeft).toBe(6);
  for (let at = 3000; at <= 12_000; at += 1000) meter.update('model.safetensors', network(2000, 5000), at);
  expect(meter.transfer).toMatchObject({ bytesPerSecond: 0, secondsLeft: null });
  expect(meter.transfer.files.map(({ file, done, total }) => [file, done, total])).toEqual([
    ['config.json', 100, 100],
    ['model.safetensors', 2000, 5000],
  ]);
});

it('counts no bytes that were already stored, and gives no time left without a length', () => {
  const meter = new TransferMeter('a/b');
  meter.update('x', { done: 900, total: 900, origin: 'cache', kept: true }, 0);
  meter.update('y', network(0, 0), 0);
  meter.update('y', network(600, 0), 1000);
  expect(meter.transfer.bytesPerSecond).toBe(600);
  expect(meter.transfer.secondsLeft).toBeNull();
});

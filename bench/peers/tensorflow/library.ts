/**
 * TensorFlow.js on its WebGPU backend, in its own idiom: `tf.tidy`, `valueAndGrads`, `variableGrads`, its
 * Adam.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-webgpu';
import { norm, productOutcome, type Library, type Outcome, type Work } from '../../library';
import { loraPairs } from '../lora';
import { attention, causalMask, TensorflowDecoder } from './decoder';
import { stepWork } from './step';

/** @throws Error when the backend finds no adapter. */
export async function openTensorflow(): Promise<Library> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js has no WebGPU backend here');
  await tf.ready();
  return {
    matmul({ rows, columns, depth }, inputs, times) {
      const a = tf.tensor2d(inputs.a, [rows, depth]);
      const b = tf.tensor2d(inputs.b, [depth, columns]);
      let c: tf.Tensor2D | null = null;
      return Promise.resolve({
        async run() {
          for (let i = 0; i < times; i++) {
            c?.dispose();
            c = tf.matMul(a, b);
          }
          // Reading one entry waits for all.
          const entry = tf.slice(c!, [0, 0], [1, 1]);
          await entry.data();
          entry.dispose();
        },
        async outcome() {
          return productOutcome(await c!.data());
        },
      });
    },

    block({ config, length, sequences }, { weights, parameters, x, upstream }) {
      const decoder = new TensorflowDecoder(config, weights, parameters.layout.loraScale);
      decoder.prepare(length);
      const shape: [number, number] = [sequences * length, config.hidden];
      const arguments_: tf.Tensor[] = [tf.tensor2d(x, shape)];
      // Gradients are requested by position: x, then A and B of every projection.
      const places = loraPairs(
        parameters,
        ({ values, rows, columns }) => arguments_.push(tf.tensor2d(values, [rows, columns])) - 1,
      );
      const g = tf.tensor2d(upstream, shape);
      const loss = (...given: tf.Tensor[]): tf.Scalar => {
        const at = (place: number): tf.Tensor2D => given[place] as tf.Tensor2D;
        const lora = places.map(
          (layer) =>
            Object.fromEntries(
              Object.entries(layer).map(([projection, { a, b }]) => [projection, { a: at(a), b: at(b) }]),
            ) as Record<keyof typeof layer, { a: tf.Tensor2D; b: tf.Tensor2D }>,
        );
        return tf.sum(tf.mul(decoder.forward(at(0), length, lora), g));
      };
      return Promise.resolve(gradientWork(loss, arguments_));
    },

    crossEntropy({ rows, columns, depth }, inputs) {
      const h = tf.tensor2d(inputs.h, [rows, depth]);
      const e = tf.tensor2d(inputs.e, [columns, depth]);
      const targets = tf.tensor1d(Int32Array.from(inputs.targets), 'int32');
      const loss = (given: tf.Tensor): tf.Scalar =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(targets, columns), tf.matMul(given as tf.Tensor2D, e, false, true));
      return Promise.resolve(gradientWork(loss, [h]));
    },

    attention({ heads, kvHeads, headSize, sequences, length }, { qkv, upstream }) {
      const sizes = [heads * headSize, kvHeads * headSize, kvHeads * headSize];
      const parts = tf.split(tf.tensor2d(qkv, [sequences * length, qkv.length / (sequences * length)]), sizes, 1);
      const split = (x: tf.Tensor, count: number): tf.Tensor4D => tf.reshape(x, [sequences, length, count, headSize]);
      const given = parts.map((part, index) => split(part, index === 0 ? heads : kvHeads));
      const mask = causalMask(heads / kvHeads, length);
      const g = tf.tensor2d(upstream, [sequences * length, heads * headSize]);
      const loss = (...[q, k, v]: tf.Tensor[]): tf.Scalar =>
        tf.sum(tf.mul(attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, mask), g));
      return Promise.resolve(gradientWork(loss, given));
    },

    step: (benchCase, inputs) => Promise.resolve(stepWork(benchCase, inputs)),
  };
}

function gradientWork(loss: (...given: tf.Tensor[]) => tf.Scalar, given: tf.Tensor[]): Work {
  let last: { value: tf.Tensor; grads: tf.Tensor[] } | null = null;
  let value = NaN;
  const differentiated = tf.valueAndGrads(loss);
  return {
    async run() {
      tf.dispose(last ?? []);
      last = tf.tidy(() => differentiated(given));
      // Gradients were queued before the loss is read.
      [value = NaN] = await last.value.data();
    },
    async outcome(): Promise<Outcome> {
      return { loss: value, gradNorm: norm(await Promise.all(last!.grads.map((gradient) => gradient.data()))) };
    },
  };
}

/**
 * A training step of docs/method.md in TensorFlow.js: `variableGrads`, clipping by the global norm, its own
 * Adam, decoupled decay.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { StepCase } from '../../cases';
import { named, type StepInputs } from '../../inputs';
import type { Work } from '../../library';
import { loraPairs } from '../lora';
import { batchIndices, headNames, isDecayed } from '../step';
import { TensorflowDecoder } from './decoder';

export function stepWork(benchCase: StepCase, { config, weights, features, parameters, batch }: StepInputs): Work {
  const { spec, items, history, text, lambdaGen, lambdaRec } = benchCase;
  const { training } = spec;
  const { hidden } = config;
  const users = batch.length;
  const textRows = lambdaGen > 0 ? text - 1 : 0;
  const length = history + 2 + textRows;
  const decoder = new TensorflowDecoder(config, weights, parameters.layout.loraScale);
  decoder.prepare(length);
  decoder.prepare(text);
  const variables: Record<string, tf.Variable<tf.Rank.R2>> = {};
  const variable = (name: string): tf.Variable<tf.Rank.R2> => {
    const { rows, columns, values } = named(parameters, name);
    return (variables[name] = tf.variable(tf.tensor2d(values, [rows, columns]), true, `${benchCase.id}.${name}`));
  };
  const lora = loraPairs(parameters, (_, name) => variable(name));
  for (const name of headNames(benchCase)) variable(name);
  const of = (name: string): tf.Variable<tf.Rank.R2> => variables[name]!;
  const hiddenFeatures = tf.tensor2d(features.hidden, [items, hidden]);
  const titleFeatures = tf.tensor2d(features.title, [items, hidden]);
  const bos = tf.slice(decoder.embedding, [config.bosId, 0], [1, hidden]);
  const optimizer = tf.train.adam(training.learningRate, training.beta1, training.beta2, training.epsilon);

  const normalised = (x: tf.Tensor2D): tf.Tensor2D => tf.div(x, tf.maximum(tf.norm(x, 2, -1, true), 1e-12));
  const affine = (x: tf.Tensor2D, weight: string, bias: string): tf.Tensor2D =>
    tf.add(tf.matMul(x, of(weight), false, true), of(bias));
  const repeated = (row: tf.Tensor2D): tf.Tensor3D => tf.tile(tf.reshape(row, [1, 1, hidden]), [users, 1, 1]);
  const bySequence = (x: tf.Tensor2D): tf.Tensor3D => tf.reshape(x, [users, -1, hidden]);
  const asRows = (x: tf.Tensor3D, width = hidden): tf.Tensor2D => tf.reshape(x, [-1, width]);
  const textLoss = (rows: tf.Tensor2D, tokens: tf.Tensor1D): tf.Scalar =>
    tf.losses.softmaxCrossEntropy(tf.oneHot(tokens, config.vocabulary), tf.matMul(rows, decoder.embedding, false, true));

  /** L_act + λ_gen·L_gen + λ_rec·L_rec of a batch. */
  const objective = (): tf.Scalar => {
    const indices = batchIndices(batch);
    const item = tf.tensor1d(indices.items, 'int32');
    const itemTokens = tf.add<tf.Tensor2D>(
      tf.gather(titleFeatures, item),
      affine(tf.gather(hiddenFeatures, item), 'w_in', 'b_in'),
    );
    const tokens = tf.tensor1d(indices.tokens, 'int32');
    const textInput = (): tf.Tensor3D =>
      tf.slice(bySequence(tf.gather<tf.Tensor2D>(decoder.embedding, tokens)), [0, 0, 0], [users, text - 1, hidden]);
    const parts = [repeated(bos), bySequence(itemTokens), repeated(of('emb'))];
    if (textRows > 0) parts.push(textInput());
    const states = bySequence(decoder.forward(asRows(tf.concat<tf.Tensor3D>(parts, 1)), length, lora));

    // Item rows but the last one, then [EMB].
    const predicting = tf.concat<tf.Tensor3D>(
      [tf.slice(states, [0, 1, 0], [users, history - 1, hidden]), tf.slice(states, [0, history + 1, 0], [users, 1, hidden])],
      1,
    );
    const h = normalised(tf.matMul(asRows(predicting), of('w_o'), false, true));
    const e = normalised(tf.matMul(hiddenFeatures, of('w_e'), false, true));
    const scores = tf.mul(tf.matMul(h, e, false, true), tf.exp(of('log_scale')));
    const targets = tf.oneHot(tf.tensor1d(indices.targets, 'int32'), items);
    let total: tf.Scalar = tf.losses.softmaxCrossEntropy(targets, scores);
    if (lambdaGen > 0) {
      const rows = tf.slice(states, [0, history + 1, 0], [users, text, hidden]);
      total = tf.add(total, tf.mul(textLoss(asRows(rows), tokens), lambdaGen));
    }
    if (lambdaRec > 0) {
      const width = spec.objective.embeddingSize;
      const ofUsers = tf.reshape<tf.Rank.R3>(h, [users, history, width]);
      const interest = asRows(tf.slice(ofUsers, [0, history - 1, 0], [users, 1, width]), width);
      const soft = bySequence(affine(interest, 'w_d', 'b_d'));
      const read = decoder.forward(asRows(tf.concat<tf.Tensor3D>([soft, textInput()], 1)), text, lora);
      total = tf.add(total, tf.mul(textLoss(read, tokens), lambdaRec));
    }
    return total;
  };

  let last: { readonly loss: number; readonly gradNorm: number } = { loss: NaN, gradNorm: NaN };
  return {
    async run() {
      const [value, gradNorm] = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(objective);
        // Not `addN`: this backend binds all of its inputs to one kernel, which exceeds a device's limit.
        const squares = Object.values(grads).map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)));
        const gradNorm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
        const factor = tf.minimum(1, tf.div(training.clipNorm, tf.add(gradNorm, 1e-6)));
        for (const [name, parameter] of Object.entries(variables)) {
          const kept = 1 - training.learningRate * training.weightDecay;
          if (isDecayed(name)) parameter.assign(tf.mul(parameter, kept));
        }
        optimizer.applyGradients(Object.entries(grads).map(([name, gradient]) => ({ name, tensor: tf.mul(gradient, factor) })));
        return [value, gradNorm] as const;
      });
      const [[loss = NaN], [norm = NaN]] = await Promise.all([value.data(), gradNorm.data()]);
      tf.dispose([value, gradNorm]);
      last = { loss, gradNorm: norm };
    },
    outcome: () => Promise.resolve(last),
  };
}

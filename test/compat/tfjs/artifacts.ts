// What tests of artefacts share: models of TensorFlow.js loaded, saved, and asked.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { TfjsArtifacts, TfjsFiles } from '../../../src/compat/tfjs/index.js';

export { tf, tfl };

/** A model as `tf.loadLayersModel` makes it of artefacts. */
export const loaded = (artifacts: TfjsArtifacts): Promise<tfl.LayersModel> => tfl.loadLayersModel(tf.io.fromMemory(artifacts));

/** The same of files on a server. */
export function served(files: TfjsFiles): Promise<tfl.LayersModel> {
  const fetchFunc = async (url: string) => {
    const path = url.replace('http://models/', '');
    return new Response(files[path], {
      headers: { 'Content-Type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream' },
    });
  };
  return tfl.loadLayersModel(tf.io.http('http://models/model.json', { fetchFunc: fetchFunc as typeof fetch }));
}

/** What `model.save` hands to a handler. */
export async function saved(model: tfl.LayersModel, includeOptimizer = false): Promise<tf.io.ModelArtifacts> {
  let found: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    found = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
  });
  await model.save(handler, { includeOptimizer });
  return found!;
}

/** Outputs for rows, row-major. */
export function outputsOf(model: tfl.LayersModel, rows: readonly (readonly number[])[]): number[] {
  return tf.tidy(() => Array.from((model.predict(tf.tensor2d(rows as number[][])) as tf.Tensor).dataSync()));
}

/** Park and Miller's generator: uniform on ±1. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

export function rowsOf(count: number, columns: number, seed = 5): number[][] {
  const draw = uniform(seed);
  return Array.from({ length: count }, () => Array.from({ length: columns }, () => 2 * draw()));
}

/** Whether numbers agree within the rounding of float32, of which there are many on the way. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-5): void {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(found[i]! - expected[i]!) / scale, `element ${i}`).toBeLessThan(tolerance);
}

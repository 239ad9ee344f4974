// The same of its utilities.

import { utilities, NeuralNetwork, NeuralNetworkGPU } from '../../../../src/compat/brain/index.js';
const m: number = utilities.max({ a: 1 });
utilities.max(new Float32Array(1));
const e: number = utilities.mse(new Float32Array(2));
const o: Float32Array = utilities.ones(2);
const o2: Float32Array[] = utilities.ones2D(2, 3);
const z: Float32Array = utilities.zeros(2);
const rw: number = utilities.randomWeight();
const ra: Float32Array = utilities.randos(3);
utilities.randos(3, 0.5);
const rg: number[] = utilities.range(0, 5);
const ta: Float32Array = utilities.toArray([1]);
utilities.toArray({ a: 1 });
utilities.toArray(new Float32Array(1));
const rf: number = utilities.random.randomFloat(0, 1);
utilities.random.gaussRandom().toFixed();
utilities.random.randomInteger(0, 3).toFixed();
utilities.random.randomN(0, 1).toFixed();
const df = new utilities.DataFormatter(['a', 'b']);
df.indexTable['a'];
df.characterTable[0];
df.characters.length;
df.specialIndexes[0];
df.isSetup;
df.setup(['a'], 1);
df.toIndexes('ab');
df.toIndexes('ab', 0)[0]!.toFixed();
df.toIndexesInputOutput('a', 'b', 0);
df.toIndexesValue('a', 0, true);
const cs: string[] = df.toCharacters([0, 1]);
df.toCharacters([0], 0);
const ts: string = df.toString([1], 0);
df.addInputOutput();
df.addUnrecognized();
df.addSpecial('x');
df.addSpecial('x', null);
df.addCharacters('abc', {});
df.buildTables(0);
df.buildCharactersFromIterable(['a']);
utilities.DataFormatter.fromAllPrintable(0);
utilities.DataFormatter.fromAllPrintable(0, ['\n']);
utilities.DataFormatter.fromAllPrintableInputOutput(0);
utilities.DataFormatter.fromStringInputOutput('abc', 0);
utilities.DataFormatter.fromArrayInputOutput([{ input: 'a', output: 'b' }], 0);
utilities.DataFormatter.fromString('abc');
const dj = df.toJSON();
utilities.DataFormatter.fromJSON(dj).toJSON().values[0];
dj.indexTable['a'];
df.toFunctionString().length;
df.formatDataIn('a', 'b');
df.formatDataIn();
df.formatDataOut([1], [2]).length;
df.format(['a', { input: 'a', output: 'b' }])[0]![0];
const net = new NeuralNetwork<number[], number[]>();
const svg: string = utilities.toSVG(net);
utilities.toSVG(net.toJSON());
utilities.toSVG({ sizes: [1, 2] });
utilities.toSVG({ inputSize: 1, hiddenLayers: [1], outputSize: 1 });
utilities.toSVG(net, {
  height: 100,
  width: 100,
  radius: 4,
  line: { className: 'x', color: 'red', width: 1 },
  inputs: { className: 'x', color: 'r', labels: ['a'] },
  hidden: { className: 'x', color: 'r' },
  outputs: { className: 'x', color: 'r' },
  fontSize: '14px',
  fontClassName: 'l',
});
utilities.toSVG(net, { recurrentLine: { className: 'x', color: 'red', width: 1 } });
const gpu = new NeuralNetworkGPU<number[], number[]>({ mode: 'gpu', hiddenLayers: [3], binaryThresh: 0.5 });
const gpu0 = new NeuralNetworkGPU();
const gm = new NeuralNetworkGPU<{ a: number }, { b: number }>({ mode: 'cpu' });
gpu.train([{ input: [1], output: [1] }], { iterations: 1 }).error.toFixed();
const out: number[] = gpu.run([1]);
const f: (i: number[]) => number[] = gpu.toFunction();
gpu.toJSON().sizes;
const n: NeuralNetwork<number[], number[]> = gpu as any;
class G extends NeuralNetworkGPU<number[], number[]> {
  x = 1;
}

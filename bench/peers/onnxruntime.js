// Microseconds of one prediction with ONNX Runtime: onnxruntime.js FILE.onnx BATCH THREADS [SECONDS]
// The median of seven rounds after a warm-up, as glia bench does.
const ort = require("onnxruntime-node");

const [file, batch, threads, seconds = "1"] = process.argv.slice(2);
const shapes = { C1: [1, 28, 28], C2: [1, 28, 28], C3: [3, 32, 32], C4: [3, 32, 32] };

const now = () => Number(process.hrtime.bigint()) / 1e3;

async function main() {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: +threads, interOpNumThreads: 1 });
  const shape = [+batch, ...shapes[file.match(/C[1-4]/)[0]]];
  const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.random());
  const feeds = { x: new ort.Tensor("float32", numbers, shape) };
  const run = async (steps) => {
    const begin = now();
    for (let i = 0; i < steps; i++) await session.run(feeds);
    return (now() - begin) / steps;
  };
  const first = await run(3);
  const steps = Math.max(1, Math.round((1e6 * seconds) / 7 / first));
  await run(steps);
  const rounds = [];
  for (let i = 0; i < 7; i++) rounds.push(await run(steps));
  console.log(rounds.sort((a, b) => a - b)[3]);
}

main();

// Stands in for the global in the command's CommonJS files: Node makes the real one of node:perf_hooks when it is first
// touched, which costs more than the scan of a small file.
const started = process.hrtime.bigint();

export const performance = {
  now: () => Number(process.hrtime.bigint() - started) / 1e6,
};

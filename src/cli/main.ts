// What the command runs (src/cli/boot.ts loads it). The build makes CommonJS of it, because an ES module costs a fifth of Node's
// start, and puts what is imported at once into the same file; everything behind it is loaded when it is needed.
import { run } from './run.ts';

void run(process.argv.slice(2));

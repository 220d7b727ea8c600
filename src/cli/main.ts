// The command's first file. The build makes CommonJS of it, because an ES module as the entry costs a fifth of Node's own
// start, and puts what is imported at once into the same file; everything behind it is loaded when it is needed.
import { run } from './run.ts';

void run(process.argv.slice(2));

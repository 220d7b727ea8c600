// The command's first file, CommonJS because an ES module as the entry costs a fifth of Node's own start. The build puts
// what is imported here into this file; everything behind it is loaded when it is needed.
void import('./run.ts').then(({ run }) => run(process.argv.slice(2)));

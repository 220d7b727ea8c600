// The command's first file: argv in, exit code out.
void import('./app.ts').then(async ({ main }) => {
  process.exitCode = await main(process.argv.slice(2));
});

// Report paths as people in the current folder can click them.
import path from 'node:path';

/** `base` is the folder that relative report paths start from. */
export function displayPaths(base: string, cwd: string): (reportPath: string) => string {
  if (base === cwd) return (reportPath) => reportPath;
  return (reportPath) => {
    if (isElsewhere(reportPath)) return reportPath;
    const shown = path.relative(cwd, path.join(base, reportPath));
    return (path.sep === '/' ? shown : shown.replaceAll(path.sep, '/')) || '.';
  };
}

/** Absolute, of the home folder, or no file at all: `<stdin>`, `<env>/AWS_SECRET_ACCESS_KEY`. */
function isElsewhere(reportPath: string): boolean {
  return path.isAbsolute(reportPath) || /^(?:~\/|<[a-z-]+>(?:\/|$))/.test(reportPath);
}

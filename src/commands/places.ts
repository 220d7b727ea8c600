// Report paths as people in the current folder can click them.
import path from 'node:path';

/** `base` is the folder that relative report paths start from; one that the current folder is not in is shown in full. */
export function displayPaths(base: string, cwd: string): (reportPath: string) => string {
  if (base === cwd) return (reportPath) => reportPath;
  const isAround = !leadsOut(path.relative(base, cwd));
  return (reportPath) => {
    if (isElsewhere(reportPath)) return reportPath;
    const whole = path.join(base, reportPath);
    const relative = path.relative(cwd, whole);
    const shown = isAround || !leadsOut(relative) ? relative : whole;
    return (path.sep === '/' ? shown : shown.replaceAll(path.sep, '/')) || '.';
  };
}

function leadsOut(relative: string): boolean {
  return /^\.\.(?:[/\\]|$)/.test(relative) || path.isAbsolute(relative);
}

/** Absolute, of the home folder, or no file at all: `<stdin>`, `<env>/AWS_SECRET_ACCESS_KEY`. */
function isElsewhere(reportPath: string): boolean {
  return path.isAbsolute(reportPath) || /^(?:~\/|<[a-z-]+>(?:\/|$))/.test(reportPath);
}

/** What a command may know of the terminal it runs in, and its only ways to say something. Made once, in src/cli. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Findings and what was asked for. */
  readonly out: (text: string) => void;
  /** Everything else. Printed as it is: `said` makes control characters of names visible. */
  readonly err: (text: string) => void;
  /** Colour of each stream: 0 none, 1 sixteen, 2 256, 3 true colour. */
  readonly color: () => Color;
  readonly errColor: () => Color;
  /** Whether the locale shows ✖ │ •. */
  readonly unicode: boolean;
  /** Columns of standard output. */
  readonly columns: () => number;
  readonly outIsTerminal: () => boolean;
  /** Somebody can answer a question: standard input and error are a terminal, and this is no CI job. */
  readonly canAsk: () => boolean;
  /**
   * Called between two pieces of work: shows how far it is when that takes long and somebody sees it. Returns a promise
   * to wait for when it is time to let signals through.
   */
  readonly tick: (status: () => string) => Promise<void> | undefined;
  /** From now on Ctrl-C ends nothing by itself: the exit code it asks for can be read here, and the work ends early. */
  readonly interruptible: () => Interruption;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Undefined until it is asked for. */
  readonly code: () => Interrupted | undefined;
}

export type Color = 0 | 1 | 2 | 3;

export const exitCodes = { clean: 0, findings: 1, failed: 2 } as const;
/** What a shell makes of Ctrl-C, and of SIGTERM. */
export type Interrupted = 130 | 143;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes] | Interrupted;

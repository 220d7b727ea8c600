// This computer: the AWS tools' files with what lies beside them, the process environment, and the places of a home
// folder where keys end up. All of it as documents, and the AWS profiles as an inventory.

import type { ProfileRow } from '../core/finding.ts';
import { type AwsPlaces, awsPlaces, noHome } from './aws-files.ts';
import { filesOf, type HomeFile } from './home-files.ts';
import { type ClosedFolders, homePath } from './home-path.ts';
import type { Environment } from './home-places.ts';
import { awsInventory, profileRows } from './inventory.ts';
import { type EnvironmentDocument, environmentDocument } from './process-environment.ts';
import { FileReader, type Item, realPath, skipped } from './read-file.ts';

export interface HomeRequest {
  readonly env: Environment;
  /** Bytes. */
  readonly maxFileSize: number;
  /** `--home` and `--fix` cannot do without a home folder; everything else goes on. */
  readonly mustHaveHome?: boolean;
  /** Real paths that were read already, shared between sources; added to. */
  readonly seen?: Set<string>;
  /** Today, for the age of files. */
  readonly now?: Date;
}

export interface HomeScan {
  readonly home: string | undefined;
  readonly profiles: readonly ProfileRow[];
  /** Findings in the environment's document come out as `<env>`; this puts them at their variables. */
  readonly relocate: EnvironmentDocument['relocate'];
  /** To be run once. A document is valid until the next is asked for. */
  readonly items: () => Generator<Item>;
}

export async function openHome(request: HomeRequest): Promise<HomeScan> {
  const { env, mustHaveHome = false, now = new Date() } = request;
  const places = awsPlaces(env);
  const { home } = places;
  if (home === undefined && mustHaveHome) throw noHome();
  const environment = environmentDocument(env);
  const closed = new Map<string, string>();
  const files = await filesOf(places, env, closed);
  return {
    home,
    profiles: profileRows(awsInventory(places, files, env), now),
    relocate: environment.relocate,
    items: () => read(files, closed, places, environment, request),
  };
}

function* read(
  files: readonly HomeFile[],
  closed: ClosedFolders,
  { home }: AwsPlaces,
  environment: EnvironmentDocument,
  { maxFileSize, seen = new Set() }: HomeRequest,
): Generator<Item> {
  const reader = new FileReader(maxFileSize);
  try {
    yield environment.document;
    for (const [folder, detail] of closed) {
      yield skipped(homePath(home, folder), 'unreadable', detail);
    }
    for (const { file } of files) {
      const real = realPath(file);
      if (seen.has(real)) continue;
      seen.add(real);
      const shown = homePath(home, file);
      const item = reader.read({ raw: file, path: shown, stage: 'local', followLink: true });
      if (item !== 'gone') yield item;
    }
  } finally {
    reader.close();
  }
}

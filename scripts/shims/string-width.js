// Stands in for the string-width package inside the bundle: yargs carries three copies, and each builds an
// Intl.Segmenter when loaded (20 ms). Ours is exact for the ASCII that help texts are made of.
import { stripVTControlCharacters } from 'node:util';

export default function stringWidth(text) {
  return [...stripVTControlCharacters(text)].length;
}

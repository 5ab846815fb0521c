import { isRecord } from '../json/is-record.ts';
import { parseJson } from '../json/parse-json.ts';

/**
 * Whether a line of the platform's log is about another project than the one that is served: of the same app with another
 * provider, say, whose stand-in does not run now.
 */
export function speaksOfAnother(line: string, project: string): boolean {
  if (!line.startsWith('{')) return false;
  const said = parseJson(line);
  return isRecord(said) && typeof said['project'] === 'string' && said['project'] !== project;
}

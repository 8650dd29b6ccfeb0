import { join } from "node:path";
import { fleetChange, fleetResume } from "../../fleet/fleet";

const NOTHING = { impacts: [], versions: [], moves: [], later: [], approved: [], steps: [], resources: [], groups: [] };

/**
 * A process that brings a fleet up by the operator, or goes on with it: ROOT `up`, or `resume`. With the words of `kpaas preview` or `kpaas up` it
 * plays a cluster's own command, and does nothing.
 */
async function main(words: readonly string[]): Promise<void> {
  if (words[0] === "preview" || words[0] === "up") {
    const changes = { create: 1, update: 0, replace: 0, delete: 0, same: 0 };
    process.stdout.write(JSON.stringify({ changes, ...NOTHING }));
    return;
  }
  const [root = "", verb] = words;
  const request = { file: join(root, "environments", "fleet.yaml"), root, sandbox: false, main: __filename, via: "operator" } as const;
  const operator = { tell: (event: object) => console.log(JSON.stringify(event)) };
  const report = await (verb === "up" ? fleetChange(request, { operation: "up" }, operator) : fleetResume(request, [], operator));
  console.log(report?.outcome);
  process.exitCode = report?.outcome === "done" ? 0 : 1;
}

if (require.main === module) void main(process.argv.slice(2));

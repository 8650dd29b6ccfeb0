import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { readIfThere } from "../../host/files";
import { type Connection, HttpClient } from "../../sandbox/kubernetes/real/client";
import { type Fields, fields } from "../../sandbox/kubernetes/values";
import { namePath, serversFolder } from "../../sandbox/servers/record";
import { filesIn } from "./project";

/** All files below a folder by their paths in it, with every byte. */
export function filesBelow(folder: string): Record<string, string> {
  return Object.fromEntries(filesIn(folder).map((path) => [relative(folder, path), readFileSync(path, "latin1")]));
}

/** What a real server has changed all the time by itself: who is alive, and when. */
const ALIVE: ReadonlySet<string> = new Set(["events", "leases", "nodes"]);

/**
 * Everything of a simulated cloud and its cluster, as it is stored: every file; of a real API server, whose own files never rest, every object
 * as it answers with it.
 */
export async function everythingIn(world: string): Promise<Record<string, string>> {
  const named = readIfThere(namePath(world));
  if (named === undefined) return filesBelow(world);
  const own = relative(world, serversFolder(world));
  const files = Object.entries(filesBelow(world)).filter(([path]) => !path.startsWith(`${own}/`));
  return { ...Object.fromEntries(files), ...(await objectsOf(JSON.parse(named) as Connection)) };
}

async function objectsOf(connection: Connection): Promise<Record<string, string>> {
  const http = new HttpClient(connection);
  const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
  const groups = list((await http.request("GET", "/apis")).groups).map((group) => `/apis/${fields(group.preferredVersion).groupVersion}`);
  const found: Record<string, string> = {};
  for (const path of ["/api/v1", ...groups])
    for (const { name, verbs } of list((await http.request("GET", path)).resources)) {
      if (!Array.isArray(verbs) || !verbs.includes("list") || ALIVE.has(String(name))) continue;
      for (const item of list((await http.request("GET", `${path}/${name}`)).items)) {
        const { namespace = "", name: own } = fields(item.metadata);
        found[`${path}/${name} ${namespace}/${own}`] = JSON.stringify(item);
      }
    }
  return found;
}

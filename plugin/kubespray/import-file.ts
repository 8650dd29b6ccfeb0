import { isAbsolute } from "node:path";
import { parseFile, readIfThere } from "../../host/files";
import { isFields } from "../../model/data";
import { type Properties, secret } from "../rpc/provider";

/** Inputs among the SSH access that are secret. */
const SECRETS = ["privateKey", "becomePassword"];

/**
 * The inputs of a cluster that was made by hand: the id it is imported by is the path of a file that holds them, which `kpaas cluster import`
 * writes from the inventory that made it.
 * @throws Error where the id is no such file's path
 */
export function importedInputs(id: string): Properties {
  const content = isAbsolute(id) ? readIfThere(id) : undefined;
  if (content === undefined)
    throw new Error(
      `a cluster is imported by the path of a file with its inputs, and "${id}" is none: \`kpaas cluster import\` writes one`,
    );
  const inputs: unknown = parseFile(id, content, "write it anew: `kpaas cluster import`");
  if (!isFields(inputs) || !isFields(inputs.ssh)) throw new Error(`${id}: it must hold the inputs of a cluster, with ssh among them`);
  const ssh = Object.entries(inputs.ssh).map(([name, value]) => [name, SECRETS.includes(name) ? secret(value) : value]);
  return { ...inputs, ssh: Object.fromEntries(ssh) };
}

import { dirname, join, resolve } from "node:path";
import type { Making } from "./cached";
import { command } from "./command";
import { pythonEnvironment, requirementsOf } from "./python";
import { releaseOf } from "./source";

/**
 * What a kubespray inventory says, with the variables beside it, as `ansible-inventory --list` prints it. The Ansible settings of the folder
 * that kpaas runs in count.
 * @param tag whose Ansible reads it
 */
export async function readInventory(path: string, tag: string, making: Making): Promise<unknown> {
  const release = releaseOf(tag);
  const python = await pythonEnvironment(requirementsOf(release), release.ansible.python, making);
  const program = join(dirname(python), "ansible-inventory");
  const env = { ...process.env, ANSIBLE_INVENTORY_UNPARSED_FAILED: "true", ANSIBLE_NOCOLOR: "true" };
  const printed = await command(program, ["--inventory", resolve(path), "--list"], {
    env,
    ...(making.signal ? { signal: making.signal } : {}),
  });
  return JSON.parse(printed);
}

import type { Client } from "ssh2";

/** Makes the machine's own host keys, in two steps that each can be repeated; part of the user data of machines that start with a given one. */
export const HOST_KEYS = "/usr/local/sbin/kpaas-host-keys";

/** The machine did not do it; trying again would not help. */
export class StepFailed extends Error {}

/** Where a machine's own key is kept, before the machine uses it and after. */
export interface OwnKeyRecord {
  /** Remembers a key that the machine has made and does not use yet. */
  expect(key: string): void;
  /** Records the key that the machine uses from now on. */
  record(key: string): void;
}

/**
 * Has a machine that was met by the key it was given make one of its own and use it. Whoever is killed between the steps finds the machine
 * with either key: both are known then.
 * @returns the new key, `TYPE BASE64`
 * @throws StepFailed where the machine does not, another error where the connection is lost
 */
export async function replaceFirstKey(client: Client, record: OwnKeyRecord): Promise<string> {
  const printed = await run(client, `sudo -n ${HOST_KEYS} make`);
  const key = /^(ssh-ed25519 [A-Za-z0-9+/=]+)( |$)/m.exec(printed)?.[1];
  if (key === undefined) throw new StepFailed(`${HOST_KEYS} printed no host key`);
  record.expect(key);
  await run(client, `sudo -n ${HOST_KEYS} use`);
  record.record(key);
  return key;
}

function run(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // A connection that is lost answers nothing any more.
    const lost = () => reject(new Error("the connection to it was lost"));
    client.once("close", lost);
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let out = "";
      let complaint = "";
      channel.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      channel.stderr.setEncoding("utf8").on("data", (text: string) => {
        complaint += text;
      });
      channel.once("close", (code: number | null) => {
        client.off("close", lost);
        if (code === 0) resolve(out);
        else reject(new StepFailed(`\`${command}\` ended with ${code ?? "a signal"}: ${complaint.trim().slice(0, 300)}`));
      });
    });
  });
}

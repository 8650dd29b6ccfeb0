import { setTimeout as wait } from "node:timers/promises";
import { bundle } from "../../operate/airgap/bundle";
import { doorsTo, operator, prepare, request, unpinned } from "./airgap";
import { FakeInternet } from "./fake-internet";

/** A process that makes a bundle of a fake internet, slow enough to be killed meanwhile: FOLDER, then where it has room of its own. */
async function main([to = "", folder = ""]: readonly string[]): Promise<void> {
  const internet = new FakeInternet();
  internet.interfere = async () => {
    await wait(5);
    return undefined;
  };
  internet.begin();
  const { choice } = await prepare(internet, folder, to);
  const { failed, digest } = await bundle(request(), choice, operator(), doorsTo(unpinned));
  process.stdout.write(JSON.stringify({ failed: failed.length, digest }));
}

if (require.main === module) void main(process.argv.slice(2));

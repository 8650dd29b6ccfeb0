import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, type LeaseRequest, type LeaseState } from "../../../../plugin/kubespray/hosts/lease-rule";
import { leaseScript, readAnswer } from "../../../../plugin/kubespray/hosts/lease-script";
import { printed } from "../../../../plugin/kubespray/hosts/remote-hosts";
import { temporaryFolders } from "../../../support/temporary";
import { numbers } from "./lease-world";
import { LocalHosts } from "./local-hosts";

describe("The lease's script for hosts", () => {
  const folder = temporaryFolders();

  it("answers as the rule says, request after request, over time and boots", async () => {
    const root = folder();
    const clock = { uptime: join(root, "uptime"), boot: join(root, "boot") };
    const hosts = new LocalHosts(root);
    const random = numbers(7);
    let state: LeaseState = {};
    let uptime = 100;
    let boot = "b0";
    for (let step = 0; step < 80; step++) {
      uptime += Math.floor(random() * 30);
      if (random() < 0.08) {
        boot = `b${step}`;
        uptime = 5;
      }
      writeFileSync(clock.uptime, `${uptime}.37 1000.00\n`);
      writeFileSync(clock.boot, `${boot}\n`);
      const request = some(random);
      const said = readAnswer(await printed(hosts, "cp-1", leaseScript("/host/kpaas", request, clock)));
      const ruled = answer(state, request, { boot, uptime });
      assert.deepEqual(said, ruled.answer, `${step}: ${JSON.stringify(request)} on ${JSON.stringify(state)} at ${boot} ${uptime}`);
      state = ruled.state;
    }
  });
});

/** A request of one of three runs. */
function some(random: () => number): LeaseRequest {
  const run = `run-${Math.floor(random() * 3)}`;
  const kind = random();
  const turn = random() < 0.7 ? { turn: 1 + Math.floor(random() * 4) } : {};
  if (kind < 0.15) return { op: "release", run, ...turn };
  if (kind < 0.3) return { op: "members", run, members: { epoch: Math.floor(random() * 6), hosts: ["cp-1", "cp-2"] } };
  const breaking = random() < 0.1 ? { breaking: `run-${Math.floor(random() * 3)}` } : {};
  return { op: "hold", run, holder: `{"host":"a 'b' $HOME","pid":1}`, seconds: 60, again: random() < 0.3, ...breaking, ...turn };
}

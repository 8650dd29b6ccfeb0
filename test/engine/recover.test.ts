import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { upEnvironment } from "../../engine/operations";
import { type Hints, importRecovered, type Recovered, recover } from "../../engine/recover";
import { stateFile } from "../../engine/state/copy";
import { parseState, plain, type StateResource } from "../../engine/state/state";
import { openState, readStates, type StoredStack } from "../../engine/states";
import type { EngineTarget } from "../../engine/types";
import { sandboxSetting } from "../../engine/workspace";
import { CHOSEN, INFRASTRUCTURES } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { hostsFile } from "../support/existing";
import { BARE } from "../support/layers";
import { temporaryFolders } from "../support/temporary";

function targetIn(root: string, fields: Record<string, unknown>): EngineTarget {
  const { plan } = plannedFile(environmentFile({ name: "seoul", profile: "minimal", ...fields }));
  return { plan, root, sandbox: true, approvals: [] };
}

const resourcesOf = (states: readonly StoredStack[]): StateResource[] => states.flatMap(({ state }) => state.deployment.resources ?? []);

/** Takes an environment's states away, and every copy of them; gives what they were, and the key of its machines. */
async function lose(target: EngineTarget): Promise<{ readonly before: StoredStack[]; readonly sshKey: string | undefined }> {
  const before = await readStates(target);
  const { backendFolder = "", project } = sandboxSetting(target.root, target.plan);
  let sshKey: string | undefined;
  for (const { stack, layer } of before) {
    const revealed = parseState(await (await openState(target, layer, {})).stack.exportState(true));
    const key = revealed.deployment.resources?.find(({ urn }) => urn.endsWith("-ssh-key"));
    sshKey ??= key && String(plain(key.outputs ?? {}).privateKeyOpenssh);
    rmSync(stateFile(backendFolder, project, stack));
  }
  for (const name of ["states", "pending"]) rmSync(join(target.root, ".kpaas", name), { recursive: true, force: true });
  return { before, sshKey };
}

/** What a person who looks into the cloud can tell of these types. */
function seen(before: readonly StoredStack[], ...types: readonly string[]): Record<string, string> {
  const known = resourcesOf(before).filter(({ type }) => types.some((one) => type.includes(one)));
  return Object.fromEntries(known.map(({ urn, id = "" }) => [urn, id]));
}

const unlike = (findings: Recovered["findings"], ...outcomes: readonly string[]): string[] =>
  findings
    .filter(({ outcome }) => !outcomes.includes(outcome))
    .map(({ outcome, urn, reason }) => `${outcome} ${urn.split("::").at(-1)} ${reason}`)
    .sort();

/** Loses an environment's state, finds it again and goes on with it. */
async function lifeWithout(target: EngineTarget, hints: (lost: Awaited<ReturnType<typeof lose>>) => Hints) {
  await upEnvironment(target);
  const lost = await lose(target);
  const recovered = await recover(target, hints(lost));
  await importRecovered(target, recovered.states, []);
  const { changes } = await upEnvironment(target);
  const { same: _same, ...again } = changes;
  const { same, ...third } = (await upEnvironment(target)).changes;
  return { ...recovered, before: lost.before, again, third, same };
}

/** What the cloud and the cluster know, by what the state calls it. */
const idsOf = (states: readonly StoredStack[]): string[] =>
  resourcesOf(states)
    .filter(({ type, custom }) => custom === true && !/^(random|tls|pulumi):/.test(type))
    .map(({ urn, id = "" }) => `${urn} ${id}`)
    .sort();

const nothing = { create: 0, update: 0, replace: 0, delete: 0 };

describe("an environment whose state is lost, on the real engine,", function () {
  this.timeout(600_000);
  before(engineForTests);
  const folder = temporaryFolders();

  it("is found again with its generated values, by its cloud, its cluster and the key of its machines", async () => {
    const target = targetIn(folder(), {});
    const { findings, changes, again, third, before } = await lifeWithout(target, ({ before: known, sshKey = "" }) => ({
      sshKey,
      ids: seen(known, "ServerGroup", "keycloak:"),
    }));
    assert.deepEqual(
      unlike(findings, "found", "known", "left").map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["lost seoul-platform-keycloak-portal-admin-password"],
      "only Keycloak has it, and as a digest",
    );
    assert.deepEqual(changes, []);
    assert.deepEqual({ ...again, create: 0 }, nothing, "rules that are refused a second time are taken up");
    assert.deepEqual(third, nothing);
    assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
  });

  const files: Record<string, Record<string, unknown>> = {
    ...Object.fromEntries(CHOSEN.map((cloud) => [cloud, { infrastructure: INFRASTRUCTURES[cloud], platform: BARE }])),
    existing: hostsFile({}, { platform: { services: BARE.services, loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } } }),
  };
  for (const [cloud, fields] of Object.entries(files))
    it(`is found again on ${cloud}, with what an older backup tells`, async () => {
      const target = targetIn(folder(), fields);
      const { again, third, changes, before } = await lifeWithout(target, ({ before: older }) => ({ older }));
      assert.deepEqual(changes, []);
      assert.deepEqual({ ...again, create: 0 }, nothing);
      assert.deepEqual(third, nothing);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });
});

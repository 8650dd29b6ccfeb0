import assert from "node:assert/strict";
import { outlineChanges } from "../../../model/fleet/member";
import { PLAN } from "../../cli/fixture";

describe("what a lock's changes mean to a fleet's preview", () => {
  it("is told by machine and version, with what is at risk", () => {
    const of = (key: string, was: object, becomes: object) =>
      [...new Set([...Object.keys(was), ...Object.keys(becomes)])].map((field) => ({
        path: `machines.${key}.${field}`,
        ...(field in was ? { was: (was as Record<string, unknown>)[field] } : {}),
        ...(field in becomes ? { becomes: (becomes as Record<string, unknown>)[field] } : {}),
      }));
    const found = outlineChanges(
      [
        ...of("general-1", {}, { address: "10.20.0.12", generation: 1 }),
        ...of("general-9", { address: "10.20.0.19", generation: 1 }, {}),
        ...of("cp-2", { address: "10.20.0.9", generation: 1, order: 2 }, {}),
        { path: "machines.nfs-1.generation", was: 1, becomes: 2 },
        { path: "machines.cp-1.zone", was: "az-1", becomes: "az-2" },
        { path: "kubernetes", was: "1.32.8", becomes: "1.33.5" },
        { path: "rotations.keycloak", becomes: 2 },
      ],
      PLAN,
    );
    assert.deepEqual(
      found.map(({ effect, what, risk }) => [effect, what, risk]),
      [
        ["changed", "machine cp-1", undefined],
        ["deleted", "machine cp-2", "a control plane or member of etcd goes"],
        ["created", "machine general-1", undefined],
        ["deleted", "machine general-9", "its local data is lost"],
        ["rebuilt", "machine nfs-1", "its local data is lost"],
        ["changed", "kubernetes", "nodes are drained one after the other"],
        ["changed", "keycloak", undefined],
      ],
    );
    assert.match(found[5]?.detail ?? "", /^1\.32\.8 → 1\.33\.5, upgrade-cluster by 1\.33\.5$/);
  });
});

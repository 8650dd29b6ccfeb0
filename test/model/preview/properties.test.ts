import assert from "node:assert/strict";
import fc from "fast-check";
import { type PropertyChange, propertyChanges, type StepTold } from "../../../model/preview/properties";

type Told = Partial<StepTold> & { readonly paths?: Readonly<Record<string, string>> };

function changes({ paths, ...step }: Told): PropertyChange[] {
  const detailed = paths && Object.fromEntries(Object.entries(paths).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]));
  return propertyChanges({ type: "a:b:C", oldInputs: {}, oldOutputs: {}, newInputs: {}, ...(detailed ? { detailed } : {}), ...step });
}

describe("The properties that change", () => {
  const table: readonly [string, Told, readonly object[]][] = [
    [
      "are those that the provider tells, and no others",
      { oldInputs: { a: 1, b: 1 }, newInputs: { a: 2, b: 2 }, paths: { a: "update" } },
      [{ path: "a", kind: "update", old: 1, new: 2 }],
    ],
    [
      "are told down to what differs below a path",
      { oldInputs: { labels: { x: "1", y: "1" } }, newInputs: { labels: { x: "1", y: "2", z: "3" } }, paths: { labels: "update" } },
      [
        { path: "labels.y", kind: "update", old: "1", new: "2" },
        { path: "labels.z", kind: "add", new: "3" },
      ],
    ],
    [
      "are one where one element comes first into a list, whatever the provider says of the places behind it",
      {
        oldInputs: { pairs: [{ ip: "b" }, { ip: "c" }] },
        newInputs: { pairs: [{ ip: "a" }, { ip: "b" }, { ip: "c" }] },
        paths: { "pairs[0].ip": "update", "pairs[1].ip": "update", "pairs[2]": "add" },
      },
      [{ path: "pairs[0]", kind: "add", new: { ip: "a" } }],
    ],
    [
      "go by the names of a list's elements, for people and where elements leave",
      {
        oldInputs: {
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "1" },
          ],
        },
        newInputs: { env: [{ name: "B", value: "2" }] },
        paths: { "env[0].name": "update", "env[0].value": "update", "env[1]": "delete" },
      },
      [
        { path: "env[0]", label: "env.A", kind: "delete", old: { name: "A", value: "1" } },
        { path: "env[0].value", label: "env.B.value", kind: "update", old: "1", new: "2" },
      ],
    ],
    [
      "say what a resource is made anew for",
      { oldInputs: { name: "a" }, newInputs: { name: "b" }, paths: { name: "update-replace" } },
      [{ path: "name", kind: "update", old: "a", new: "b", replaces: true }],
    ],
    [
      "go by what was recorded where the provider compares that",
      {
        ...{ oldInputs: {}, oldOutputs: { size: 10 }, newInputs: { size: 20 } },
        detailed: { size: { diffKind: "update", inputDiff: false } },
      },
      [{ path: "size", kind: "update", old: 10, new: 20 }],
    ],
    [
      "are found by the names of what changed, where there are no paths",
      { oldInputs: { a: { x: 1 }, b: 1 }, newInputs: { a: { x: 2 }, b: 2 }, changed: ["a"] },
      [{ path: "a.x", kind: "update", old: 1, new: 2 }],
    ],
    [
      "are found in the inputs, where nothing is told",
      { oldInputs: { a: 1, __defaults: [1] }, newInputs: { a: 2, __defaults: [] } },
      [{ path: "a", kind: "update", old: 1, new: 2 }],
    ],
    [
      "are named without values where a provider tells of what the engine does not show",
      { oldInputs: { a: 1 }, newInputs: { a: 1 }, paths: { computed: "update", a: "update" } },
      [
        { path: "a", kind: "update" },
        { path: "computed", kind: "update" },
      ],
    ],
    [
      "are words where they are secret or not known yet, above and below what is told",
      {
        oldInputs: { data: "[secret]", id: "1", mixed: { token: "[secret]", a: 1 } },
        newInputs: { data: "[secret]", id: "[unknown]", mixed: { token: "[secret]", a: 1 } },
        paths: { "data.x": "update", id: "update", mixed: "update" },
      },
      [
        { path: "data.x", kind: "update", old: "[secret]", new: "[secret]" },
        { path: "id", kind: "update", old: "1", new: "[unknown]" },
        { path: "mixed.token", kind: "update", old: "[secret]", new: "[secret]" },
      ],
    ],
    [
      "are told by one word where their values say nothing",
      {
        oldInputs: { annotations: { "kpaas/config": "ab", "checksum/x": "1" }, cert: "-----BEGIN CERTIFICATE-----\nA" },
        newInputs: { annotations: { "kpaas/config": "cd", "checksum/x": "2" }, cert: "-----BEGIN CERTIFICATE-----\nB" },
        paths: { 'annotations["checksum/x"]': "update", 'annotations["kpaas/config"]': "update", cert: "update" },
      },
      [
        { path: 'annotations["checksum/x"]', kind: "update", old: "1", new: "2", noise: "checksum" },
        { path: 'annotations["kpaas/config"]', kind: "update", old: "ab", new: "cd", noise: "checksum" },
        {
          path: "cert",
          kind: "update",
          old: "-----BEGIN CERTIFICATE-----\nA",
          new: "-----BEGIN CERTIFICATE-----\nB",
          noise: "certificate",
        },
      ],
    ],
  ];
  for (const [title, told, expected] of table) it(title, () => assert.deepEqual(changes(told), expected));

  const value = fc.jsonValue({ maxDepth: 3, noneValue: undefined } as fc.JsonSharedConstraints);
  const objects = fc.dictionary(fc.constantFrom("a", "b", "c", "d.e"), value, { maxKeys: 4 });

  it("are none where nothing differs, some where something does, and each differs", () => {
    fc.assert(
      fc.property(objects, objects, (oldInputs, newInputs) => {
        const found = changes({ oldInputs, newInputs });
        assert.deepEqual(changes({ oldInputs, newInputs: oldInputs }), []);
        if (JSON.stringify(sorted(oldInputs)) !== JSON.stringify(sorted(newInputs))) assert.ok(found.length > 0);
        for (const each of found) assert.notDeepEqual(each.old, each.new);
      }),
    );
  });
});

/** The value with its keys in order: their order is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

describe("A secret among the properties", () => {
  const PLANTED = "s3cr3t-planted";
  const places: readonly [string, Told][] = [
    [
      "in a Secret's text",
      { type: "kubernetes:core/v1:Secret", oldInputs: { stringData: { x: PLANTED } }, newInputs: { stringData: { x: `${PLANTED}2` } } },
    ],
    [
      "in a Secret's data",
      { type: "kubernetes:core/v1:Secret", oldInputs: {}, newInputs: { data: { x: PLANTED } }, paths: { data: "add" } },
    ],
    [
      "in a provider's arguments",
      { type: "pulumi:providers:openstack", oldInputs: { password: "a" }, newInputs: { password: PLANTED, token: PLANTED } },
    ],
    ["in a kubeconfig", { type: "pulumi:providers:kubernetes", oldInputs: { kubeconfig: "a" }, newInputs: { kubeconfig: PLANTED } }],
    ["in user data", { oldInputs: { userData: "a" }, newInputs: { userData: PLANTED } }],
    ["in a private key", { oldInputs: {}, newInputs: { pem: `-----BEGIN EC PRIVATE KEY-----\n${PLANTED}` } }],
    ["in a list that is new", { oldInputs: {}, newInputs: { users: [{ password: PLANTED }] }, paths: { users: "add" } }],
    [
      "in an environment variable",
      {
        oldInputs: { env: [{ name: "DB_PASSWORD", value: PLANTED }] },
        newInputs: { env: [{ name: "DB_PASSWORD", value: `${PLANTED}2` }] },
        paths: { "env[0].value": "update" },
      },
    ],
    [
      "in an environment variable that is new",
      { oldInputs: { env: [] }, newInputs: { env: [{ name: "DB_PASSWORD", value: PLANTED }] }, paths: { "env[0]": "add" } },
    ],
    ["in a URL", { oldInputs: {}, newInputs: { url: `https://user:${PLANTED}@host/x` } }],
    ["in chart values", { oldInputs: { values: { adminPassword: PLANTED } }, newInputs: { values: { adminPassword: `${PLANTED}2` } } }],
  ];
  for (const [where, told] of places) {
    it(`is not shown ${where}, but its change is`, () => {
      const found = changes(told);
      assert.ok(found.length > 0);
      assert.ok(!JSON.stringify(found).includes(PLANTED), JSON.stringify(found));
    });
  }

  it("is no name that only ends like one", () => {
    const [found] = changes({ oldInputs: { secretName: "a" }, newInputs: { secretName: "b" } });
    assert.deepEqual(found, { path: "secretName", kind: "update", old: "a", new: "b" });
  });
});

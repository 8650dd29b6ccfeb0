import assert from "node:assert/strict";
import { environmentTemplate } from "../../cli/template";
import { type Edit, editYaml } from "../../files/edit-yaml";

const set = (path: string, value: unknown): Edit => ({ path: path.split("."), value });

describe("a YAML file with a field changed", () => {
  const table: readonly (readonly [what: string, text: string, edit: Edit, becomes: string])[] = [
    [
      "a value, with its quotes and the comment behind it",
      "a: 1\ncluster:\n  kubernetes:   '1.33.5'   # pinned\n  x: 2\n",
      set("cluster.kubernetes", "1.34.3"),
      "a: 1\ncluster:\n  kubernetes:   '1.34.3'   # pinned\n  x: 2\n",
    ],
    [
      "a field that is new in a map, with the map's indentation",
      "cluster:\n    engine: kubespray # the only one\n\n# the rest\nplatform: {}\n",
      set("cluster.kubernetes", "1.34.3"),
      'cluster:\n    engine: kubespray # the only one\n    kubernetes: "1.34.3"\n\n# the rest\nplatform: {}\n',
    ],
    [
      "a map that is new, behind the comments of the one before",
      "name: x\ninfrastructure:\n  provider: openstack\n  # zones: [a]\n\n# cluster:\n",
      set("cluster.kubernetes", "1.34.3"),
      'name: x\ninfrastructure:\n  provider: openstack\n  # zones: [a]\n\ncluster:\n  kubernetes: "1.34.3"\n\n# cluster:\n',
    ],
    ["a field of a flow map", "p: { nodes: 3, }\n", set("p.size", "m1"), "p: { nodes: 3, size: m1, }\n"],
    ["an empty flow map", "n:\n  a: {} # one\n", set("n.a.generation", 2), "n:\n  a: { generation: 2 } # one\n"],
    ["a field without a value", "n:\n  a:\n  b: # two\n", set("n.b.generation", 2), "n:\n  a:\n  b: { generation: 2 } # two\n"],
    [
      "a number that becomes a map",
      "pools:\n  general: { nodes: 2, size: m } # here\n",
      set("pools.general.nodes", { "general-1": {}, "general-2": { generation: 2 } }),
      "pools:\n  general: { nodes: { general-1: {}, general-2: { generation: 2 } }, size: m } # here\n",
    ],
    [
      "behind a text of many lines, with the file's own ends of lines",
      "a:\r\n  key: |\r\n    one\r\n    two\r\nb: 1\r\n",
      set("a.next", 1),
      "a:\r\n  key: |\r\n    one\r\n    two\r\n  next: 1\r\nb: 1\r\n",
    ],
    ["a file without an end of line", "a: 1", set("b", 2), "a: 1\nb: 2\n"],
    ["a field that goes", "n:\n  a: 1 # one\n  b: { c: 1, d: 2 }\n", set("n.a", undefined), "n:\n  b: { c: 1, d: 2 }\n"],
    ["the first of a flow map that goes", "b: { c: 1, d: 2 }\n", set("b.c", undefined), "b: { d: 2 }\n"],
    ["the last of a flow map that goes", "b: { c: 1, d: 2 }\n", set("b.d", undefined), "b: { c: 1 }\n"],
  ];
  for (const [what, text, edit, becomes] of table)
    it(`keeps the rest as it is: ${what}`, () => assert.equal(editYaml(text, [edit]), becomes));

  it("is not made where something else would change with it", () => {
    assert.equal(editYaml("x: &v { k: 1, l: 1 }\na: *v\n", [set("a.k", 2)]), undefined, "an alias");
    assert.equal(editYaml("x: &v 1\na: *v\n", [set("x", 2)]), undefined, "an anchor that others refer to");
    assert.equal(editYaml("a: [1]\n", [set("a.k", 2)]), undefined, "a list");
  });

  it("is made in what init writes", () => {
    const text = environmentTemplate({
      name: "s",
      provider: "openstack",
      profile: "minimal",
      options: "  # openstack: {}\n",
      sizes: { controlPlane: "m", worker: "l" },
      schema: "s",
    });
    const edited = editYaml(text, [set("cluster.kubernetes", "1.34.3")]);
    const added = (edited ?? "").split("\n").filter((line) => !text.split("\n").includes(line));
    assert.deepEqual(added, ["cluster:", '  kubernetes: "1.34.3"']);
  });
});

import assert from "node:assert/strict";
import type { CloudDefinition } from "../../model/cloud";
import { clouds } from "../../providers/clouds";
import { planFile } from "../support/environment";
import { type FileContent, merge } from "../support/plan";
import { SHAPES } from "../support/shapes";
import { fileOf, type Wish } from "../support/wishes";

const WISH: Wish = {
  ...{ name: "seoul", profile: "minimal", controlPlanes: 1, etcd: "stacked", bastion: false, zones: 1, nat: "perZone", outside: false },
  ...{ existing: false, pools: { general: { nodes: 2, volumes: ["data"] } } },
};

const taking = Object.values(clouds).flatMap((cloud: CloudDefinition) => {
  const shape = SHAPES[cloud.name];
  return cloud.takes === undefined || shape === undefined ? [] : [{ cloud, shape, takes: cloud.takes }];
});

/** The errors of a file on a cloud, `path: reason; remedy`. */
function errors({ shape }: (typeof taking)[number], over: FileContent = {}): string[] {
  const { problems } = planFile(merge(fileOf(WISH, shape.infrastructure(WISH, shape.zones.slice(0, 1))), over));
  return problems.filter(({ severity }) => severity === "error").map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
}

const pool = (over: FileContent): FileContent => ({ cluster: { pools: { general: { nodes: 2, ...over } } } });

describe("what a cloud takes of names and sizes", () => {
  it("is said of every cloud that no project of its own can extend", () => {
    assert.deepEqual(taking.map(({ cloud }) => cloud.name).sort(), ["aws", "azure", "gcp", "nhn", "vsphere"]);
  });

  it("lets through what the cloud itself has by default, and what every cloud understands", () => {
    for (const each of taking) {
      const { cloud, takes } = each;
      assert.deepEqual(errors(each), [], cloud.name);
      const { sizes = {} } = cloud.neutral?.(cloud.resolve({})) ?? {};
      for (const size of [...Object.values(sizes), ...Object.values(cloud.defaults.sizes).filter((name) => !(name in sizes))])
        assert.ok(takes.size?.is.test(size) !== false && !takes.size?.arm?.test(size), `${cloud.name}: ${size}`);
      if (takes.volumes) assert.ok(takes.volumes.byDefault in takes.volumes.types, cloud.name);
    }
  });

  it("names everything else at once, each at its field, with what to write instead", () => {
    for (const each of taking) {
      const { cloud, takes } = each;
      const { region, size, boot, volumes } = takes;
      const [type, [least, most]] = Object.entries(volumes?.types ?? {})[0] ?? ["", [1, 1]];
      const found = errors(
        each,
        merge(
          {
            infrastructure: {
              ...(region ? { region: "Seoul 1!", zones: undefined } : {}),
              ...(boot ? { [cloud.name]: { [boot.option]: boot.GiB[1] + 1 } } : {}),
            },
          },
          pool({
            ...(size ? { size: "a size of another cloud" } : {}),
            ...(volumes
              ? {
                  volumes: [
                    { name: "a", sizeGiB: most + 1, type },
                    { name: "b", sizeGiB: least, type: "another cloud's" },
                  ],
                }
              : {}),
          }),
        ),
      );
      const said = (path: string, words: RegExp): boolean => found.some((line) => line.startsWith(`${path}: `) && words.test(line));
      const { title } = cloud;
      if (region) assert.ok(said("infrastructure.region", /is no name that a region of .*; name it/), `${title}: ${found}`);
      if (size) assert.ok(said("cluster.pools.general.size", /is no size that .* knows; (name|write)/), `${title}: ${found}`);
      if (boot) assert.ok(said(`infrastructure.${cloud.name}.${boot.option}`, /machines boot from \d+ to \d+ GiB/), `${title}: ${found}`);
      if (!volumes) continue;
      assert.ok(said("cluster.pools.general.volumes.0.sizeGiB", /has \d+ to \d+ GiB/), `${title}: ${found}`);
      assert.ok(said("cluster.pools.general.volumes.1.type", /is no type of a volume .*use one of/), `${title}: ${found}`);
    }
  });

  it("tells one machine's size where the others of its group have another, and Arm processors as what they are", () => {
    const arms: Readonly<Record<string, readonly [arm: readonly string[], others: readonly string[]]>> = {
      aws: [
        ["a1.large", "m7g.large", "t4g.small", "c7gn.xlarge", "im4gn.large", "x2gd.large"],
        ["m6i.large", "g4dn.xlarge", "g5.xlarge", "m7i-flex.large"],
      ],
      gcp: [
        ["t2a-standard-2", "c4a-standard-4"],
        ["n2-custom-4-8192", "t2d-standard-2", "a3-highgpu-8g"],
      ],
      azure: [
        ["Standard_D4ps_v5", "Standard_E8pds_v6", "Standard_B2pls_v2"],
        ["Standard_D4s_v5", "Standard_NC24ads_A100_v4", "Standard_E4-2s_v5"],
      ],
    };
    for (const each of taking.filter(({ takes }) => takes.size?.arm)) {
      const [arm, others] = arms[each.cloud.name] ?? assert.fail(each.cloud.name);
      for (const size of arm)
        assert.match(
          errors(each, pool({ nodes: { "w-1": {}, "w-2": { size } } })).join(),
          /^cluster\.pools\.general\.nodes\.w-2\.size: has Arm processors/,
          size,
        );
      const own = { infrastructure: { [each.cloud.name]: { sizes: { large: "a size" } } } };
      assert.deepEqual(
        errors(each, merge(own, pool({ size: "large" }))).map((line) => line.split(": ")[0]),
        [`infrastructure.${each.cloud.name}.sizes.large`],
      );
      for (const size of others) assert.deepEqual(errors(each, pool({ size })), [], `${each.cloud.name}: ${size}`);
    }
  });
});

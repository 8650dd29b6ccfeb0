import assert from "node:assert/strict";
import { holdAws } from "../../dev/truth/aws-models";
import { holdAzure, holdAzureFields } from "../../dev/truth/azure-models";
import type { Comparison } from "../../dev/truth/comparison";
import { holdAwsFields } from "../../dev/truth/fields";
import { holdGcp } from "../../dev/truth/gcp-documents";
import { holdOnMoto } from "../../dev/truth/on-moto";
import { type Pinned, pinnedDefinitions } from "../../dev/truth/packages";
import { type MadeCloud, type Sample, samplesOf } from "../../dev/truth/samples";

/** Held against the definitions that clouds publish, in pinned Python packages: docs/truth.md. */
describe("what environments are made of", function () {
  this.timeout(600_000);
  let pinned: Pinned;

  before(async function () {
    try {
      pinned = await pinnedDefinitions({ tell: (text) => console.log(`    ${text}`) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // What a registry gives must be what is pinned; that there is none is no defect of ours.
      if (/hash|sha256/i.test(reason)) throw error;
      console.warn(`SKIPPED ${this.test?.parent?.title}: the clouds' definitions are not to be had here: ${reason}`);
      this.skip();
    }
  });

  const held: readonly (readonly [what: string, hold: (pinned: Pinned) => Comparison | Promise<Comparison>, least: number])[] = [
    ["is made by calls that AWS's models take, and its policies name calls that there are", holdAws, 15_000],
    ["is made on moto's server, read back as it was given, and deleted with nothing left", holdOnMoto, 1_500],
    ["is what GCP's documents of its APIs take", holdGcp, 5_000],
    ["is what Azure's models of its REST bodies take", holdAzure, 10_000],
    ["is replaced in the simulated AWS for what AWS takes at creation only, but for what is listed", holdAwsFields, 100],
    ["is replaced in the simulated Azure for what Azure takes at creation only", holdAzureFields, 200],
  ];
  for (const [what, hold, least] of held)
    it(what, async () => {
      const { wrong, compared, against } = await hold(pinned);
      assert.deepEqual(wrong, []);
      assert.ok(compared >= least, `${compared} compared`);
      console.log(`      ${compared} compared with ${against}`);
    });

  const broken: readonly (readonly [
    cloud: MadeCloud,
    hold: (pinned: Pinned, samples: Promise<readonly Sample[]>) => Promise<Comparison>,
    type: string,
    inputs: object,
    found: readonly string[],
  ])[] = [
    [
      ...(["aws", holdAws, "aws:ebs/volume:Volume"] as const),
      { size: "20", type: "gp9", unknown: true },
      [".unknown is told to no call", "Size is a string", "VolumeType is none of"],
    ],
    [
      "gcp",
      holdGcp,
      "gcp:compute/firewall:Firewall",
      { direction: "SIDEWAYS", unknown: 1 },
      ["direction is none of", "unknown is no field"],
    ],
    [
      ...(["azure", holdAzure, "azure-native:network:NatGateway"] as const),
      { sku: { name: "Huge" }, unknown: 1 },
      ["sku[0].name Huge is none of", "unknown is no member"],
    ],
  ];
  for (const [cloud, hold, type, inputs, found] of broken)
    it(`is found wrong on ${cloud} where it is`, async () => {
      const samples = (await samplesOf(cloud)).slice(2, 3).map((sample) => ({
        ...sample,
        resources: sample.resources.map((each) => (each.type === type ? { ...each, inputs: { ...each.inputs, ...inputs } } : each)),
      }));
      const { wrong } = await hold(pinned, Promise.resolve(samples));
      for (const each of found)
        assert.ok(
          wrong.some((one) => one.includes(each)),
          `${each} in ${wrong.join("; ")}`,
        );
    });
});

import assert from "node:assert/strict";
import { LAYERS } from "../../../model/layers";
import { notLost } from "../../../operate/state/recover-plan";

describe("a state that is to be found again", () => {
  const stacks = (layers: "one" | "three", standing: Parameters<typeof notLost>[1]) =>
    notLost({ environment: "seoul", layers }, standing).map(({ reason }) => /the stack (\S+)/.exec(reason)?.[1]);
  const layer = (each: (typeof LAYERS)[number]) => ({ stack: `seoul.${each}`, layer: each });

  it("is one that nothing holds, or of which a layer is lost", () => {
    assert.deepEqual(stacks("one", []), []);
    assert.deepEqual(stacks("three", []), []);
    for (const lost of LAYERS) assert.deepEqual(stacks("three", LAYERS.filter((each) => each !== lost).map(layer)), []);
  });

  it("is refused where all of it stands, or it stands in other stacks than the file has", () => {
    assert.deepEqual(stacks("one", [{ stack: "seoul" }]), ["seoul"]);
    assert.deepEqual(
      stacks("three", LAYERS.map(layer)),
      LAYERS.map((each) => `seoul.${each}`),
    );
    assert.deepEqual(stacks("three", [{ stack: "seoul" }]), ["seoul"], "not moved into its layers yet");
    assert.deepEqual(stacks("one", [layer("cluster")]), ["seoul.cluster"]);
    assert.deepEqual(stacks("three", [{ stack: "seoul" }, layer("cluster")]), ["seoul"]);
  });
});

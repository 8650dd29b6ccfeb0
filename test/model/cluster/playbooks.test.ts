import assert from "node:assert/strict";
import { playbookNames, playbooks } from "../../../model/cluster/playbooks";
import { kubesprayRelease, kubesprayTags } from "../../../model/cluster/releases";

describe("The table of playbooks", () => {
  it("names every entry point of kubespray that the catalogue has, and no other as kubespray's", () => {
    const own = playbookNames.filter((name) => playbooks[name].of === "kubespray").sort();
    for (const tag of kubesprayTags) assert.deepEqual(Object.keys(kubesprayRelease(tag)?.playbooks ?? {}).sort(), own, tag);
  });

  it("says what each extra variable means", () => {
    for (const name of playbookNames)
      for (const [variable, meaning] of Object.entries(playbooks[name].variables)) assert.ok(meaning !== "", `${name}: ${variable}`);
  });
});

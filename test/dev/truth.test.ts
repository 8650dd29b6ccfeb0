import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROWS } from "../../dev/truth/aws-rows";
import { requirements } from "../../dev/truth/definitions.json";
import { NO_DOCUMENT, TYPES } from "../../dev/truth/gcp-documents";
import table from "../../dev/truth/python-packages.json";
import { pinned } from "../../plugin/kubespray/ansible/python";
import { findable as aws } from "../../providers/aws/findable";
import { findable as azure } from "../../providers/azure/findable";
import { findable as gcp } from "../../providers/gcp/findable";

describe("what clouds' own definitions are held against", () => {
  it("is pinned, with the hashes of everything that it brings", () => {
    const lines = pinned(table, requirements)?.trimEnd().split("\n") ?? [];
    assert.ok(lines.length > 40);
    for (const line of lines) assert.match(line, /^[\w.-]+==[\w.]+( ; [^-].*?)?( --hash=sha256:[0-9a-f]{64})+$/);
  });

  it("is every type that is registered at AWS, GCP and Azure", () => {
    const bodies = readFileSync(join(__dirname, "..", "..", "..", "dev", "truth", "azure-models.py"), "utf8");
    assert.deepEqual(Object.keys(ROWS).sort(), Object.keys(aws).sort());
    assert.deepEqual(Object.keys({ ...TYPES, ...NO_DOCUMENT }).sort(), Object.keys(gcp).sort());
    assert.deepEqual(
      Object.keys(azure).filter((type) => !bodies.includes(`"${type.replace("azure-native:", "")}": (`)),
      [],
    );
  });
});

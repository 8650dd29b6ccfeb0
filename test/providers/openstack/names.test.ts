import assert from "node:assert/strict";
import fc from "fast-check";
import { labelKey, labelValue, labelValueOf } from "../../../model/kubernetes-names";
import { openstackLimits, openstackMetadata, openstackTags } from "../../../providers/openstack/names";

const part = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join("."));
const key = fc.oneof(
  part,
  fc.tuple(domain, part).map(([prefix, name]) => `${prefix}/${name}`),
);
const labels = fc.dictionary(key, fc.oneof(fc.constant(""), part));

describe("labels on OpenStack", () => {
  it("are left as they are where every service takes them", () => {
    assert.deepEqual(openstackMetadata({ team: "platform" }), { team: "platform" });
    assert.deepEqual(openstackTags({ team: "platform", "a/b": "c" }), ["a/b=c", "team=platform"]);
  });

  it("have a colon for the slash that nova does not take, and a hash where they are too long", () => {
    assert.deepEqual(openstackMetadata({ "app.kubernetes.io/part-of": "x" }), { "app.kubernetes.io:part-of": "x" });
    const long = "platform-of-the-north-western-region-of-the-country";
    const [tag = ""] = openstackTags({ "app.kubernetes.io/part-of": long });
    assert.equal(tag.length, 60);
    assert.match(tag, /^app\.kubernetes\.io\/part-of=platform-of-the-north-w.*-[0-9a-f]{8}$/);
  });

  it("are taken by nova, cinder, neutron and Octavia, whatever Kubernetes takes, and stay apart", () => {
    fc.assert(
      fc.property(labels, (wanted) => {
        for (const each of Object.keys(wanted)) assert.match(each, labelKey);
        const metadata = openstackMetadata(wanted);
        assert.equal(Object.keys(metadata).length, Object.keys(wanted).length);
        for (const each of Object.keys(metadata)) {
          assert.match(each, new RegExp(`^[${openstackLimits.serverMetadata.key}]{1,255}$`));
          assert.match(each, new RegExp(`^[${openstackLimits.volumeMetadata.key}]{1,255}$`));
        }
        const tags = openstackTags(wanted);
        assert.equal(new Set(tags).size, Object.keys(wanted).length);
        for (const tag of tags) assert.ok(tag.length <= openstackLimits.tag.oldest && !tag.includes(","), tag);
      }),
    );
  });
});

describe("a text as a label's value", () => {
  it("is itself where Kubernetes takes it", () => {
    for (const text of ["az-1", "RegionOne.a", ""]) assert.equal(labelValueOf(text), text);
  });

  it("is what Kubernetes takes of it, with a hash that keeps it apart", () => {
    assert.match(labelValueOf("Zone A (East)"), /^Zone-A-East-[0-9a-f]{8}$/);
    assert.match(labelValueOf("서울"), /^[0-9a-f]{8}$/);
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (one, other) => {
        assert.match(labelValueOf(one), labelValue);
        if (one !== other) assert.notEqual(labelValueOf(one), labelValueOf(other));
      }),
    );
  });
});

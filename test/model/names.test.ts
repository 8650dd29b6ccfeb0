import assert from "node:assert/strict";
import fc from "fast-check";
import { physicalName } from "../../model/names";

const limit = { max: 24, charset: "a-z0-9-" };

describe("physical names", () => {
  it("are the parts as they stand, where the cloud allows them", () => {
    assert.equal(physicalName(["seoul", "cp-1"], limit), "seoul-cp-1");
  });

  it("are shortened with a hash that keeps them apart", () => {
    const one = physicalName(["seoul", "a-very-long-pool-name-1"], limit);
    const two = physicalName(["seoul", "a-very-long-pool-name-2"], limit);
    assert.match(one, /^seoul-a-very-lo-[0-9a-f]{8}$/);
    assert.notEqual(one, two);
  });

  it("carry a hash where a character had to go, so that Seoul.1 and seoul-1 differ", () => {
    assert.match(physicalName(["seoul.1"], limit), /^seoul-1-[0-9a-f]{8}$/);
    assert.notEqual(physicalName(["seoul.1"], limit), physicalName(["seoul_1"], limit));
  });

  it("always keep within length and characters", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const name = physicalName(parts, limit);
        assert.ok(name.length <= limit.max);
        assert.match(name, /^[a-z0-9-]+$/);
        assert.equal(name, physicalName(parts, limit));
      }),
    );
  });
});

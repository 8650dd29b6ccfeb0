import assert from "node:assert/strict";
import fc from "fast-check";
import { complement, contains, formatAddress, parseCidr } from "../../model/ipv4";

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => `${formatAddress(address)}/${prefix}`);
const blocks = (cidrs: readonly string[]) => cidrs.map((each) => parseCidr(each) ?? assert.fail(each));
/** The block of what may have bits beyond its prefix. */
const spanOf = (text: string): { first: number; last: number } => {
  const [address = "", prefix = ""] = text.split("/");
  const size = 2 ** (32 - Number(prefix));
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = value - (value % size);
  return { first, last: first + size - 1 };
};

describe("what blocks of addresses leave out", () => {
  it("is everything of nothing, and nothing of everything", () => {
    assert.deepEqual(complement([]), ["0.0.0.0/0"]);
    assert.deepEqual(complement(["10.0.0.0/8", "0.0.0.0/0"]), []);
    assert.deepEqual(complement(["128.0.0.0/1", "0.0.0.0/2"]), ["64.0.0.0/2"]);
  });

  it("has no address in common with them, and each address is in the one or the other", () => {
    fc.assert(
      fc.property(
        fc.array(cidr, { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 20 }),
        (given, others) => {
          const [held, rest] = [given.map(spanOf), blocks(complement(given))];
          const edges = [...held, ...rest].flatMap(({ first, last }) => [first - 1, first, last, last + 1]);
          for (const address of [...edges, ...others].filter((each) => each >= 0 && each < 2 ** 32)) {
            const [one, other] = [held, rest].map((each) => each.filter((block) => contains(block, address)).length);
            assert.ok(one === 0 ? other === 1 : other === 0, formatAddress(address));
          }
        },
      ),
      { verbose: 1 },
    );
  });
});

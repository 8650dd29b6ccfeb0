import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { authorizationUrl, challengeOf, checkIdentity, codeIn, LoginError, payloadOf, randomWord } from "../../../server/page/browser/oidc";

const ISSUER = "https://login.example.org/realms/cp-realm";
const pending = { state: "s", nonce: "n", verifier: "v", hash: "#/" };
const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

describe("The page's log-in", () => {
  it("asks for a code with a proof of who asks, a state and a nonce", async () => {
    const found = { issuer: ISSUER, authorization_endpoint: `${ISSUER}/auth?x=1`, token_endpoint: "" };
    const { origin, searchParams } = new URL(await authorizationUrl(found, "page", "https://kpaas.example.org/", pending));
    assert.equal(origin, "https://login.example.org");
    assert.deepEqual(Object.fromEntries(searchParams), {
      ...{
        x: "1",
        client_id: "page",
        redirect_uri: "https://kpaas.example.org/",
        response_type: "code",
        scope: "openid",
        state: "s",
        nonce: "n",
      },
      ...{ code_challenge: await challengeOf("v"), code_challenge_method: "S256" },
    });
    assert.equal(await challengeOf("v"), createHash("sha256").update("v").digest("base64url"));
    assert.match(randomWord(), /^[\w-]{43}$/);
    assert.notEqual(randomWord(), randomWord());
  });

  it("takes a code only as the answer to what this tab has asked this issuer", () => {
    assert.equal(codeIn("", pending, ISSUER), undefined);
    assert.equal(codeIn("?code=c&state=s", pending, ISSUER), "c");
    assert.equal(codeIn(`?code=c&state=s&iss=${encodeURIComponent(ISSUER)}`, pending, ISSUER), "c");
    for (const [search, asked] of [
      ["?code=c&state=other", pending],
      ["?code=c", pending],
      ["?code=c&state=s", undefined],
      ["?code=c&state=s&iss=https://evil.example.org", pending],
      ["?error=access_denied&state=s", pending],
    ] as const)
      assert.throws(() => codeIn(search, asked, ISSUER), LoginError, search);
  });

  it("believes who somebody is only from this issuer, for this client, to this question, and while it is good", () => {
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const good = { iss: ISSUER, aud: "page", nonce: "n", exp };
    const expected = { issuer: ISSUER, client: "page", nonce: "n" };
    checkIdentity(token(good), expected);
    checkIdentity(token({ ...good, aud: ["other", "page"] }), expected);
    for (const wrong of [{ iss: "https://evil.example.org" }, { aud: "other" }, { nonce: "m" }, { exp: exp - 600 }, { exp: undefined }])
      assert.throws(() => checkIdentity(token({ ...good, ...wrong }), expected), LoginError, JSON.stringify(wrong));
    for (const none of ["", "a", "a.b", "a.!.c"]) assert.throws(() => payloadOf(none), LoginError, none);
    assert.deepEqual(payloadOf(token({ name: "김" })), { name: "김" });
  });
});

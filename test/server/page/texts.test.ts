import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { languageOf } from "../../../server/page/browser/language";
import { say, TEXTS, type TextKey, wordOf } from "../../../server/page/browser/texts";

const BROWSER = join(__dirname, "..", "..", "..", "..", "server", "page", "browser");
/** Names that are written alike in both. */
const ALIKE = new Set(["app.title", "app.none", "column.release", "column.kubernetes", "cluster.api", "cluster.kind.etcd"]);

const keys = Object.keys(TEXTS) as TextKey[];
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("The page's texts", () => {
  it("are there in both languages, with the same to be filled in", () => {
    for (const key of keys) {
      const [en, ko] = TEXTS[key];
      assert.ok(en.trim() !== "" && ko.trim() !== "", key);
      assert.deepEqual(names(en), names(ko), key);
      if (!ALIKE.has(key) && names(en).length === 0) assert.match(ko, /\p{Script=Hangul}/u, key);
      assert.doesNotMatch(en, /\p{Script=Hangul}/u, key);
    }
  });

  it("are all used, and none is asked for that is not there", () => {
    const source = readdirSync(BROWSER)
      .filter((name) => /\.tsx?$/.test(name) && name !== "texts.ts")
      .map((name) => readFileSync(join(BROWSER, name), "utf8"))
      .join("\n");
    // Those that are put together of a group and a word.
    const groups = [...source.matchAll(/`(\w+(?:\.\w+)*)\.\$\{/g)].map(([, group]) => `${group}.`);
    const worded = [...source.matchAll(/(?:word\(|group=)"(\w+)"/g)].map(([, group]) => `${group}.`);
    const unused = keys.filter((key) => !source.includes(`"${key}"`) && ![...groups, ...worded].some((group) => key.startsWith(group)));
    assert.deepEqual(unused, []);
  });

  it("are filled in, with numbers as the language writes them", () => {
    assert.equal(say("en", "app.more", { n: 1900 }), "Show more (1,900 left)");
    assert.equal(say("ko", "act.type", { name: "seoul" }), "계속하려면 다음 이름을 입력하십시오: seoul");
    assert.equal(wordOf("ko", "state", "planned"), "승인 대기");
    assert.equal(wordOf("ko", "state", "of another version"), "of another version");
  });

  it("are in the first language that somebody reads and the page speaks", () => {
    assert.equal(languageOf(["fr-FR", "ko-KR", "en"]), "ko");
    assert.equal(languageOf(["en-GB", "ko"]), "en");
    assert.equal(languageOf(["kok"]), "en");
  });
});

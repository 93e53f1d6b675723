// What a page weighs on its way: the list of contacts below 60 KB, all styles below 40 KB, all scripts below 60 KB, each as gzip makes it.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

test("a page of the list, its styles and its scripts are light", async (context) => {
  const person = await Person.signedIn();
  const weights = { css: 0, js: 0 };
  person.page.on("response", async (answer) => {
    const kind = /\.(css|js)$/.exec(new globalThis.URL(answer.url()).pathname)?.[1];
    if (kind) weights[kind] += gzipSync(await answer.body()).length;
  });
  const answer = await person.enter("contacts");
  await person.page.waitForLoadState("networkidle");
  const html = gzipSync(await answer.body()).length;
  assert.equal(await person.page.locator("tbody tr").count(), 50);
  context.diagnostic(`list ${html} bytes, styles ${weights.css}, scripts ${weights.js}`);
  assert.ok(html < 60_000 && weights.css > 0 && weights.css <= 40_000 && weights.js > 0 && weights.js <= 60_000, JSON.stringify({ html, ...weights }));
  await person.done();
});

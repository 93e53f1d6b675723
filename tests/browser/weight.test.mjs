// What a page weighs on its way: the list of contacts below 60 KB, all styles below 40 KB, all scripts below 60 KB, each as gzip makes it.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

test("a page of the list, its styles and its scripts are light", async (context) => {
  const signedIn = await Person.signedIn();
  // Nothing is kept of another page.
  const person = await Person.comes({ state: await signedIn.context.storageState() });
  person.account = signedIn.account;
  const weights = { css: 0, js: 0 };
  const bodies = [];
  person.page.on("response", (answer) => {
    const kind = /\.(css|js)$/.exec(new globalThis.URL(answer.url()).pathname)?.[1];
    if (kind) bodies.push(answer.body().then((body) => (weights[kind] += gzipSync(body).length)));
  });
  const answer = await person.enter("contacts");
  await person.page.waitForLoadState("networkidle");
  await Promise.all(bodies);
  const html = gzipSync(await answer.body()).length;
  assert.equal(await person.page.locator("tbody tr").count(), 50);
  context.diagnostic(`list ${html} bytes, styles ${weights.css}, scripts ${weights.js}`);
  assert.ok(html < 60_000 && weights.css > 0 && weights.css <= 40_000 && weights.js > 0 && weights.js <= 60_000, JSON.stringify({ html, ...weights }));
  await person.done();
  await signedIn.done();
});

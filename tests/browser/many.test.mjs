// One act on all that match: with a script it goes on by itself, and is taken back the same way.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open, plain } from "./world.mjs";

before(open);
after(close);

test("an act on all that match goes on by itself and is taken back", async () => {
  const person = await Person.signedIn({ language: "en-GB" });
  const { page } = person;
  await person.enter("contacts");
  await person.press("button[name=all]");
  await page.check("input[name=act][value=GRANT]");
  await page.check("input[name=productId] >> nth=0");
  await person.press("button[value=review]");
  await person.isAccessible("counted");
  const asked = plain(await page.innerText("h1"));
  const many = Number(asked.match(/to ([\d,]+) contacts/)[1].replace(",", ""));
  assert.ok(many > 200, asked);
  await person.press("button[value=do]");
  await page.waitForSelector(`#bulk-all :text("${many} accesses given.")`, { timeout: 60_000 });
  await person.isAccessible("done");
  await person.press("button[value=undo]");
  await page.waitForSelector(`#bulk-all :text("${many} were taken back.")`, { timeout: 60_000 });
  await person.isAccessible("taken back");
  await person.done();
});

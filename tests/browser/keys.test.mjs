// Everything by the keyboard alone.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

test("a contact is found, opened and its dialog left by keys; the focus goes where it belongs", async () => {
  const person = await Person.signedIn();
  const { page } = person;
  await person.enter("contacts");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate("document.activeElement.id"), "q");
  await page.keyboard.type("du");
  await page.waitForURL(/q=du/);
  assert.equal(await page.evaluate("document.activeElement.id"), "q", "what is typed stays");
  await page.keyboard.press("Tab");
  await page.evaluate("document.activeElement.blur()");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.ok(await page.evaluate("document.activeElement.matches('.row-link')"));
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  await page.locator("a:has-text('Donner un nouveau droit')").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open] .dialog-body");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  // Ctrl-K goes anywhere.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("histo");
  // At once: what is found for the whole word counts, and not what was shown before it.
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.ok(person.path().endsWith("/history"));
  await page.keyboard.press("?");
  await page.waitForSelector("#keys[open]");
  await person.isAccessible("keys");
  await person.done();
});

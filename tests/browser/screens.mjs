// The pictures of the README, of the demo as it is: `tests/browser/run --screens docs/screens`.

import { Person, close, open } from "./world.mjs";

const folder = process.argv[2];
await open();
const person = await Person.signedIn({ language: "en-GB" });
const picture = async (name) => {
  await person.page.evaluate("document.querySelectorAll('.toast').forEach((it) => it.remove())");
  await person.page.screenshot({ path: `${folder}/${name}.png` });
};
await person.enter("home");
await picture("dashboard");
await person.enter("contacts");
await picture("contacts");
await person.enter("contacts?mode=ACTIVATED");
await person.press("a.row-link >> nth=0");
await person.page.click("summary:has-text('Why?') >> nth=0");
await picture("sheet");
await person.dialog("a:has-text('Edit') >> nth=1");
await person.page.check("input[name=opening][value=ADVANCED]");
await person.page.fill("#by", "1");
await person.page.selectOption("#unit", "MONTHS");
await person.page.waitForSelector("#preview .bar");
await person.page.locator("#preview").scrollIntoViewIfNeeded();
await picture("edit");
await person.done();
await close();

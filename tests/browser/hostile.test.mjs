// Two hundred texts that would run something, kept as names and read back on every page that shows them: nothing runs, and the content security policy was never
// what held them, for nothing of them ever reaches it.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open, tell } from "./world.mjs";

before(open);
after(close);

const RUNS = "window.__ran=1";
const SHAPES = [
  (run) => `<script>${run}</script>`,
  (run) => `"><script>${run}</script>`,
  (run) => `'><script>${run}</script>`,
  (run) => `<img src=x onerror=${run}>`,
  (run) => `"><img src=x onerror="${run}">`,
  (run) => `<svg onload=${run}>`,
  (run) => `<svg><script>${run}</script></svg>`,
  (run) => `" onfocus="${run}" autofocus x="`,
  (run) => `' onmouseover='${run}' x='`,
  (run) => `</title><script>${run}</script>`,
  (run) => `</textarea><script>${run}</script>`,
  (run) => `</option></select><img src=x onerror=${run}>`,
  (run) => `<iframe srcdoc="<script>parent.${run}</script>">`,
  (run) => `<a href="javascript:${run}">x</a>`,
  (run) => `<details open ontoggle=${run}>`,
  (run) => `{{constructor.constructor('${run}')()}}`,
  (run) => `<div hx-on:load="${run}">`,
  (run) => `<div hx-get="/" hx-trigger="load" hx-vals="js:{a:${run}}">`,
  (run) => `<math><mtext></form><form><mglyph><style></math><img src onerror=${run}>`,
  (run) => `<meta http-equiv="refresh" content="0;url=data:text/html,<script>${run}</script>">`,
];
const DISGUISES = [
  (text) => text,
  (text) => text.toUpperCase().replace(/WINDOW\.__RAN=1/g, RUNS),
  (text) => text.replace(/</g, "<\u0000").replaceAll("\u0000", ""),
  (text) => text.replace(/ /g, "/"),
  (text) => text.replace(/script/g, "scr\u00adipt"),
  (text) => `é${text}é`,
  (text) => `${text}${text}`,
  (text) => text.replace(/"/g, "&quot;"),
  (text) => text.replace(/</g, "&lt;").replace(/>/g, "&gt;"),
  (text) => `${text}<!--`,
];

test("200 hostile names run nothing wherever they are shown", async () => {
  const texts = DISGUISES.flatMap((disguise) => SHAPES.map((shape) => disguise(shape(RUNS)).slice(0, 190)));
  assert.equal(texts.length, 200);
  const person = await Person.signedIn();
  await person.enter("home");
  const add = "mutation($i: AddContactInput!) { addContact(input: $i) { contact { id } userErrors { message } } }";
  const ids = [];
  for (const [n, text] of texts.entries()) {
    const answer = await tell(add, { i: { accountId: person.account, lastName: text, companyName: `Hostile ${n}`, phone: text.slice(0, 50) } });
    assert.deepEqual(answer.addContact.userErrors, [], text);
    ids.push(answer.addContact.contact.id);
  }
  await person.page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const calm = async (where) => {
    await person.page.waitForTimeout(50);
    assert.equal(await person.page.evaluate("window.__ran"), undefined, where);
  };
  await person.enter("contacts?q=hostile");
  for (let page = 1; ; page += 1) {
    await calm(`list, page ${page}`);
    if (!(await person.page.locator(".pages a[rel=next]").count())) break;
    await person.press(".pages a[rel=next]");
  }
  for (const id of ids.filter((_, n) => n % 5 === 0)) {
    for (const tab of ["", "/overview", "/history", "/person", "/delete"]) {
      await person.enter(`contacts/${id}${tab}`);
      await calm(`${id}${tab}`);
    }
  }
  for (const room of ["home", "history", "contacts?q=%3Cscript%3Ewindow.__ran=1%3C/script%3E"]) {
    await person.enter(room);
    await calm(room);
  }
  await person.page.keyboard.press("Control+k");
  await person.page.keyboard.type("hostile");
  await person.page.waitForSelector("#palette .found");
  await calm("palette");
  await person.done();
});

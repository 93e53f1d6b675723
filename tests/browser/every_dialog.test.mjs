// Every dialog that a page opens, and pages that have to say no: in both languages and themes, on a phone and a desk, nothing that axe-core finds, nothing that
// scrolls sideways.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, URL, close, open } from "./world.mjs";
import ROOMS from "./rooms.mjs";

before(open);
after(close);

/** The same dialog of another contact is the same dialog. */
const kindOf = (path) => path.replace(/\?.*/, "").replace(/\/[^/]*_[^/]*/g, "/…");

for (const [language, name] of [["fr-FR", "French"], ["en-GB", "English"]]) {
  for (const scheme of ["light", "dark"]) {
    test(`every dialog in ${name}, ${scheme}, on a phone and a desk`, async (context) => {
      const person = await Person.signedIn({ language, scheme });
      const { page } = person;
      const [found, seen] = [[], new Set()];
      const look = async (where) => {
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await person.isAccessible(`${where} ${scheme} ${width}`).catch((error) => found.push(error.message));
          const over = await page.evaluate("Math.max(...[...document.querySelectorAll('dialog[open]')].map((it) => it.scrollWidth - it.clientWidth), 0)");
          if (over > 0) found.push(`${where} ${width}: the dialog scrolls sideways by ${over} px`);
        }
      };
      const dialogs = async () => {
        const paths = await page.evaluate("[...document.querySelectorAll('[hx-get][hx-target=\"#dialog\"]')].map((it) => it.getAttribute('hx-get'))");
        for (const path of paths) {
          if (seen.has(kindOf(path))) continue;
          seen.add(kindOf(path));
          await person.tries(async () => {
            await page.evaluate((path) => window.htmx.ajax("GET", path, "#dialog"), path);
            await page.waitForSelector("dialog[open] .dialog-body");
          });
          await look(`dialog ${kindOf(path)}`);
          // Sent as it is, most forms have something to say; what can be undone only by hand is not pressed.
          const form = page.locator("dialog[open] form[hx-post]:not(:has(button.danger))").last();
          if (/(grant|contacts\/add|members\/(add|invite)|tokens|connect)$/.test(kindOf(path)) && (await form.count())) {
            const refused = page.waitForResponse((answer) => answer.request().method() === "POST");
            await form.locator("button.main").first().click();
            assert.equal((await refused).status(), 422, path);
            await page.waitForSelector("dialog[open] .errors");
            await look(`refused ${kindOf(path)}`);
          }
          await page.keyboard.press("Escape");
          await page.waitForSelector("dialog[open]", { state: "detached" });
        }
      };
      for (const room of ROOMS) {
        await person.enter(room);
        await dialogs();
        // The first of a list has dialogs of its own, and so have its tabs.
        const first = page.locator("main .row-link[href]").first();
        if (!room.includes("?") && !room.includes("/") && (await first.count())) {
          const path = await first.getAttribute("href");
          for (const tab of room === "contacts" ? ["", "/overview", "/history", "/subscriptions", "/claims"] : [""]) {
            await person.go(path + tab);
            await look(kindOf(path) + tab);
            await dialogs();
          }
        }
      }
      await person.enter("contacts?mode=ACTIVATED");
      await person.press("a.row-link >> nth=0");
      await dialogs();
      await person.go("/me");
      await look("me");
      await dialogs();
      await person.enter("home");
      await page.keyboard.press("Control+k");
      await page.waitForSelector("#palette[open] .found");
      await look("palette");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await look("keys");
      await page.keyboard.press("Escape");
      context.diagnostic(`${seen.size} dialogs: ${[...seen].map((path) => path.split("/").slice(3).join("/")).join(" ")}`);
      assert.ok(seen.size >= 20, `${seen.size} dialogs`);
      assert.deepEqual(found, []);
      await person.done();
    });

    test(`what is refused, not there or not theirs in ${name}, ${scheme}`, async () => {
      const person = await Person.signedIn({ language, scheme });
      const { page } = person;
      person.expected = ["status of 404", "status of 403"];
      const found = [];
      const look = async (where) => {
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await person.isAccessible(`${where} ${scheme} ${width}`).catch((error) => found.push(error.message));
        }
      };
      for (const [room, status] of [["contacts/contact_0", 404], ["nowhere", 404], ["imports/import_0", 404]]) {
        assert.equal((await person.enter(room)).status(), status, room);
        await look(room);
      }
      assert.equal((await person.go("/nowhere")).status(), 404);
      await look("nowhere");
      for (const [room, button] of [["subscribers/add", "main form button.main"], ["subscriptions/set/new", "main form button.main"], ["products/new", "main form button.main"], ["members/invite", "main form button.main"], ["contacts/add", "main form button.main"]]) {
        await person.enter(room);
        const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.click(button)]);
        assert.equal(answer.status(), 422, room);
        await page.waitForSelector(".errors");
        await look(`refused ${room}`);
      }
      // A form that is not from our page.
      await person.enter("subscribers/add");
      await page.evaluate("document.querySelector('main form [name=_csrf]').value = 'guessed'");
      const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === "POST"), page.click("main form button.main")]);
      assert.equal(answer.status(), 403);
      await page.waitForLoadState();
      await look("forbidden");
      // Doors of somebody who is not in.
      const outside = await Person.comes({ language, scheme });
      outside.expected = ["status of 4"];
      for (const path of ["/sign-in", "/sign-up", "/reset", "/forgot", "/support", "/mailbox", "/links/nothing"]) {
        await outside.go(path);
        for (const width of [360, 1280]) {
          await outside.page.setViewportSize({ width, height: 900 });
          await outside.isAccessible(`${scheme} ${width}`).catch((error) => found.push(error.message));
        }
      }
      await outside.go("/sign-in");
      await outside.page.fill("#email", "personne@nulle-part.example");
      await outside.page.fill("#password", "rien de tel que cela");
      await outside.press("button.main");
      await outside.isAccessible("refused").catch((error) => found.push(error.message));
      assert.deepEqual(found, []);
      await outside.done();
      await person.done();
    });
  }
}

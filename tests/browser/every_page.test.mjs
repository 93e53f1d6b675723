// Every page of the account, in both languages, both themes, three widths: nothing that axe-core finds, nothing that scrolls sideways; and
// the support desk above it.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, act, close, open, supportToken } from "./world.mjs";

before(open);
after(close);

const ROOMS = (await import("./rooms.mjs")).default;

for (const [language, name] of [["fr-FR", "French"], ["en-GB", "English"]]) {
  for (const scheme of ["light", "dark"]) {
    test(`every room in ${name}, ${scheme}, on a phone, a tablet and a desk`, async () => {
      const person = await Person.signedIn({ language, scheme });
      const found = [];
      for (const room of ROOMS) {
        await person.enter(room);
        for (const width of [360, 768, 1280]) {
          await person.page.setViewportSize({ width, height: 900 });
          await person.isAccessible(`${scheme} ${width}`).catch((error) => found.push(error.message));
        }
      }
      assert.deepEqual(found, []);
      await person.done();
    });
  }
}

for (const [language, name] of [["fr-FR", "French"], ["en-GB", "English"]]) {
  for (const scheme of ["light", "dark"]) {
    test(`the support desk in ${name}, ${scheme}: its list, a request, one without a reason, and decided`, async () => {
      const { account } = await owner();
      const asked = [];
      await act("setPolicies", { accountId: account, deletionPolicy: "SUPPORT_ONLY" }, "");
      for (const reason of ["Elle l'a demandé par écrit.", "x".repeat(300)]) {
        const { contact } = await act("addContact", { accountId: account, lastName: "Effacer", firstName: reason.slice(0, 12) }, "contact { id }");
        await act("requestDeletion", { contactId: contact.id, reason }, "");
        asked.push(contact.id);
      }
      const person = await Person.comes({ language, scheme });
      const { page } = person;
      const found = [];
      const look = async (where) => {
        for (const width of [360, 768, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await person.isAccessible(`${where} ${scheme} ${width}`).catch((error) => found.push(error.message));
        }
      };
      await person.go("/support");
      await look("door");
      await page.fill("#token", "ses_nothing");
      await person.press("button.main");
      await look("refused");
      await page.fill("#token", await supportToken());
      await person.press("button.main");
      await page.waitForSelector("table.list .row-link");
      await look("list");
      for (const [n, decision] of ["reject", "approve"].entries()) {
        await person.go(`/support/deletions/${asked[n]}`);
        await look("request");
        await person.press(`button[value=${decision}]`);
        await page.waitForSelector(".errors");
        await look("without a reason");
        await page.fill("#reason", "Identité vérifiée par courrier.");
        await person.press(`button[value=${decision}]`);
        await page.waitForSelector(".notice");
        await look("decided");
      }
      await act("setPolicies", { accountId: account, deletionPolicy: "SELF" }, "");
      assert.deepEqual(found, []);
      await person.done();
    });
  }
}

/** The sample's account. */
async function owner() {
  const person = await Person.signedIn();
  const { account } = person;
  await person.done();
  return { account };
}

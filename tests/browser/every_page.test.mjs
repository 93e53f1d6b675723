// Every page of the account, in both languages, both themes, three widths: nothing that axe-core finds, nothing that scrolls sideways.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open } from "./world.mjs";

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

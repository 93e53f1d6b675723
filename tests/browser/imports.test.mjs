// « Importer » with a real file of a spreadsheet, from the upload to the undo (rows A10 to A13, B5); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import { Person, close, open, tell } from "./world.mjs";

before(open);
after(close);

const spaced = (n) => new Intl.NumberFormat("fr-FR").format(n);

/** How many contacts have an address of the file. */
async function there(person, email) {
  const query = "query($a: ID!, $s: String) { contacts(accountId: $a, filter: { search: $s }) { totalCount } }";
  return (await tell(query, { a: person.account, s: email })).contacts.totalCount;
}

for (const [script, name, encoding] of [[true, "clients_excel_fr", "Windows-1252"], [false, "clients_utf8_bom", "UTF-8"]]) {
  const FILE = `${process.env.SESAME_FIXTURES}/${name}.csv`;
  const EXPECTED = JSON.parse(fs.readFileSync(FILE.replace(".csv", ".expected.json"), "utf8"));
  const email = /[\w.]+@exemple-\d\.fr/.exec(fs.readFileSync(FILE, "latin1"))[0];
  test(`a10_a13_b5 a file is uploaded, looked at cell by cell, imported and taken back ${script ? "with" : "without"} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    assert.equal(await there(person, email), 0);
    await person.choose("Importer", "nav");
    await page.setInputFiles("#file", FILE);
    await person.choose("Voir ce que cela ferait");
    // Read: the rows, the encoding of the spreadsheet.
    await person.sees("Rien n'est encore changé", `${spaced(EXPECTED.dataRows - EXPECTED.blank)} lignes lues`, `encodage ${encoding}`);
    // The dry run: what each cell would come to, in colour and in words.
    await person.sees(`Créés ${spaced(EXPECTED.created)}`, `Refusées ${spaced(EXPECTED.rejected)}`, `Doublons ${spaced(EXPECTED.duplicates)}`);
    const colours = await page.evaluate(() => {
      const of = (what) => document.querySelector(what) && getComputedStyle(document.querySelector(what)).backgroundColor;
      return [of(".file .is-put"), of(".file tbody td:not([class])")];
    });
    assert.ok(colours[0] && colours[0] !== colours[1], `a new cell is coloured: ${colours}`);
    assert.equal(await there(person, email), 0, "nothing is there yet");
    await person.press("a:has-text('Ne montrer que les erreurs')");
    const refused = page.locator(".file .is-refused").first();
    assert.ok((await refused.locator(".cell-says").innerText()).length > 5, "why is said beneath the value");
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await person.isAccessible(`dry run ${width}`);
    }
    const [mend] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]:visible").first().click()]);
    const lines = fs.readFileSync(await mend.path(), "utf8");
    assert.ok(lines.includes("pas-une-adresse"), lines.slice(0, 400));

    // Done, with its progress, and a report.
    await person.choose(`Importer ${spaced(EXPECTED.created)} lignes`);
    for (let tries = 0; !(await page.locator("dl.tiles").count()); tries += 1) {
      assert.ok(tries < 120, await page.innerText("main"));
      if (await page.locator("progress").count()) await person.sees("lignes sur");
      await page.waitForTimeout(500);
      if (!script && (await person.worded("Actualiser").count())) await person.choose("Actualiser");
    }
    await person.sees("Terminé le", "Importé");
    assert.equal(await there(person, email), 1);
    await person.isAccessible("report");

    // Taken back, after it was said what that comes to.
    await person.choose("Annuler cet import");
    await person.sees("Annuler cet import ?", spaced(EXPECTED.created));
    await page.locator("button.danger").waitFor();
    await person.press("button.danger");
    for (let tries = 0; !/Annulé/.test(await page.innerText("header .state, .page-head .state")); tries += 1) {
      assert.ok(tries < 120, await page.innerText("main"));
      await page.waitForTimeout(500);
      await page.reload();
    }
    await person.sees("Retirés");
    assert.equal(await there(person, email), 0);
    await person.done();
  });
}

// « Gérer les accès produits de vos contacts », step by step, as that page tells it (rows K1 to K20); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

for (const script of [true, false]) {
  test(`k1_k20 access to a product is given, changed in every way and taken back ${script ? "with" : "without"} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    // Accédez aux contacts; l'icône en forme de personnage dans la colonne Action.
    await person.press("nav a:text-is('Contacts')");
    await person.press("a.open-sheet >> nth=0");
    const sheet = person.path();
    await person.press("nav.tabs a:has-text('Accès produits')");
    // Donner un nouveau droit d'accès, Sélectionnez, l'email associé, Donner les droits d'accès.
    await person.dialog("a:has-text('Donner un nouveau droit')");
    assert.match(await page.getAttribute("#search", "placeholder"), /^Sélectionnez/);
    const option = page.locator(".option:not(.is-off):has(input[name=productId])").first();
    const product = (await option.locator(".option-name").innerText()).trim();
    await option.locator("input").check();
    assert.equal(await page.isChecked("input[name=sendOrderEmail]"), false, "the e-mail is off until it is asked for");
    await person.press("button:has-text('Donner les droits')");
    const row = page.locator("li.access", { hasText: product });
    // Its columns: Date, Accès, and Action with a pencil and a dustbin.
    for (const column of ["Date", "Accès", "Action"]) assert.ok(await row.getByText(column, { exact: true }).isVisible(), column);
    assert.equal(await row.locator(".access-acts svg.icon").count(), 2);
    assert.ok(/Activé/.test(await row.innerText()), "given by hand, it is « Activé »");
    assert.ok(/\d{2}\/\d{2}\/\d{4}/.test(await row.locator(".access-facts").innerText()), "with the date since when");
    const edit = async (fill) => {
      if (script) {
        await row.locator("a:has-text('Modifier')").click();
        await page.waitForSelector("dialog[open] .dialog-body");
      } else {
        await Promise.all([page.waitForEvent("load"), row.locator("a:has-text('Modifier')").click()]);
      }
      await fill();
      await person.press("button:has-text('Enregistrer')");
    };
    // Automatiques, Suspendus, Activés.
    for (const [mode, word] of [["AUTOMATIC", "Automatique"], ["SUSPENDED", "Suspendu"], ["ACTIVATED", "Activé"]]) {
      await edit(() => page.check(`input[name=mode][value=${mode}]`));
      assert.ok((await row.innerText()).includes(word), word);
    }
    // Date de commande, complet, avancer, date précise.
    await edit(() => page.check("input[name=opening][value=FULL]"));
    assert.ok((await row.innerText()).includes("Accès complet"));
    await edit(async () => {
      await page.check("input[name=opening][value=ADVANCED]");
      await page.fill("#by", "2");
      await page.selectOption("#unit", "MONTHS");
      if (script) await page.waitForSelector("#preview .bar");
    });
    assert.ok((await row.innerText()).includes("2 mois"));
    await edit(async () => {
      await page.check("input[name=opening][value=FROM_DATE]");
      await page.fill("#fromDate", "2031-01-15");
    });
    assert.ok((await row.innerText()).includes("15 janvier 2031"));
    await edit(() => page.check("input[name=opening][value=FROM_ORDER_DATE]"));
    // L'icône en forme de poubelle: at once, after it was said what that comes to.
    if (script) await row.locator("a:has-text('Retirer')").click();
    else await Promise.all([page.waitForEvent("load"), row.locator("a:has-text('Retirer')").click()]);
    await page.waitForSelector("h1:has-text('Retirer')");
    await person.press("button.danger");
    assert.equal(await row.count(), 0, "taken back at once");
    assert.equal(person.path().split("?")[0], sheet);
    await person.press("nav.tabs a:has-text('Historique')");
    await person.sees(product);
    await person.done();
  });
}

test("k10 two people change one access: the second is told, and keeps what was chosen", async () => {
  const one = await Person.signedIn();
  await one.enter("contacts?mode=ACTIVATED");
  await one.press("a.row-link >> nth=0");
  const sheet = one.path();
  const two = await Person.signedIn();
  await two.go(sheet);
  for (const person of [one, two]) await person.dialog("a:has-text('Modifier') >> nth=0");
  await one.page.check("input[name=mode][value=SUSPENDED]");
  await one.press("button:has-text('Enregistrer')");
  await two.page.check("input[name=opening][value=FULL]");
  await two.page.click("dialog button:has-text('Enregistrer')");
  await two.page.waitForSelector("dialog .meanwhile");
  assert.ok(await two.page.isChecked("input[name=opening][value=FULL]"));
  await one.done();
  await two.done();
});

test("a change of somebody else shows at once, without a press", async (context) => {
  const [one, two] = [await Person.signedIn(), await Person.signedIn()];
  await one.enter("contacts?mode=ACTIVATED");
  await one.press("a.row-link >> nth=1");
  await two.go(one.path());
  await two.page.waitForTimeout(500);
  await one.dialog("a:has-text('Modifier') >> nth=0");
  await one.page.check("input[name=mode][value=SUSPENDED]");
  const began = Date.now();
  await one.page.click("dialog button:has-text('Enregistrer')");
  await two.tries(() => two.page.waitForSelector("li.access .state-suspended"));
  // How long it took is told, and no machine's speed fails a test.
  context.diagnostic(`seen ${Date.now() - began} ms after it was pressed`);
  await one.done();
  await two.done();
});

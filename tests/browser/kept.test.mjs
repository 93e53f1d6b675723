// What is kept: what was typed, where one was, what somebody else saved; what is taken back; what is printed, and what works without a network.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open, tell } from "./world.mjs";

before(open);
after(close);

const DROPPED = ["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "ERR_FAILED"];

test("k10 two tabs change one access: the second sees both versions, and saving again is knowing", async () => {
  const one = await Person.signedIn();
  await one.enter("contacts?mode=AUTOMATIC");
  await one.press("a.row-link >> nth=2");
  const sheet = one.path();
  const two = await Person.signedIn();
  await two.go(sheet);
  for (const person of [one, two]) await person.dialog("li.access:has(.state-automatic) a:has-text('Modifier') >> nth=0");
  await one.page.check("dialog input[name=mode][value=SUSPENDED]");
  await one.choose("Enregistrer");
  await two.page.check("dialog input[name=mode][value=ACTIVATED]");
  await two.choose("Enregistrer");
  const both = two.page.locator("dialog .meanwhile tbody tr").first();
  assert.deepEqual((await both.locator("th, td").allInnerTexts()).map((text) => text.replace("’", "'").trim()), ["Droits d'accès", "Suspendus", "Activés"]);
  assert.ok(await two.page.isChecked("dialog input[name=mode][value=ACTIVATED]"), "what was chosen is kept");
  await two.isAccessible("conflict");
  await two.choose("Enregistrer");
  await two.sees("L'accès est enregistré.");
  assert.ok(await two.page.locator("li.access .state-activated").count());
  await one.done();
  await two.done();
});

test("two tabs change one client: the second sees both versions", async () => {
  const one = await Person.signedIn();
  await one.enter("contacts");
  await one.press("a.row-link >> nth=4");
  const two = await Person.signedIn();
  await two.go(one.path());
  for (const person of [one, two]) await person.choose("Éditer");
  await one.page.fill("dialog #phone", "02 98 00 00 01");
  await one.choose("Enregistrer");
  await two.page.fill("dialog #phone", "02 98 00 00 02");
  await two.choose("Enregistrer");
  await two.page.waitForSelector("dialog .meanwhile");
  await two.sees("02 98 00 00 01");
  assert.equal(await two.page.inputValue("dialog #phone"), "02 98 00 00 02");
  await two.choose("Enregistrer");
  await two.sees("02 98 00 00 02");
  await one.done();
  await two.done();
});

for (const script of [true, false]) {
  const how = script ? "with" : "without";

  test(`what can be undone is done at once, and undone from the notice ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    await person.enter("subscriptions?state=RUNNING");
    await person.press("a.row-link >> nth=3");
    const before = await person.page.locator("main tbody tr").count();
    await person.choose("Détacher");
    await person.sees("Le contact est détaché de l'abonnement.");
    assert.equal(await person.page.locator("main tbody tr").count(), before - 1);
    await person.choose("Annuler cela");
    await person.sees("Le contact est rattaché à l'abonnement.");
    assert.equal(await person.page.locator("main tbody tr").count(), before);
    await person.done();
  });

  test(`the back button restores search, filter and page of a list ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    if (script) {
      const add = "mutation($i: AddContactInput!) { addContact(input: $i) { userErrors { message } } }";
      for (let n = 10; n < 70; n += 1) await tell(add, { i: { accountId: person.account, lastName: `Retour ${n}` } });
    }
    await person.enter("contacts");
    if (script) {
      await page.fill("#q", "retour");
      await page.waitForURL(/q=retour/);
      await page.selectOption("#kind", "PERSON");
      await page.waitForURL(/kind=PERSON/);
    } else {
      await page.fill("#q", "retour");
      await page.selectOption("#kind", "PERSON");
      await person.choose("Chercher");
    }
    await person.choose("Suivant");
    const [list, names] = [person.path(), await page.locator("a.row-link").allInnerTexts()];
    assert.ok(/after=/.test(list) && /q=retour/.test(list) && /kind=PERSON/.test(list), list);
    await person.press("a.row-link >> nth=5");
    await Promise.all([page.waitForEvent("load"), page.goBack()]);
    assert.equal(person.path(), list);
    assert.deepEqual(await page.locator("a.row-link").allInnerTexts(), names);
    assert.equal(await page.inputValue("#q"), "retour");
    assert.equal(await page.inputValue("#kind"), "PERSON");
    await person.done();
  });

  test(`a form that is refused keeps what was typed, with the summary first and the error by its field ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    await person.enter("members");
    await person.choose("Inviter un invité");
    const box = script ? "dialog[open]" : "main";
    await person.fill("Adresse e-mail", "pas une adresse");
    await page.check(`${box} input[name=SUPPORT]`);
    await person.choose("Envoyer l'invitation");
    await page.waitForSelector(`${box} .errors`);
    if (script) assert.ok(await page.evaluate("document.activeElement.matches('.errors')"), "the summary has the focus");
    assert.equal(await page.inputValue(`${box} #email`), "pas une adresse");
    assert.ok(await page.isChecked(`${box} input[name=SUPPORT]`));
    assert.equal(await page.getAttribute(`${box} #email`, "aria-describedby"), "email-error");
    await page.click(`${box} .errors a`);
    assert.equal(await page.evaluate("document.activeElement.id"), "email", "the summary leads to the field");
    await person.done();
  });

  test(`one goes anywhere from the rail ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    await person.enter("claims");
    if (script) {
      await page.click(".rail .go");
      await page.waitForSelector("#palette[open] .found");
      await page.keyboard.type("reclam");
      await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
      assert.ok(person.path().endsWith("/claims"));
    } else {
      await person.press(".rail .go");
      await page.fill("#q", "histo");
      await person.choose("Chercher");
      await person.press("ul.found a >> nth=0");
      assert.ok(person.path().endsWith("/history"), person.path());
    }
    await person.done();
  });
}

test("without a network what was typed stays, and it is said that nothing was saved", async () => {
  const person = await Person.signedIn();
  const { page, context } = person;
  person.expected = DROPPED;
  // In a dialog.
  await person.enter("contacts");
  await person.choose("Ajouter un client");
  await person.fill("Nom", "Hors-ligne");
  await context.setOffline(true);
  await page.click("dialog[open] button.main");
  await page.waitForSelector("dialog[open] .not-done");
  await person.sees("Pas de connexion", "rien n'est enregistré");
  assert.equal(await page.inputValue("dialog #lastName"), "Hors-ligne");
  await person.isAccessible("offline dialog");
  await context.setOffline(false);
  await page.waitForSelector(".not-done", { state: "detached" });
  await person.choose("Ajouter");
  await person.sees("Le contact est ajouté.", "Hors-ligne");
  // On a page.
  await person.enter("subscribers/add");
  const path = person.path();
  await person.fill("Nom", "Sans réseau");
  await context.setOffline(true);
  await page.click("main form button.main");
  await page.waitForSelector("main .not-done");
  assert.equal(person.path(), path);
  assert.equal(await page.inputValue("#lastName"), "Sans réseau");
  // A link, and a dialog that cannot come.
  await page.click("nav a:has-text('Contacts') >> nth=0");
  await page.waitForSelector("#toasts .not-done");
  assert.equal(person.path(), path, "one stays where what was typed is");
  await person.isAccessible("offline page");
  await context.setOffline(false);
  await person.enter("contacts");
  await context.setOffline(true);
  await page.fill("#q", "du");
  await page.waitForSelector("#toasts .not-done");
  assert.equal(await page.inputValue("#q"), "du");
  await context.setOffline(false);
  await person.done();
});

test("where the session ended meanwhile, one is led to sign in, and no page is put into a dialog", async () => {
  const person = await Person.signedIn({ anew: true });
  const { page, context } = person;
  await person.enter("contacts");
  person.expected = ["status of 401"];
  await context.clearCookies();
  await person.press("a:has-text('Ajouter un client')");
  assert.ok(person.path().startsWith("/sign-in?next="), person.path());
  await person.done();
});

test("a sheet and a history are printed without the frame, and with all that was folded", async () => {
  const person = await Person.signedIn();
  const { page } = person;
  await person.enter("contacts?mode=ACTIVATED");
  await person.press("a.row-link >> nth=0");
  const sheet = person.path();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok(!(await page.locator(".rail").isVisible()), "no rail");
  for (const seen of ["h1", ".verdict >> nth=0", ".access-facts >> nth=0", ".gates >> nth=0"]) {
    assert.ok(await page.locator(seen).isVisible(), `${seen} is printed`);
  }
  for (const table of await page.locator("main table.modules").all()) assert.ok(await table.isVisible(), "when each module opens is printed");
  for (const gone of [".tabs", ".access-acts >> nth=0", ".page-head .button >> nth=0", ".rail .go"]) {
    assert.ok(!(await page.locator(gone).isVisible()), `${gone} is nothing on paper`);
  }
  const paper = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  assert.ok(/oklch\(0\.9|rgb\(25|white/.test(paper), `dark ink on light paper: ${paper}`);
  assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
  await person.go(`${sheet}/history`);
  assert.ok(await page.locator(".act-says >> nth=0").isVisible());
  const details = page.locator(".acts-line details .changes >> nth=0");
  if (await details.count()) assert.ok(await details.isVisible(), "what changed is printed");
  await person.enter("history");
  assert.ok(await page.locator(".act-says >> nth=0").isVisible());
  assert.ok(!(await page.locator(".filters").isVisible()));
  await person.done();
});

test("b2 a slider turns the sheet to a day, and back to now", async () => {
  const person = await Person.signedIn();
  const { page } = person;
  await person.enter("contacts");
  await person.press("a.row-link >> nth=0");
  await person.press('.tabs a:has-text("Historique")');
  const slider = page.locator("[data-slide] input");
  const now = await slider.inputValue();
  assert.ok(Number(now) > 0 && (await slider.getAttribute("max")) === now, "it stands at now");
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/\?at=\d{4}-\d\d-\d\dT23:59#slide$/);
  await person.sees("Fiche telle qu'au");
  assert.ok(await page.evaluate("document.activeElement.type === 'range'"), "under the same fingers");
  await page.keyboard.press("End");
  await page.waitForURL((url) => !url.search);
  await person.seesNot("Fiche telle qu'au");
  await person.done();
});

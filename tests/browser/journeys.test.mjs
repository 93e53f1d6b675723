// « Comment créer un nouveau contact ? »: its three ways, step by step, as that page tells them (rows S1 to S13); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open, tell } from "./world.mjs";

before(open);
after(close);

/** Whether the account knows somebody of that name. */
async function known(person, name) {
  const query = "query($a: ID!, $s: String) { contacts(accountId: $a, filter: { search: $s }) { totalCount } }";
  return (await tell(query, { a: person.account, s: name })).contacts.totalCount > 0;
}

for (const script of [true, false]) {
  const how = script ? "with" : "without";
  const of = (name) => ({ last: `${name}${script ? "avec" : "sans"}`, email: `${name}.${how}@nouveau.example`.toLowerCase().replace("è", "e") });

  /** Searches a second time with the same address, finds nobody, fills in the fields and submits. */
  const fillIn = async (person, who) => {
    await person.sees(`Aucun résultat pour « ${who.email} »`);
    assert.equal(await person.page.locator("#email").inputValue(), who.email, "the address is there already");
    await person.fill("Nom", who.last);
    await person.fill("Prénom", "Ana");
    for (const [field, text] of [["line1", "2 quai du Port"], ["postalCode", "29000"], ["city", "Quimper"]]) await person.page.fill(`#${field}`, text);
    await person.choose("Soumettre");
  };
  const looksFor = async (person, email) => {
    await person.page.fill("#q", email);
    if (script) await person.page.waitForSelector("#people :text('ne correspond à')");
    else await person.choose("Chercher");
    await person.sees("ne correspond à");
  };

  test(`s10 way 1: « Ajouter un contact » from a subscription, cancelled and then submitted ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const who = of("Premier");
    await person.choose("Abonnements");
    await person.press("tr:has(.standing-running) a.row-link >> nth=0");
    const subscription = person.path();
    for (const last of ["Annuler", "Soumettre"]) {
      // 1, 2: the list, the search bar, nobody found.
      await person.choose("Ajouter un contact");
      await looksFor(person, who.email);
      await person.choose("Ajouter un contact");
      // 3, 4: another popup, the same address, the fields, « Soumettre ».
      await fillIn(person, who);
      // 5: at the bottom of the list, « Soumettre ».
      const staged = person.page.locator(".staged", { hasText: who.last });
      const [list, new_] = [await person.page.locator("fieldset.options").boundingBox(), await staged.boundingBox()];
      assert.ok(!list || new_.y > list.y, "at the bottom of the list");
      await person.choose("Soumettre");
      // 6: « Soumettre », or « Annuler ».
      await person.sees("Confirmer les contacts", who.last, "1 contact sera rattaché. 1 est nouveau.");
      assert.equal(await known(person, who.last), false, "nothing is written before the last step");
      await person.choose(last);
      if (last === "Annuler") {
        assert.equal(await known(person, who.last), false);
        if (!script) assert.equal(person.path(), subscription);
      }
    }
    await person.sees("Les contacts sont ajoutés.", who.last);
    // The person is mailed, to verify the address.
    assert.ok((await person.mail(who.email)).text.includes("/links/"));
    await person.done();
  });

  test(`s9 s11 way 2: « Définir l'abonnement », its new contacts, cancelled and then submitted ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const [who, second] = [of("Deuxième"), of("Suivant")];
    for (const last of ["Annuler", "Soumettre"]) {
      await person.choose("Abonnements", "nav");
      await person.choose("Définir l'abonnement");
      await person.press("a:has-text('Nouvel abonnement')");
      await person.page.locator("input[name=productId]").first().check();
      await person.fill("Type d'abonnement", `Essai ${how}`);
      await person.choose("Suivant");
      // 1: the step « Ajouter des contacts »; not in the list: « Ajouter des contacts ».
      assert.equal((await person.text("h1")).trim(), "Ajouter des contacts");
      await looksFor(person, who.email);
      await person.choose("Ajouter des contacts");
      // 2, 3, 4: the address again, the fields, « Soumettre »; one more; then on.
      await fillIn(person, who);
      await person.sees(who.last);
      await person.page.fill("#look-for", second.email);
      await person.choose("Chercher");
      await fillIn(person, second);
      const names = await person.page.locator(".staged .option-name").allInnerTexts();
      assert.ok(names[0].includes(who.last) && names[1].includes(second.last), `one below the other: ${names}`);
      await person.choose("Soumettre");
      // 5: the new ones at the top of the list.
      const [top, list] = [await person.page.locator(".staged").first().boundingBox(), await person.page.locator("#people > .options, #people > .empty").first().boundingBox()];
      assert.ok(top.y < list.y, "the new ones are on top");
      await person.choose("Soumettre");
      await person.sees("2 contacts seront rattachés. 2 sont nouveaux.");
      // 6.
      await person.choose(last);
      assert.equal(await known(person, who.last), last === "Soumettre");
    }
    await person.sees("L'abonnement est enregistré.", who.last, second.last, `Essai ${how}`);
    await person.done();
  });

  test(`s12 way 3: « Par l'utilisateur » ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const who = of("Troisième");
    await person.choose("Abonnements", "nav");
    // 1, 2.
    await person.choose("Définir l'abonnement");
    await person.press("a:has-text(\"Par l’utilisateur\")");
    // 3, 4, 5: nobody has the address; the fields; « Soumettre »; at the bottom; « Suivant ».
    await person.page.fill("#look-for", who.email);
    await person.choose("Chercher");
    await fillIn(person, who);
    await person.sees(who.last);
    await person.choose("Suivant");
    // 6: the customer number, then a subscription of the account.
    await person.sees("Numéro de client", "Abonnement du compte");
    assert.ok(await person.page.isChecked("input[name=number]"));
    await person.page.locator("input[name=subscriptionId]:not([disabled])").first().check();
    await person.choose("Soumettre");
    await person.sees("1 contact sera rattaché. 1 est nouveau.");
    await person.choose("Soumettre");
    await person.sees("Les contacts sont ajoutés.", who.last);
    await person.done();
  });
}

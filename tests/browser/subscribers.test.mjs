// « Mes abonnés », step by step, as that page tells it (rows U1 to U15); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

const OWNER = process.env.SESAME_EMAIL;

for (const script of [true, false]) {
  const how = script ? "with" : "without";
  const name = script ? "Aubépine" : "Bruyère";
  const email = `${script ? "avec" : "sans"}.script@abonnes.example`;

  test(`u1_u15 a subscriber is created, given an account and seen by themselves ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;

    // Création d'abonnés: the form, the obligatory fields with a red asterisk.
    await person.choose("Mes abonnés");
    await person.choose("Créer un abonné");
    const red = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "var(--red)";
      const wanted = getComputedStyle(probe).color;
      probe.remove();
      return [...document.querySelectorAll("form .star")].map((star) => star.textContent === "*" && getComputedStyle(star).color === wanted);
    });
    assert.ok(red.length >= 3 && red.every(Boolean), `red asterisks: ${red}`);
    await person.fill("Nom", name);
    await person.fill("Prénom", "Rose");
    await person.fill("Téléphone", "06 12 34 56 78");
    await person.choose("Créer l'abonné");
    // An address is what things are delivered to: what is wrong is told by its field, and what was typed is there.
    await person.sees("Ce n'est pas encore enregistré.");
    assert.equal(await page.inputValue("#lastName"), name);
    await page.fill("#line1", "12 rue des Lilas");
    await page.fill("#postalCode", "29200");
    await page.fill("#city", "Brest");
    await person.choose("Créer l'abonné");
    await person.sees("L'abonné est créé.", name, "12 rue des Lilas");

    // Création de compte: « mes abonnés », l'abonné, « modifier les informations », l'adresse mail, OUI, « modifier ».
    await person.choose("Mes abonnés");
    await page.fill("#q", name);
    await (script ? page.waitForURL(/q=/) : person.choose("Chercher"));
    await person.press(`a.row-link:has-text('${name}')`);
    const sheet = person.path().split("?")[0];
    await person.choose("Modifier les informations");
    const line = page.getByLabel("Créer un compte administrateur (abonné)");
    assert.ok(!(await line.isVisible()), "the line comes once there is an address");
    await person.fill("E-mail", email);
    assert.ok(await line.isVisible());
    assert.deepEqual(
      (await line.locator("option").allInnerTexts()).map((text) => text.split(",")[0]),
      ["NON", "OUI", "OUI"],
    );
    await line.selectOption({ label: (await line.locator("option").allInnerTexts())[1] });
    await person.choose("Modifier");
    await person.sees("Le compte est créé");
    // Both are mailed: « un mail de confirmation », « ses accès, son identifiant ».
    await person.mail(OWNER, "portal_owner", name);
    assert.ok((await person.mail(email, "portal_subscriber")).text.includes(email));

    // Consultation des abonnements via la fiche personnelle.
    await person.sees("Abonnements", "Réclamations", "Compte abonné");

    // The subscriber follows the link, and sees what they have.
    const them = await Person.comes({ script });
    await them.followMail(email, "portal_subscriber");
    await them.page.fill("#password", "une phrase de passe assez longue");
    await them.choose("Choisir ce mot de passe");
    await them.signIn(email, "une phrase de passe assez longue");
    assert.ok(them.path().endsWith("/portal"), them.path());
    await them.sees("Abonnements en cours", "Réclamations");
    await them.seesNot("Contacts", "Réglages");
    await them.isAccessible("portal");
    await them.done();

    // Exports: eight columns, for Excel.
    await person.choose("Mes abonnés");
    await person.choose("Exporter (Excel)");
    await person.sees("Identifiant (ID)", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse");
    if (await person.worded("Confirmer que c'est vous").count()) {
      await person.choose("Confirmer que c'est vous");
      await page.fill("#password", process.env.SESAME_PASSWORD);
      await person.choose("Continuer");
      if (!person.path().includes("/export")) await person.enter("subscribers/export");
    }
    const [file] = await Promise.all([page.waitForEvent("download"), person.worded("Télécharger pour Excel").click()]);
    assert.ok(file.suggestedFilename().endsWith(".xlsx"), file.suggestedFilename());

    // NON closes it again.
    await person.go(sheet);
    await person.choose("Modifier les informations");
    await line.selectOption("NON");
    await person.choose("Modifier");
    await person.sees("Le compte est fermé.");
    await person.done();
  });
}

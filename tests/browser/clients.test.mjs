// « Ajouter, éditer ou supprimer un client », as that page tells it: with an ERP and without one, and who signed up in the app (rows A1 to A19); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open, tell } from "./world.mjs";

before(open);
after(close);

const CLUB = "Club nautique des Glénan";

for (const script of [true, false]) {
  const how = script ? "with" : "without";

  test(`a8_a15 without an ERP a client is added, edited, invited, registered and deleted ${how} a script`, async () => {
    const person = await Person.signedIn({ script });
    const { page } = person;
    const last = `Goulven${script ? "avec" : "sans"}`;
    const email = `goulven.${how}@clients.example`;
    await person.choose("Contacts", "nav");
    await person.sees("Vos clients");
    // Importer: where the table is left, with a template, in .csv.
    await person.choose("Importer", "main");
    await person.sees("Déposez votre tableau ici", "Au format .csv");
    const [template] = await Promise.all([page.waitForEvent("download"), person.worded("Télécharger un modèle type").click()]);
    assert.ok(template.suggestedFilename().endsWith(".csv"));

    // + Ajouter un client: nom, prénom, e-mail.
    await person.choose("Contacts", "nav");
    await person.choose("Ajouter un client");
    await person.fill("Nom", last);
    await person.fill("Prénom", "Tudi");
    await person.fill("Adresse e-mail", email);
    await person.choose("Ajouter");
    await person.sees("Le contact est ajouté.", last, email);
    const sheet = person.path().split("?")[0];

    // Éditer: « Actions » beside the client, then « Éditer »: all of it can be changed.
    const among = async () => {
      await person.choose("Contacts", "nav");
      await page.fill("#q", email);
      await (script ? page.waitForURL(/q=/) : person.choose("Chercher"));
      await page.locator("tbody tr").nth(1).waitFor({ state: "detached" });
      await person.choose("Actions");
    };
    await among();
    await person.choose("Éditer");
    await person.fill("Société", "Voiles du Ponant");
    await person.choose("Enregistrer");
    await person.sees("La fiche est enregistrée.", "Voiles du Ponant");

    // « Renvoyer l'invitation »: not in the app yet.
    await person.go(sheet);
    await person.choose("Aperçu");
    await person.sees("Pas inscrit sur l'app");
    await person.choose("Inviter");
    await person.sees("L'invitation est envoyée.");
    assert.ok(await person.worded("Renvoyer l'invitation").isVisible());
    assert.ok((await person.mail(email, "app_invitation")).text.includes("/links/"));
    await person.choose("Renvoyer l'invitation");
    assert.ok(await page.locator(".notice.is-bad").isVisible(), "not twice within minutes");

    // « Inscrit sur l'App »: the telephone's model is beneath the e-mail.
    const registered = "mutation($i: RegisterInAppInput!) { registerInApp(input: $i) { userErrors { message } } }";
    const device = script ? "Pixel 9" : "iPhone 16";
    const { registerInApp } = await tell(registered, { i: { accountId: person.account, email, emailVerified: true, device } });
    assert.deepEqual(registerInApp.userErrors, []);
    await person.go(`${sheet}/overview`);
    await person.sees("Inscrit sur l'app");
    const below = page.locator("dd", { hasText: email }).last();
    assert.ok(plainly(await below.innerText()).endsWith(device), await below.innerText());

    // Supprimer: « Actions », « Supprimer », and a popup that asks.
    await among();
    await person.choose("Supprimer");
    await person.sees("Supprimer", "La fiche quitte les listes");
    await person.choose("Annuler");
    await among();
    await person.choose("Supprimer");
    await page.locator("button.danger").waitFor();
    await person.press("button.danger");
    await person.sees("Le contact est supprimé.");
    await person.seesNot(email);
    await person.done();
  });

  test(`a1_a7_a16_a18 with an ERP clients come from it, are deleted there, and who waits is let in ${how} a script`, async () => {
    // The owner of the sample is a guest of the club, whose ERP is connected and who lets nobody in unseen.
    const person = await Person.signedIn({ script, anew: true });
    const { page } = person;
    await person.press("a:has-text('Changer de compte')");
    await person.press(`button:has-text("${CLUB}")`);
    person.account = person.path().split("/")[2];
    await person.choose("ERP", "nav");
    await person.sees("Connecté à Gestion du club", "Dernière synchronisation", "Clients de l'ERP");
    // Whoever was deleted there is here still, and can be won back.
    await person.choose("Disparus de l'ERP");
    const gone = page.locator(".rows li").first();
    await gone.waitFor();
    // A client of the ERP is deleted there, and nowhere else.
    await person.choose("Contacts", "nav");
    await page.fill("#q", "clients.example");
    await (script ? page.waitForURL(/q=/) : person.choose("Chercher"));
    if (await person.worded("Actions").count()) {
      await person.choose("Actions");
      await person.choose("Supprimer");
      await person.sees("ERP");
      assert.equal(await page.locator("button.danger").count(), 0, "nothing to press");
      await person.choose("Annuler");
    }
    // En attente de validation, then validated: Inscrit sur l'App.
    await person.choose("ERP", "nav");
    await person.choose("Inscriptions sur l'app");
    await person.choose("En attente de validation");
    await person.sees("Tant qu'une demande n'est pas validée, elle n'ouvre rien.");
    const waits = page.locator(".rows li").first();
    const name = (await waits.locator("a.row-link").innerText()).trim();
    const device = (await waits.locator(".device").first().innerText()).trim();
    await Promise.all([page.waitForEvent("load"), waits.locator("button:has-text('Valider')").click()]);
    await person.sees("La demande est validée.");
    await person.choose("Inscrits sur l'app");
    const row = page.locator(".rows li", { hasText: name }).filter({ hasText: device });
    assert.equal(await row.count(), 1, `${name} with ${device}`);
    // Who signed up with another e-mail than the ERP has: beside whom they might be.
    await person.choose("Sans client");
    await person.sees("Serait-ce l'un de vos clients ?", "ressemble à");
    await person.done();
  });
}

const plainly = (text) => text.replace(/\s+/g, " ").trim();

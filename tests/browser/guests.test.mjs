// « Support multi-comptes », step by step, as that page tells it (rows O1 to O14, B13); with a script and without.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Person, close, open } from "./world.mjs";

before(open);
after(close);

const PASSWORD = "une phrase de passe assez longue";
const HOME = "Atelier du Large";
const CLUB = "Club nautique des Glénan";

for (const script of [true, false]) {
  const how = script ? "with" : "without";
  const email = `comptable.${how}@invites.example`;

  test(`o1_o14 a guest is invited, answers, comes in, and is given permissions ${how} a script`, async () => {
    const owner = await Person.signedIn({ script });
    const { page } = owner;
    const member = async () => {
      await owner.choose("Gérer les contacts");
      await owner.press(`tr:has-text("${email}") a.row-link`);
    };

    // L'invité doit déjà avoir un compte: a free one is opened first.
    const guest = await Person.comes({ script });
    await guest.go("/sign-in");
    await guest.choose("Ouvrir un compte d'utilisateur");
    await guest.page.fill("#email", email);
    if (await guest.page.locator("#name").count()) await guest.page.fill("#name", "Camille Comptable");
    await guest.choose("Recevoir le lien");
    await guest.followMail(email);
    await guest.page.fill("#password", PASSWORD);
    await guest.choose("Choisir ce mot de passe");

    // Gérer les contacts: who there is, with what each is.
    await owner.choose("Gérer les contacts");
    const heads = await page.locator("thead th").allInnerTexts();
    assert.deepEqual(heads.map((text) => text.trim()), ["Nom", "Type de compte", "ID de compte", "ID utilisateur", "Date de création", "Statut"]);
    await owner.sees("Client", "Contact", "Invité");
    assert.deepEqual(
      (await page.locator("#status option").allInnerTexts()).slice(1).map((text) => text.trim()).filter((text) => ["En attente", "Invitation envoyée", "Refusée", "Active", "Inactive"].includes(text)).length,
      5,
      "the five statuses of the help page",
    );

    // Inviter un invité: the address, and what they may do.
    await owner.choose("Inviter un invité");
    const box = script ? "dialog[open]" : "main";
    assert.deepEqual((await page.locator(`${box} .rights .option-name, ${box} fieldset .option-name`).allInnerTexts()).map((text) => text.trim()), [
      "Facturation", "Assistance", "Déploiement", "Configuration du système", "Sécurité", "Autres",
    ]);
    await owner.fill("Adresse e-mail", email);
    await page.locator(`${box} input[name=BILLING]`).check();
    await owner.choose("Envoyer l'invitation");
    await owner.sees("L'invitation part par e-mail.", email);
    assert.ok((await page.locator("tr", { hasText: email }).innerText()).includes("Invitation envoyée"));

    // The mailed link; whoever it is for signs in, and answers.
    await guest.followMail(email, "invitation");
    await guest.sees(`${HOME}`, "vous invite", "Facturation");
    await guest.isAccessible("invitation");
    await guest.page.fill("#email", email);
    await guest.page.fill("#password", PASSWORD);
    await guest.choose("Me connecter");
    if (!script) {
      // Declined: the list says so, and the guest is invited again.
      await guest.choose("Refuser l'invitation");
      await guest.sees("Vous avez refusé l'invitation");
      await member();
      await owner.sees("Refusée");
      await owner.choose("Inviter de nouveau");
      await page.locator("main input[name=BILLING]").check();
      await owner.choose("Envoyer l'invitation");
      await guest.followMail(email, "invitation");
    }
    await guest.choose("Accepter l'invitation");
    await guest.sees("Vous avez accepté l'invitation");
    await guest.press(`button:has-text("Ouvrir ${HOME}")`);
    guest.account = guest.path().split("/")[2];

    // Liste d'accès, in one's own profile.
    await guest.choose("Mon compte");
    await guest.sees("Liste d'accès", HOME, "Invité");
    await guest.isAccessible("access list");

    // « Active » now; other permissions; off, and on again by one press.
    await member();
    await owner.sees("Active", "Invité");
    await page.locator("input[name=SUPPORT]").check();
    await page.locator("form[action$='/permissions'] button.main").click();
    await page.locator("text=Les autorisations sont enregistrées.").waitFor();
    await guest.enter("claims");
    await guest.sees("Réclamations");
    await owner.choose("Désactiver");
    await owner.sees("Inactive");
    await guest.enter("home");
    assert.ok(!guest.path().startsWith("/a/"), `out at once: ${guest.path()}`);
    await owner.choose("Annuler cela");
    await owner.sees("Cette personne est réactivée.", "Active");
    await owner.done();
    await guest.done();
  });

  test(`o11_o12 who has several accounts chooses one at signing in, and changes quickly from one to another ${how} a script`, async () => {
    const person = await Person.comes({ script });
    await person.go("/sign-in");
    await person.page.fill("#email", process.env.SESAME_EMAIL);
    await person.page.fill("#password", process.env.SESAME_PASSWORD);
    await person.choose("Me connecter");
    // With the name of the account, and its number.
    await person.sees("Choisissez un compte", HOME, CLUB, "n°", "Client", "Invité");
    await person.press(`button:has-text("${HOME}")`);
    await person.press("a:has-text('Changer de compte')");
    await person.press(`button:has-text("${CLUB}")`);
    assert.ok((await person.text(".rail .account")).includes(CLUB));
    await person.choose("Mon compte");
    await person.sees("Liste d'accès", HOME, CLUB);
    await person.done();
  });
}

# Gérer les contacts : qui fait partie du compte.
members-text = Vos contacts et vos invités, et ce que chacun peut faire dans ce compte.
members-views = Vues
members-view-list = Contacts et invités
members-count = { $n ->
    [one] { $n } personne
   *[other] { $n } personnes
 }
members-count-capped = Plus de { $n } personnes
members-first = Personne d'autre pour le moment
members-first-text = Ajoutez un contact qui travaille avec vous, ou invitez quelqu'un d'un autre compte : votre comptable, par exemple.
members-no-result = Personne ne correspond
members-no-result-text = Retirez un filtre ci-dessus.
filter-status = Statut
filter-account-type = Type de compte
filter-review = À revoir
narrow = Filtrer
review-NEVER = Jamais venus
review-QUIET = Pas venus depuis 90 jours
review-ENDING = Dernier jour dans 30 jours
column-account-type = Type de compte
column-account-id = ID de compte
column-user-id = ID utilisateur
column-created = Date de création
column-status = Statut
no-login = aucun
until-day = jusqu'au { $x }
last-came = venu { $x }
last-use = Dernière venue
never-came = jamais venu
yes = oui
no = non

# Les autorisations.
rights = Autorisations
rights-hint = Vous ne pouvez donner que ce que vous avez vous-même.
right-not-held = Vous n'avez pas cette autorisation : vous ne pouvez pas la donner.
permission-BILLING = Facturation
permission-SUPPORT = Assistance
permission-DEPLOYMENT = Déploiement
permission-SYSTEM_CONFIGURATION = Configuration du système
permission-SECURITY = Sécurité
permission-OTHER = Autres
permission-hint-BILLING = Abonnements et paiements.
permission-hint-SUPPORT = Contacts, adresses et réclamations.
permission-hint-DEPLOYMENT = Accès aux produits et imports.
permission-hint-SYSTEM_CONFIGURATION = Produits, règles du compte et connexions.
permission-hint-SECURITY = Membres et droits, historique, effacement d'une personne.
permission-hint-OTHER = Lire les listes.
owner-has-all = Le propriétaire du compte a toutes les autorisations.
rights-after-invitation = Invitez de nouveau cette personne pour lui donner des autorisations.
member-above = Cette personne a des autorisations que vous n'avez pas : le propriétaire du compte peut les modifier.
rights-not-yours = Vous voyez ces autorisations sans pouvoir les modifier.
member-now = En ce moment
you-ticked = Votre saisie
keep-what-stands = Garder ce qui est enregistré
member-conflict = Quelqu'un a modifié cette personne entre-temps. Votre saisie est gardée : comparez, puis enregistrez de nouveau.
until-conflict = Quelqu'un a modifié cette personne entre-temps. Votre date est gardée : enregistrez de nouveau pour la poser.
stands-until = Enregistré en ce moment : jusqu'au { $x }.
stands-for-good = Enregistré en ce moment : sans dernier jour.

# Inviter, ajouter.
guest-invite = Inviter un invité
guest-invite-text = Un e-mail part à cette adresse. La personne l'accepte ou la refuse avec son propre compte d'utilisateur ; elle en ouvre un gratuitement si elle n'en a pas.
invitation-send = Envoyer l'invitation
member-add = Ajouter un contact
member-add-text = Enregistrez vous-même un collaborateur. Son accès commence quand il se connecte avec cette adresse e-mail vérifiée.
duration = Durée
last-day = Dernier jour
last-day-hint = Laissez vide pour une durée sans fin.
for-good = Sans dernier jour
told-member-invited = L'invitation part par e-mail.
told-member-added = Le contact est ajouté.

# La page d'un membre.
it-is-you = c'est vous
identifiers = Identifiants
to-sheet = Ouvrir la fiche contact
invitation-resend = Renvoyer l'invitation
invitation-revoke = Retirer l'invitation
invite-again = Inviter de nouveau
member-deactivate = Désactiver
member-reactivate = Réactiver
revoke-title = Retirer l'invitation de { $x } ?
revoke-text = Le lien envoyé ne mène plus à rien. Vous pourrez inviter cette personne de nouveau.
transfer-title = Propriété du compte
transfer-hint = Le compte a toujours un propriétaire, et un seul.
transfer = Transférer la propriété
transfer-to = Faire de { $x } le propriétaire du compte ?
transfer-owner = { $x } a désormais toutes les autorisations, et peut seul transférer le compte à son tour.
transfer-you = Vous devenez un contact et gardez toutes les autorisations, jusqu'à ce que le nouveau propriétaire les modifie.
transfer-provider = Le fournisseur de connexion du compte, s'il y en a un, est désactivé.
leave-title = Quitter ce compte
leave-hint = Vous n'y aurez plus accès.
leave = Quitter ce compte
leave-of = Quitter { $x } ?
leave-text = Vous perdez tout de suite l'accès à ce compte et vos autorisations. Seule une nouvelle invitation vous y fait revenir.
told-member-rights = Les autorisations sont enregistrées.
told-member-until = Le dernier jour est enregistré.
told-member-resent = L'invitation est renvoyée. Le lien précédent ne mène plus à rien.
told-member-revoked = L'invitation est retirée.
told-member-deactivated = Cette personne est désactivée : elle n'entre plus dans ce compte.
told-member-reactivated = Cette personne est réactivée.
told-member-transferred = La propriété du compte est transférée.
told-member-left = Vous avez quitté le compte.

# L'ERP : l'état, les écarts, les champs.
erp-tabs = ERP et inscriptions
erp-connection = Connexion
erp-is-connected = Connecté à { $x }
erp-not-connected = Non connecté
erp-since = depuis le { $x }
erp-connect = Connecter un ERP
erp-terms = Modifier la connexion
erp-disconnect = Déconnecter
erp-sync-now = Synchroniser maintenant
erp-first = Aucun ERP n'est connecté
erp-first-text = Ajoutez vos clients à la main ou par un fichier : qui s'inscrit sur l'app avec le même e-mail est rattaché tout seul. Ou connectez votre ERP, et ses clients arrivent d'eux-mêmes.
erp-add-client = + Ajouter un client
erp-line = Ligne { $n }.
erp-last-sync = Dernière synchronisation
erp-running = en cours
erp-never = jamais
erp-lag = Retard au plus
erp-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
 }
erp-next = Prochaine
erp-sent-only = quand l'ERP envoie
erp-linked = Clients de l'ERP
erp-records = { $n ->
    [0] La dernière fois : aucune fiche changée.
    [one] La dernière fois : { $n } fiche reçue
   *[other] La dernière fois : { $n } fiches reçues
 }
erp-records-of-which =  :
erp-count-CREATED = créées
erp-count-UPDATED = modifiées
erp-count-UNCHANGED = inchangées
erp-count-GONE = disparues
erp-count-RETURNED = revenues
erp-count-HELD = en attente d'une décision
erp-count-EMAIL_TAKEN = sans leur e-mail
erp-count-REFUSED = refusées
erp-not-flagged = { $n ->
    [one] { $n } absente, non marquée
   *[other] { $n } absentes, non marquées
 }
erp-drift = Écarts avec l'ERP
erp-drift-EMAIL_TAKEN = E-mail déjà pris
erp-drift-UNVERIFIED_MATCH = E-mail non vérifié
erp-drift-GONE = Disparus de l'ERP
erp-drift-TOMBSTONED = Effacés ici
erp-drift-hint-EMAIL_TAKEN = L'ERP donne à ce client l'e-mail d'un autre contact : la fiche est prise sans lui.
erp-drift-hint-UNVERIFIED_MATCH = La fiche de l'ERP a l'e-mail d'un contact qui ne l'a jamais vérifié : dites si c'est la même personne.
erp-drift-hint-GONE = Supprimé de l'ERP, le client reste ici : il peut être reconverti, ou supprimé d'ici.
erp-drift-hint-TOMBSTONED = Les données de ces personnes ont été effacées : leur fiche n'est pas reprise.
erp-agree = Rien à décider ici.
erp-ours = Ici : { $x }
erp-theirs = Dans l'ERP : { $x }
erp-other = Cet e-mail est à { $x }
erp-record = Fiche { $x }
erp-erased = Personne effacée
erp-accept-EMAIL_TAKEN = Suivre l'ERP
erp-accept-UNVERIFIED_MATCH = C'est la même personne
erp-decline-EMAIL_TAKEN = Garder le nôtre
erp-decline-UNVERIFIED_MATCH = Ce n'est pas la même
erp-owned = Champs gérés par l'ERP
erp-owned-hint = Ce qui est coché se modifie dans { $x } et suit ses fiches ; le reste se modifie ici. Un client géré par l'ERP ne se supprime que là-bas.
erp-field-FIRST_NAME = Prénom
erp-field-LAST_NAME = Nom
erp-field-COMPANY_NAME = Société
erp-field-EMAIL = E-mail
erp-field-PHONE = Téléphone
erp-field-FAX = Fax
erp-field-ADDRESS = Adresse
erp-connect-lead = Les clients de votre ERP arrivent ici tout seuls, en quelques minutes. Personne n'est averti par e-mail.
erp-connect-do = Connecter
erp-source = Nom de l'ERP
erp-source-hint = Celui que vous lui donnez. Le même nom qu'avant retrouve les mêmes fiches.
erp-url = Adresse des fiches
erp-url-hint = En https. Laissez vide si l'ERP envoie ses fiches lui-même.
erp-token = Jeton
erp-token-hint = Envoyé à cette adresse, jamais montré. Vide : il reste comme il est.
erp-every = Toutes les combien de minutes
erp-every-hint = Vide : seulement quand vous le demandez.
erp-disconnect-title = Déconnecter { $x } ?
erp-disconnect-text = { $n ->
    [0] Plus aucune fiche n'arrive. Reconnecter ne crée pas de doublon.
    [one] { $n } client est alors modifié et supprimé ici, et plus aucune fiche n'arrive. Reconnecter ne crée pas de doublon.
   *[other] { $n } clients sont alors modifiés et supprimés ici, et plus aucune fiche n'arrive. Reconnecter ne crée pas de doublon.
 }
told-erp-sync-asked = La synchronisation commence dans quelques secondes.
told-erp-connected = La connexion est enregistrée.
told-erp-disconnected = L'ERP est déconnecté.
told-erp-ownership-set = Les champs sont enregistrés.
told-erp-resolved = C'est décidé.

# Les inscriptions sur l'app.
app-clients-title = Inscriptions sur l'app
app-what = Qui a téléchargé l'app, qui attend votre accord, et qui ne s'est pas encore inscrit.
app-lists = Listes
app-state-PENDING_VALIDATION = En attente de validation
app-state-WAITING = Sans client
app-state-REGISTERED = Inscrits sur l'app
app-state-NOT_REGISTERED = Pas inscrits sur l'app
app-state-REFUSED = Refusées
app-hint-PENDING_VALIDATION = Tant qu'une demande n'est pas validée, elle n'ouvre rien.
app-hint-WAITING = Ces personnes se sont inscrites avec un e-mail qui n'est celui d'aucun client : elles ne voient pas vos contenus.
app-hint-REGISTERED = Le modèle du téléphone apparaît sous l'e-mail.
app-hint-NOT_REGISTERED = Ces clients n'ont pas encore téléchargé l'app.
app-hint-REFUSED = Ces demandes n'ouvrent rien. Une demande refusée peut encore être validée.
app-none-PENDING_VALIDATION = Personne n'attend
app-none-WAITING = Toutes les inscriptions ont leur client
app-none-REGISTERED = Personne n'est encore inscrit
app-none-NOT_REGISTERED = Tous vos clients sont inscrits
app-none-REFUSED = Aucune demande refusée
app-doctor = Serait-ce l'un de vos clients ?
app-unverified = non vérifié
app-reason-SAME_EMAIL = même e-mail
app-reason-SAME_NAME = même nom
app-reason-SAME_LAST_NAME = même nom de famille
app-reason-SAME_PHONE = même téléphone
app-reason-NEAR_EMAIL = e-mail presque égal
app-score = ressemble à { $n } %
app-is-them = C'est cette personne
app-not-ours = Ce n'est pas un client
app-count = { $n ->
    [one] { $n } personne
   *[other] { $n } personnes
 }
app-count-capped = Plus de { $n } personnes
app-validate = Valider
app-refuse = Refuser
app-invite = Inviter
app-resend = Renvoyer l'invitation
app-invited-on = invité { $x }
app-no-email = sans e-mail
app-validate-all = { $n ->
    [one] Valider la demande
   *[other] Valider les { $n } demandes
 }
app-validate-all-title = { $n ->
    [one] Valider { $n } demande ?
   *[other] Valider { $n } demandes ?
 }
app-validate-all-text = Ces personnes entrent dans l'app et voient ce à quoi elles ont droit. Chacune peut encore être refusée ensuite.
told-app-validated = La demande est validée.
told-app-refused = La demande est refusée. Elle peut encore être validée, depuis « Refusées ».
told-app-linked = L'inscription est rattachée à ce client.
told-app-invited = L'invitation est envoyée.
told-app-invited-again = L'invitation est renvoyée, avec un nouveau lien.
told-app-all-validated = Toutes les demandes sont en cours de validation.

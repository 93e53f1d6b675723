# Les abonnements du compte.
set-subscription = Définir l'abonnement
subscription-type = Type d'abonnement
subscription-type-exact = Type exact, par exemple : Annuel
subscription-product = Produit
subscription-state = État
subscription-contacts = Contacts
subscription-period = Période
subscription-payment = Paiement
subscription-recorded = Enregistré
subscription-cancelled = Annulé
subscriptions-count = { $n ->
    [one] { $n } abonnement
   *[other] { $n } abonnements
 }
subscriptions-count-capped = Plus de { $n } abonnements
subscriptions-first = Aucun abonnement pour le moment
subscriptions-first-text = Un abonnement dit quel produit a été acheté, de quand à quand, et pour quels contacts. Il leur ouvre l'accès tant qu'il court.
subscriptions-no-result = Aucun abonnement ne correspond
subscriptions-no-result-text = Retirez un filtre ci-dessus. Le type se cherche en entier, tel que vous l'écrivez.
subscriptions-further = Rien sur cette page : la suite est à la page suivante.
standing-SCHEDULED = À venir
standing-RUNNING = En cours
standing-PAUSED = En pause
standing-CANCELLED = Annulé
standing-ENDED = Terminé
billing-RECURRING = Se renouvelle
billing-ONE_OFF = Acheté une fois
billing-hint-RECURRING = Jusqu'à ce qu'il soit annulé.
billing-hint-ONE_OFF = Pour une période, sans suite.
payment-PAID = Payé
payment-PAST_DUE = En retard
payment-FAILED = Échoué
payment-hint-PAID = Le paiement est en ordre.
payment-hint-PAST_DUE = L'accès reste ouvert pendant les jours de grâce du compte.
payment-hint-FAILED = L'accès automatique se ferme.
payment-none = Rien d'enregistré
payment-since = depuis
period-for-good = sans fin
subscription-nobody = Aucun contact
subscription-nobody-text = Ajoutez les contacts pour qui cet abonnement compte : le produit leur est ouvert tant qu'il court.
subscription-claims = { $n ->
    [one] { $n } réclamation ouverte
   *[other] { $n } réclamations ouvertes
 }
subscription-pause = Mettre en pause
subscription-resume = Reprendre
subscription-renew = Renouveler
subscription-cancel = Annuler l'abonnement
subscription-keep = Garder l'abonnement
subscription-starts = Premier jour
subscription-starts-hint = L'abonnement est terminé : à partir de quand reprend-il ?
subscription-ends = Dernier jour
subscription-ends-hint = Laissez vide pour un abonnement sans fin.
subscription-cancel-title = Annuler l'abonnement « { $x } » ?
subscription-cancel-counts = { $n ->
    [0] Il ne compte pour aucun contact.
    [one] Il compte pour { $n } contact.
   *[other] Il compte pour { $n } contacts.
 }
subscription-cancel-text = Les jours déjà achetés restent ouverts ; il ne se renouvelle plus. Il peut être renouvelé ensuite.
subscription-cancel-text-today = Il n'a pas de fin : il s'arrête ce soir, sauf si vous choisissez un autre jour. Il peut être renouvelé ensuite.
subscription-cancel-on = Dernier jour
subscription-cancel-on-hint = Laissez vide pour la fin de ce qui a été acheté.
stands-now = Enregistré entre-temps :
payment-record = Enregistrer un paiement
payment-state = Où en est le paiement ?
payment-at = Depuis
payment-at-hint = Le fait le plus récent l'emporte, quel que soit l'ordre où vous les enregistrez.
payment-id = Référence du paiement
payment-id-hint = Celle de votre logiciel de paiement. La même, deux fois, compte une fois. Vide : nous en donnons une.
detach = Détacher
detach-of = Détacher { $x } de cet abonnement
told-subscription-paused = L'abonnement est en pause : il n'ouvre plus rien.
told-subscription-resumed = L'abonnement a repris.
told-subscription-renewed = L'abonnement est renouvelé.
told-subscription-cancelled = L'abonnement est annulé.
told-payment-recorded = Le paiement est enregistré.
told-contact-detached = Le contact est détaché de l'abonnement.
told-contact-attached = Le contact est rattaché à l'abonnement.
told-contacts-submitted = Les contacts sont ajoutés.
told-subscription-started = L'abonnement est enregistré.

# Comment des contacts viennent à un abonnement.
add-contact = Ajouter un contact
add-contacts = Ajouter des contacts
add-contacts-step = Ajouter des contacts
by-user = Par l'utilisateur
by-user-text = Cherchez d'abord la personne, par son adresse e-mail. Vous choisirez ensuite le numéro de client et l'abonnement.
submit = Soumettre
step-back = Retour
ways-text = Rien n'est enregistré avant le dernier « Soumettre ».
ways-new = Nouvel abonnement
ways-new-text = Vous dites ce qui est acheté, puis pour quels contacts.
ways-user-text = Vous partez d'une personne, puis vous choisissez le numéro de client et un de ses abonnements.
terms-title = Définir l'abonnement
terms-text = Ce qui est acheté. Les contacts viennent à l'étape suivante.
terms-type-hint = Le nom que vous lui donnez : Annuel, Découverte, Établissement…
terms-billing = Facturation
terms-delivered = Livré : il faut un contact avec une adresse complète.
terms-starts-hint = Vide : aujourd'hui.
terms-ends-hint = Vide : sans fin.
pick-search = Chercher un contact par e-mail ou par nom
pick-legend = Contacts de ce numéro de client
pick-nobody = Ce compte n'a pas encore de contact.
pick-no-result = Aucun contact de ce numéro de client ne correspond à « { $x } ».
pick-attached = Déjà rattaché
pick-more = D'autres contacts suivent : cherchez par e-mail ou par nom.
staged-list = Contacts préparés
staged-new = nouveau
staged-known = du compte
staged-drop-of = Retirer { $x }
staged-fix-of = Modifier { $x }
new-contact = Ajouter un contact
new-contact-text = Cherchez encore une fois avec la même adresse : au-delà de ce numéro de client, seule l'adresse exacte est reconnue.
find-search = Adresse e-mail
find-without = Cette personne n'a pas d'adresse e-mail
find-take = Choisir
find-type = Tapez une adresse e-mail.
find-none = Aucun résultat pour « { $x } » dans ce compte.
find-elsewhere = Déjà contact ailleurs : { $x }, chez { $y }
find-fill = Remplissez tous les champs
find-one-of = Un nom, un prénom ou une société au moins.
find-address = Adresse
find-address-hint = facultative
by-user-title = Numéro de client et abonnement
by-user-ready = { $n ->
    [one] { $n } contact est préparé.
   *[other] { $n } contacts sont préparés.
 }
by-user-number = Numéro de client
by-user-others = Pour un autre numéro de client, changez d'abord de compte : ce qui est préparé ici n'y suit pas.
by-user-subscription = Abonnement du compte
by-user-none = Ce numéro de client n'a pas encore d'abonnement.
by-user-more = Seuls les plus récents sont montrés. Pour un plus ancien, ouvrez-le et ajoutez-y les contacts.
journey-confirm-title = Confirmer les contacts
confirm-nobody = Choisissez ou ajoutez au moins un contact.
confirm-count = { $n ->
    [one] { $n } contact sera rattaché.
   *[other] { $n } contacts seront rattachés.
 }
confirm-new = { $n ->
    [one] { $n } est nouveau.
   *[other] { $n } sont nouveaux.
 }
confirm-mailed = { $n ->
    [one] { $n } recevra un e-mail pour vérifier son adresse.
   *[other] { $n } recevront un e-mail pour vérifier leur adresse.
 }

# La liste des abonnés.
subscribers-what = Les personnes et sociétés chez qui vos abonnements sont livrés.
subscribers-search = Nom, société, e-mail ou ID
subscribers-export = Exporter (Excel)
subscriber-add = Créer un abonné
subscribers-count = { $n ->
    [one] { $n } abonné
   *[other] { $n } abonnés
 }
subscribers-count-capped = Plus de { $n } abonnés
subscribers-first = Aucun abonné pour le moment
subscribers-first-text = Créez un abonné pour pouvoir passer une commande : c'est chez lui que les numéros sont livrés.
subscribers-no-result = Aucun abonné ne correspond à « { $x } »
subscribers-no-result-text = Cherchez le début d'un autre mot, d'un e-mail ou d'un ID.
subscribers-all = Voir tous les abonnés
subscriber-column-name = Abonné
subscriber-column-id = ID
subscriber-column-reach = Coordonnées
subscriber-column-address = Adresse
subscriber-fax = Fax { $x }
subscriber-id = ID { $x }
subscriber-login = Compte administrateur (abonné)
subscriber-login-SUBSCRIBER = Compte abonné
subscriber-login-ADMINISTRATOR = Compte administrateur
address-incomplete = Adresse incomplète

# La fiche de l'abonné.
subscriber-since = enregistré le { $x }
subscriber-deleted = Supprimé
subscriber-contact-sheet = Fiche contact
subscriber-edit = Modifier les informations
subscriber-where = Adresse de livraison
subscriber-nowhere = Aucune livraison aujourd'hui.
address-when-PAST = Passée
address-when-NOW = En vigueur
address-when-LATER = Prévue
address-from-until = du { $x } au { $y }
address-from = à partir du { $x }
address-until = jusqu'au { $x }
address-always = sans limite
address-set = Programmer une adresse
subscriber-link-until = lien valable jusqu'au { $x }
subscriber-send-link = Renvoyer le lien
subscriber-no-subscription = Aucun abonnement.
subscriber-state = État
subscriber-days = Période
subscriber-for-ever = sans fin
subscriber-standing-SCHEDULED = À venir
subscriber-standing-RUNNING = En cours
subscriber-standing-PAUSED = En pause
subscriber-standing-CANCELLED = Résilié
subscriber-standing-ENDED = Terminé
subscriber-no-claim = Aucune réclamation.
subscriber-claim-OPEN = Ouverte
subscriber-claim-ANSWERED = Répondue
subscriber-claim-CLOSED = Fermée
transfers = Transfert au service client
transfers-none = Aucune modification n'a encore été transmise.
transfer-QUEUED = En attente
transfer-SENT = Transmise
transfer-ACKNOWLEDGED = Prise en compte
transfer-FAILED = Échec
transfer-DROPPED = Sans objet

# Créer un abonné, modifier ses informations.
subscriber-form-lead = Ces coordonnées servent à livrer les abonnements : elles doivent être complètes.
star-means = obligatoire
subscriber-who = Abonné
subscriber-name-or-company = Un nom ou une raison sociale suffit.
subscriber-owned = Se modifie dans { $x }.
subscriber-create-login = Créer un compte administrateur (abonné)
subscriber-create-login-hint = La personne consulte ses abonnements et ses réclamations. Elle reçoit un e-mail avec son identifiant et un lien pour choisir son mot de passe ; vous en recevez la confirmation.
subscriber-yes-NONE = NON
subscriber-yes-SUBSCRIBER = OUI, abonné : voit ce qui le concerne
subscriber-yes-ADMINISTRATOR = OUI, administrateur : voit tous vos abonnés
subscriber-create = Créer l'abonné
address-look = Continuer avec ce pays
address-example = Code postal, par exemple : { $x }
stands = Entre-temps, quelqu'un a enregistré : { $x }
stands-empty = Entre-temps, quelqu'un a vidé ce champ.
address-set-lead = Pour des vacances ou un déménagement : l'adresse compte pendant ces jours, puis celle d'avant reprend.
address-first-day = Premier jour
address-last-day = Dernier jour
address-days-hint = Sans premier jour : dès aujourd'hui. Sans dernier jour : pour de bon.
told-subscriber-added = L'abonné est créé.
told-subscriber-edited = Les informations sont modifiées.
told-subscriber-login-opened = Le compte est créé : un e-mail part à l'abonné, et une confirmation à vous.
told-subscriber-login-closed = Le compte est fermé.
told-subscriber-address-set = L'adresse est enregistrée.
told-subscriber-link-sent = Un nouveau lien est envoyé.

# Exporter.
export-what = { $n ->
    [one] Le fichier contient { $n } abonné, en huit colonnes :
   *[other] Le fichier contient { $n } abonnés, en huit colonnes :
 }
export-what-capped = Le fichier contient plus de { $n } abonnés, en huit colonnes :
export-id = Identifiant (ID)
export-company = Raison sociale
export-noted = L'historique note qui a exporté la liste, et quand.
export-confirm = Confirmer que c'est vous
export-csv = CSV
export-xlsx = Télécharger pour Excel

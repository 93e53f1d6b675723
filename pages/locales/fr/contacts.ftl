# La liste des contacts.
contacts-search = Nom, société, e-mail ou ID
contacts-count = { $n ->
    [one] { $n } contact
   *[other] { $n } contacts
 }
contacts-count-capped = Plus de { $n } contacts
contacts-first = Aucun contact pour le moment
contacts-first-text = Les personnes à qui vous donnez accès à vos produits apparaissent ici.
contacts-no-result = Aucun contact ne correspond
contacts-no-result-text = Retirez un filtre ci-dessus, ou cherchez le début d'un autre mot.
filter-mode = Mode d'accès
filter-profile = Profil
filter-kind = Type
filter-email = E-mail
filter-remove = retirer ce filtre
filter-clear = Tout effacer
has-email-YES = Avec e-mail
has-email-NO = Sans e-mail
sort = Trier
sort-name = Par nom
sort-recent = Plus récents d'abord
column-name = Nom
column-accesses = Accès produits
column-profile = Profil
column-recorded = Enregistré
column-action = Action
no-access = Aucun accès
open-sheet = Ouvrir la fiche de { $x }

# La liste des contacts.
contacts-what = Vos clients, et ce qui leur est ouvert.
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
sort-name-desc = Par nom, de Z à A
sort-recent = Plus récents d'abord
sort-oldest = Plus anciens d'abord
columns = Colonnes
column-name = Nom
column-ACCESSES = Accès produits
column-EMAIL = E-mail
column-COMPANY = Société
column-ID = ID
column-PROFILE = Profil
column-STATUS = Statut
column-RECORDED = Enregistré
column-action = Action
no-access = Aucun accès
open-sheet = Ouvrir la fiche de { $x }

# Ajouter, changer, supprimer un contact.
contact-add = Ajouter un client
contact-add-do = Ajouter
contact-edit = Éditer
contact-delete = Supprimer
contact-actions = Actions
contact-actions-of = Actions pour { $x }
contact-of-erp = Sa fiche vient de l'ERP « { $x } » : ce que l'ERP tient se change là-bas.
contact-needs = Un nom, un prénom ou une société suffit.
contact-email-hint = C'est par cette adresse que la personne est reconnue quand elle s'inscrit.
contact-more = Type et ID
kind-hint-PERSON = Reçoit un e-mail pour vérifier son adresse, et peut se connecter.
kind-hint-GROUP = Une adresse partagée : pas de vérification, pas de connexion.
external-id-hint = Son identifiant dans un autre logiciel, s'il en a un.
line1 = Numéro et rue
line2 = Bâtiment, étage
line3 = Lieu-dit, boîte postale
postal-code = Code postal
city = Ville
country = Pays
country-hint = Deux lettres, comme BE ; vide : France.
contact-delete-title = Supprimer { $x } ?
contact-delete-text = La fiche quitte les listes ; son historique reste.
told-added = Le contact est ajouté.
told-changed = La fiche est enregistrée.
told-deleted = Le contact est supprimé.
meanwhile = Changé par quelqu'un d'autre pendant ce temps
meanwhile-now = Maintenant
meanwhile-yours = Chez vous
meanwhile-same = Quelqu'un a changé cette fiche pendant ce temps ; rien n'y contredit ce que vous avez saisi. Enregistrez à nouveau.
meanwhile-untouched = pas touché : la nouvelle valeur est reprise
meanwhile-take-now = { $x } : prendre ce qui est là maintenant, { $y }
meanwhile-take-yours = { $x } : garder votre saisie, { $y }
meanwhile-choose = Choisissez ligne par ligne, puis enregistrez à nouveau.
meanwhile-save = Enregistrer à nouveau remplace ce qui est là maintenant par ce que vous avez saisi.
contact-erased = Les données de cette personne ont été effacées.
contact-erased-on = Les données de cette personne ont été effacées pour toujours le { $x }. Ce qui s'est passé reste, sans dire de qui.
contact-gone = Supprimé le { $x } : la fiche n'est plus dans les listes.

# Les vues gardées.
views = Vos vues
view-keep = Garder cette vue
view-change = Cette vue
view-name = Nom de la vue
view-hint = Filtres, tri et colonnes sont gardés, pour vous seul ; le texte cherché ne l'est pas.
view-rename = Renommer
view-drop = Supprimer la vue
view-taken = Une autre de vos vues porte déjà ce nom.
view-too-many = Vous gardez déjà { $n } vues dans ce compte : supprimez-en une d'abord.
told-view-kept = La vue est gardée.
told-view-renamed = La vue est renommée.
told-view-dropped = La vue est supprimée.

# Exporter ce que la liste montre.
contacts-export = Exporter
contacts-export-what = { $n ->
    [one] Le fichier contient { $n } contact.
   *[other] Le fichier contient { $n } contacts.
 }
contacts-export-what-capped = Le fichier contient plus de { $n } contacts.
contacts-export-narrowed = Comme la liste, restreinte à :
contacts-export-columns = Identifiant, société, nom, prénom, e-mail, téléphone, fax, adresse, type, profil, statut, jour d'enregistrement.

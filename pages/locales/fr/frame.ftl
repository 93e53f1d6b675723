# Le cadre de chaque page.
skip = Aller au contenu
nav = Navigation principale
nav-HOME = Tableau de bord
nav-CONTACTS = Contacts
nav-SUBSCRIBERS = Mes abonnés
nav-PRODUCTS = Produits
nav-SUBSCRIPTIONS = Abonnements
nav-CLAIMS = Réclamations
nav-MEMBERS = Gérer les contacts
nav-IMPORTS = Importer
nav-ERP = ERP
nav-HISTORY = Historique
nav-SETTINGS = Réglages
nav-PORTAL = Mon espace
undo = Annuler cela
account-number = n° { $x }
switch-account = Changer de compte
sign-out = Se déconnecter
other-language = English
search = Chercher
cancel = Annuler
save = Enregistrer
edit = Modifier
remove = Retirer
previous = Précédent
next = Suivant
pages = Pages
open = Ouvert
closed = Fermé
form-errors = Ce n'est pas encore enregistré.

# Dates proches.
date-now = à l'instant
date-minutes-ago = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
 }
date-in-minutes = { $n ->
    [one] dans { $n } minute
   *[other] dans { $n } minutes
 }
date-hours-ago = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
 }
date-in-hours = { $n ->
    [one] dans { $n } heure
   *[other] dans { $n } heures
 }
date-days-ago = { $n ->
    [one] hier
   *[other] il y a { $n } jours
 }
date-in-days = { $n ->
    [one] demain
   *[other] dans { $n } jours
 }

# Choix que plusieurs pages nomment.
profile-CLIENT = Client
profile-CONTACT = Contact
profile-GUEST = Invité
status-PENDING = En attente
status-INVITED = Invitation envoyée
status-DECLINED = Refusée
status-ACTIVE = Active
status-INACTIVE = Inactive
status-EXPIRED = Expirée
status-REVOKED = Retirée
kind-PERSON = Personne
kind-GROUP = Groupe
mode-AUTOMATIC = Automatique
mode-ACTIVATED = Activé
mode-SUSPENDED = Suspendu

# Aller partout, et les touches.
palette = Aller à…
palette-hint = Une page, un nom, une adresse
palette-none = Rien ne correspond à « { $x } ».
palette-rooms = Pages
keys = Raccourcis clavier
keys-palette = Aller partout
keys-search = Chercher dans la liste
keys-rows = Ligne suivante, ligne précédente
close = Fermer
offline = Pas de connexion : rien n'est enregistré. Ce que vous avez saisi reste ici ; réessayez dès que le réseau revient.
not-done = Quelque chose n'a pas marché : rien n'est enregistré. Ce que vous avez saisi reste ici ; réessayez.

# La fiche contact.
sheet-tabs = Onglets de la fiche
tab-overview = Aperçu
tab-accesses = Accès produits
tab-history = Historique
recorded-on = enregistré le { $x }
sheet-as-of = Fiche telle qu'au { $x }.
sheet-now = Revenir à aujourd'hui
email-status-UNVERIFIED = non vérifiée
email-status-VERIFIED = vérifiée
email-status-BOUNCED = ne reçoit pas
last-name = Nom
first-name = Prénom
company = Société
phone = Téléphone
fax = Fax
address = Adresse
external-id = ID
labels = Étiquettes
registration = Inscription sur l'app
registration-NOT_REGISTERED = Pas inscrit sur l'app
registration-PENDING_VALIDATION = En attente de validation
registration-REGISTERED = Inscrit sur l'app
registration-REFUSED = Refusée

# Les accès.
accesses-none = Aucun accès pour le moment
accesses-none-text = Donnez un droit d'accès à un produit : il apparaît ici avec sa date, son mode et ce qu'il ouvre.
grant-title = Donner un nouveau droit d'accès
open-since = depuis le { $x }
opens-on = ouvre le { $x }
column-date = Date
column-access = Accès
column-content = Contenu
reason-OPEN = ouvert
reason-CONTACT_DELETED = contact supprimé
reason-CONTACT_ERASED = données effacées
reason-NOT_ACTIVE_MEMBER = n'est pas un membre actif
reason-AWAITING_VALIDATION = inscription en attente de validation
reason-REGISTRATION_REFUSED = inscription refusée
reason-NOT_GRANTED = aucun droit donné
reason-SUSPENDED = accès suspendu
reason-NO_SUBSCRIPTION = aucun abonnement en cours
reason-NOT_YET_OPEN = pas encore ouvert
opening-FROM_ORDER_DATE = À partir de la date de commande
opening-FULL = Accès complet
opening-ADVANCED = Avancer l'accès
opening-FROM_DATE = À partir d'une date précise
opening-hint-FROM_ORDER_DATE = Les modules s'ouvrent au rythme du produit.
opening-hint-FULL = Tout le contenu tout de suite, modules à venir compris.
opening-hint-ADVANCED = Chaque module s'ouvre plus tôt que prévu.
opening-hint-FROM_DATE = Le rythme du produit commence ce jour-là.
unit-DAYS = jours
unit-MONTHS = mois
unit-YEARS = années
unit-many-DAYS = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
 }
unit-many-MONTHS = { $n } mois
unit-many-YEARS = { $n ->
    [one] { $n } année
   *[other] { $n } années
 }
bar-label = { $x } modules ouverts sur { $y }
bar-now = aujourd'hui
why = Pourquoi ?
gate-CONTACT = Contact
gate-VALIDATION = Validation
gate-MODE = Mode
gate-OPENING = Ouverture
gate-DRIP = Modules
gate-by = { $x }, { $y }
modules = Modules
edit-access-of = Modifier l'accès à { $x }
remove-access-of = Retirer l'accès à { $x }

# Donner un accès.
product = Produit
product-search = Sélectionnez : nom du produit
products-none = Ce compte n'a pas encore de produit.
products-no-result = Aucun produit ne correspond à « { $x } ».
products-more = D'autres produits suivent : cherchez par nom.
already-granted = Déjà donné : modifiez l'accès sur la fiche.
modules-count = { $n ->
    [one] { $n } module
   *[other] { $n } modules
 }
no-order-email = sans e-mail de commande
send-order-email = Envoyer l'email associé au produit
send-order-email-hint = Le contact reçoit l'e-mail de commande du produit.
grant = Donner les droits d'accès
told-granted = L'accès est donné.

# Modifier un accès.
edit-title = Accès à { $x }
access-rights = Droits d'accès
mode-many-AUTOMATIC = Automatiques
mode-many-ACTIVATED = Activés
mode-many-SUSPENDED = Suspendus
mode-hint-AUTOMATIC = Selon l'abonnement : en cours, annulé, impayé.
mode-hint-ACTIVATED = Ouvert pour toujours, quels que soient les paiements.
mode-hint-SUSPENDED = Fermé, quels que soient les paiements.
digital-content = Accès au contenu numérique
advance-by = Avancer de
advance-unit = Unité
date = Date
ordered-on = Date de commande
ordered-on-hint = Laissez vide pour garder celle de l'abonnement ou du droit donné.
told-edited = L'accès est enregistré.

# Retirer un accès.
remove-title = Retirer à { $x } l'accès à { $y } ?
remove-text-open = Ce produit lui est ouvert en ce moment : il se ferme tout de suite.
remove-text-closed = Ce produit lui est fermé en ce moment.
remove-text = L'historique reste, et l'accès peut être donné à nouveau.
remove-do = Retirer l'accès
told-removed = L'accès est retiré.

# L'historique.
as-of = Voir la fiche telle qu'elle était le
as-of-look = Voir
changes = Détail
change-field = Champ
change-before = Avant
change-after = Après
history-more = Actes plus anciens

# Ce que l'enregistrement ouvrira.
preview-after = Après enregistrement
preview-now = Aujourd'hui
preview-then = Ensuite
preview-calendar = Ce qui s'ouvre quand
preview-module = Module
preview-look = Voir ce que cela ouvre

# Autorisations, application.
tab-app = Application
rights-change = Modifier les autorisations
sheet-acts = Derniers actes
app-to-validate = Valider l'inscription
app-mail-asked = e-mail envoyé le { $x }
app-invited = Invitation à l'app
app-invited-until = valable jusqu'au { $x }
app-devices = Appareils
app-no-device = Aucun appareil pour le moment.
app-device = Appareil
app-first-seen = Vu la première fois
app-last-seen = Vu la dernière fois
slide = Jour auquel la fiche est montrée

# Les produits du compte.
product-create = Créer un produit
product-create-text = Ce à quoi vous donnez accès : un cours, une revue, un logiciel. Ses modules et son e-mail de commande viennent ensuite.
product-find = Nom du produit
product-which = Produits montrés
product-offered = Proposés et archivés
product-archived-only = Archivés seulement
product-archived = Archivé
product-delivered = Livré à une adresse
product-count = { $n ->
    [one] { $n } produit
   *[other] { $n } produits
 }
product-count-capped = Plus de { $n } produits
product-first = Aucun produit pour le moment
product-first-text = Un produit est ce à quoi vos contacts ont accès. Il peut s'ouvrir peu à peu, module par module.
product-no-result = Aucun produit ne correspond
product-no-result-text = Cherchez le début d'un autre mot de son nom.
product-none-archived = Aucun produit archivé
product-none-archived-text = Un produit que vous archivez n'est plus proposé ; vous le retrouvez ici.
product-name = Nom
product-rename = Renommer
product-is-delivered = Livré à une adresse
product-is-delivered-hint = Un abonnement demande alors un contact avec une adresse complète.
product-archive = Archiver
product-restore = Restaurer
product-archive-title = Archiver « { $x } » ?
product-archive-text = Vous pourrez le restaurer.
clock = Comment comptent les jours d'attente ?
clock-CALENDAR_DAYS = Jours du calendrier
clock-ENTITLED_DAYS = Jours d'abonnement
clock-hint-CALENDAR_DAYS = Les modules s'ouvrent à leur jour, quoi qu'il arrive entre-temps.
clock-hint-ENTITLED_DAYS = Le compte s'arrête pendant une pause ou un impayé.
clock-text-CALENDAR_DAYS = Les délais comptent en jours du calendrier à partir de la date de commande.
clock-text-ENTITLED_DAYS = Les délais comptent en jours d'abonnement : ils s'arrêtent pendant une pause ou un impayé.
modules-edit = Modifier les modules
modules-none = Aucun module
modules-none-text = Sans module, le produit s'ouvre en entier. Avec des modules, il s'ouvre peu à peu.
modules-again = Recalculer les dates
modules-hint = Ce qui est déjà ouvert pour quelqu'un le reste, quel que soit le nouveau rythme.
module-name = Module
module-opens = S'ouvre
module-days = Jours d'attente
module-today = Commandé aujourd'hui
module-opens-on = ouvre le { $x }
module-after = { $n ->
    [0] tout de suite
    [one] après { $n } jour
   *[other] après { $n } jours
 }
module-up = Monter { $x }
module-down = Descendre { $x }
module-drop = Retirer { $x }
module-add = Ajouter un module
order-email = E-mail de commande
order-email-none = Aucun e-mail de commande
order-email-none-text = Il peut partir quand vous donnez un accès, avec ce qu'il faut pour entrer.
order-email-write = Écrire l'e-mail
order-email-edit = Modifier l'e-mail de commande
order-email-text = Envoyé seulement si « Envoyer l'email associé au produit » est coché en donnant l'accès.
order-email-subject = Objet
order-email-body = Texte
order-email-empty = Videz l'objet et le texte pour retirer l'e-mail.
order-email-variables = Ces mots sont remplacés pour chaque contact :
order-email-preview = Aperçu
order-email-hint = Tel que le reçoit une personne à qui l'accès est donné aujourd'hui.
preview-first-name = Léa
preview-last-name = Fontaine
variable-FIRSTNAME = son prénom
variable-LASTNAME = son nom
variable-PRODUCT = le nom du produit
variable-OPENSON = le jour où il s'ouvre
variable-ACCESSURL = l'adresse pour y entrer
variable-ACCOUNT = le nom de votre compte
told-product-created = Le produit est créé.
told-product-renamed = Le produit est renommé.
told-product-archived = Le produit est archivé.
told-product-restored = Le produit est de nouveau proposé.
told-modules-saved = Les modules sont enregistrés.
told-order-email-saved = L'e-mail de commande est enregistré.

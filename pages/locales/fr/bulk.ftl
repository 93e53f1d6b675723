# Agir sur plusieurs contacts à la fois.
bulk-title = Agir sur plusieurs contacts
bulk-chosen = { $n ->
    [one] { $n } contact choisi
   *[other] { $n } contacts choisis
 }
bulk-text = Rien n'est fait avant la page suivante, qui compte ce que l'acte change.
bulk-what = Que faire ?
bulk-act-GRANT = Donner un accès
bulk-act-ACTIVATE = Activer l'accès
bulk-act-SUSPEND = Suspendre l'accès
bulk-act-DELETE = Supprimer les contacts
bulk-hint-GRANT = Qui l'a déjà le garde tel qu'il est.
bulk-hint-ACTIVATE = Ouvert pour toujours, quels que soient les paiements, à qui a cet accès.
bulk-hint-SUSPEND = Fermé, quels que soient les paiements, à qui a cet accès.
bulk-hint-DELETE = Les fiches quittent les listes.
bulk-product-hint = De quel produit il s'agit, sauf pour supprimer.
bulk-mail-hint = Chaque contact à qui l'accès est donné reçoit l'e-mail de commande du produit.
bulk-look = Voir ce que cela change
bulk-act-missing = Choisissez ce qu'il faut faire.
bulk-product-missing = Choisissez un produit.
bulk-title-GRANT = { $n ->
    [one] Donner l'accès à { $x } à { $n } contact ?
   *[other] Donner l'accès à { $x } à { $n } contacts ?
 }
bulk-title-ACTIVATE = { $n ->
    [one] Activer l'accès à { $x } de { $n } contact ?
   *[other] Activer l'accès à { $x } de { $n } contacts ?
 }
bulk-title-SUSPEND = { $n ->
    [one] Suspendre l'accès à { $x } de { $n } contact ?
   *[other] Suspendre l'accès à { $x } de { $n } contacts ?
 }
bulk-title-DELETE = { $n ->
    [one] Supprimer { $n } contact ?
   *[other] Supprimer { $n } contacts ?
 }
bulk-nobody = Il n'y a rien à changer pour ces contacts.
bulk-mails = { $n ->
    [one] { $n } e-mail de commande part.
   *[other] { $n } e-mails de commande partent.
 }
bulk-no-mail = Aucun e-mail ne part.
bulk-closes = { $n ->
    [0] Cet accès n'est ouvert à aucun d'eux en ce moment.
    [one] Cet accès est ouvert à { $n } d'entre eux en ce moment : il se ferme tout de suite.
   *[other] Cet accès est ouvert à { $n } d'entre eux en ce moment : il se ferme tout de suite.
 }
bulk-activates = L'accès ne dépend plus des paiements.
bulk-closes-products = { $n ->
    [0] Aucun produit ne se ferme.
    [one] { $n } produit ouvert, ou à venir, se ferme.
   *[other] { $n } produits ouverts, ou à venir, se ferment.
 }
bulk-claims-stay = { $n ->
    [one] { $n } réclamation reste ouverte.
   *[other] { $n } réclamations restent ouvertes.
 }
bulk-does = { $n ->
    [one] { $n } contact change
   *[other] { $n } contacts changent
 }
bulk-same = { $n ->
    [one] Pour { $n } contact, c'est déjà ainsi
   *[other] Pour { $n } contacts, c'est déjà ainsi
 }
bulk-cannot = { $n ->
    [one] Pour { $n } contact, cela ne se peut pas
   *[other] Pour { $n } contacts, cela ne se peut pas
 }
bulk-gone = Ce contact n'est plus dans le compte.
bulk-not-granted = Ce contact n'a pas cet accès.
bulk-report = Ce qui a été fait
bulk-done-GRANT = { $n ->
    [0] Aucun accès n'a été donné.
    [one] { $n } accès donné.
   *[other] { $n } accès donnés.
 }
bulk-done-ACTIVATE = { $n ->
    [0] Aucun accès n'a été activé.
    [one] { $n } accès activé.
   *[other] { $n } accès activés.
 }
bulk-done-SUSPEND = { $n ->
    [0] Aucun accès n'a été suspendu.
    [one] { $n } accès suspendu.
   *[other] { $n } accès suspendus.
 }
bulk-done-DELETE = { $n ->
    [0] Aucun contact n'a été supprimé.
    [one] { $n } contact supprimé.
   *[other] { $n } contacts supprimés.
 }
bulk-refused = { $n ->
    [one] { $n } refusé.
   *[other] { $n } refusés.
 }
bulk-why = Pourquoi
bulk-to-list = Revenir à la liste
bulk-too-many = { $n } contacts, c'est trop en une fois
bulk-too-many-text = Un acte porte sur { $n } contacts au plus. Restreignez la liste par un filtre, ou importez un fichier de ces contacts : un import montre ce qu'il fera, avance par lots et se reprend.
bulk-none = Aucun contact n'est choisi
bulk-none-text = Cochez des lignes de la liste, puis recommencez.

# Dans la liste.
pick = Choisir { $x }
pick-column = Choix
pick-page = Choisir toute la page
pick-act = Agir sur les contacts choisis
pick-all = { $n ->
    [one] Sélectionner le { $n } qui correspond
   *[other] Sélectionner les { $n } qui correspondent
 }
pick-narrow = Pour agir sur tous à la fois, restreignez la liste à { $n } contacts au plus.

# Tous ceux qui correspondent, plus nombreux qu'un formulaire.
bulk-all-chosen = { $n ->
    [one] { $n } contact correspond
   *[other] { $n } contacts correspondent
 }
bulk-all-suspends = { $n ->
    [one] { $n } accès ne s'ouvre plus, quels que soient les paiements.
   *[other] { $n } accès ne s'ouvrent plus, quels que soient les paiements.
 }
bulk-all-deletes = { $n ->
    [0] Aucun accès ne se perd avec eux.
    [one] { $n } accès se perd avec eux.
   *[other] { $n } accès se perdent avec eux.
 }
bulk-all-final = Une suppression ne se reprend pas. Qui a un abonnement en cours n'est pas supprimé, et le compte rendu le dit.
bulk-all-without = { $n ->
    [one] { $n } contact n'a pas cet accès et reste tel qu'il est.
   *[other] { $n } contacts n'ont pas cet accès et restent tels qu'ils sont.
 }
bulk-all-pieces = L'acte avance par lots, et continue si vous fermez la page. Qui a changé entre-temps est laissé de côté et nommé.
bulk-all-progress = { $x } sur { $y } : c'est en cours.
bulk-all-undoing = { $x } sur { $y } repris : c'est en cours.
bulk-all-held = Le service est très occupé : la suite part dans quelques secondes.
bulk-all-leave = Vous pouvez fermer cette page : le service continue tout seul, et la liste des contacts ramène ici.
bulk-all-alone = Le service continue tout seul.
bulk-all-go = Continuer
bulk-all-stop = Arrêter là
bulk-all-undo = Reprendre ce qui a été fait
bulk-all-mails-stay = Les e-mails partis ne reviennent pas.
bulk-all-waiting = { $n ->
    [one] { $n } n'a pas été traité.
   *[other] { $n } n'ont pas été traités.
 }
bulk-all-undone = { $n ->
    [one] { $n } a été repris.
   *[other] { $n } ont été repris.
 }
bulk-all-kept = { $n ->
    [one] { $n } n'a pas pu l'être.
   *[other] { $n } n'ont pas pu l'être.
 }
bulk-all-more = Suivants
bulk-all-under-way = Un acte sur plusieurs contacts n'est pas terminé.
bulk-all-doing = En cours

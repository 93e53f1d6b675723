# Le tableau de bord.
home-bare = Rien ne vous est encore ouvert ici
home-bare-text = Demandez au responsable du compte de vous donner une autorisation, ou choisissez un autre compte.
home-first = Bienvenue
home-first-text = Ajoutez vos premiers clients, un par un ou en important un fichier : leurs accès se donnent ensuite sur leur fiche.
home-standing = Ce qui est en place
home-modes = Contacts qui ont un accès de ce mode ; qui en a plusieurs compte dans chacun.
home-waiting = En attente
home-no-claims = Aucune réclamation ouverte.
home-claims = { $n ->
    [one] { $n } réclamation ouverte
   *[other] { $n } réclamations ouvertes
 }
home-pending = { $n ->
    [one] { $n } inscription attend votre validation
   *[other] { $n } inscriptions attendent votre validation
 }
home-no-failed = Tous les envois sont partis.
home-failed = { $n ->
    [one] { $n } envoi a échoué
   *[other] { $n } envois ont échoué
 }
home-erp-failed = La dernière synchronisation avec l'ERP a échoué
home-erp-runs = La synchronisation avec l'ERP est en cours.
home-erp-good = L'ERP est synchronisé : { $x }.
home-erp-never = L'ERP est connecté, et rien n'a encore été synchronisé.
home-erp-next = Prochaine synchronisation { $x }
home-lately = Derniers actes
home-all = Tout l'historique
home-week = Ce qui s'ouvre d'ici une semaine
home-week-none = Rien ne s'ouvre ces sept prochains jours.
home-today = Aujourd'hui
home-week-contacts = { $n ->
    [one] pour { $n } contact
   *[other] pour { $n } contacts
 }
home-week-others = { $n ->
    [one] et { $n } autre ouverture
   *[other] et { $n } autres ouvertures
 }
home-week-more = Il y en a d'autres : ouvrez l'historique pour chercher par produit et par jour.
home-week-made = Calculé { $x }.
home-week-soon = Le calcul est en cours.
home-week-again = Actualiser
home-activity = Activité
home-activity-total = { $n ->
    [0] Rien ne s'est passé ces quatre semaines.
    [one] { $n } acte en quatre semaines.
   *[other] { $n } actes en quatre semaines.
 }
home-activity-part = Les plus anciens ne sont pas comptés.
home-activity-table = Les mêmes chiffres en tableau
home-acts = Actes

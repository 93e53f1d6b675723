# Ce que voit un abonné, ou un administrateur.
complain = Réclamer
complain-about = Réclamation sur { $x }
complain-issue = Numéro
complain-whole = Tout l'abonnement
complain-due = { $x }, attendu le { $y }
complain-look = Remplir pour ce numéro
complain-where = Il devait arriver à cette adresse :
complain-text = Ce qui ne va pas
complain-send = Envoyer la réclamation
told-complained = La réclamation est envoyée.
told-complaint-settled = La réclamation est fermée.
portal-current = Abonnements en cours
portal-none = Aucun abonnement en cours
portal-none-text = Vos abonnements auprès de { $x } apparaissent ici.
portal-until = jusqu'au { $x }
portal-over = { $n ->
    [one] { $n } abonnement terminé
   *[other] { $n } abonnements terminés
 }
portal-claims = Réclamations
portal-no-claim = Aucune réclamation ouverte.
portal-closed = { $n ->
    [one] { $n } réclamation fermée
   *[other] { $n } réclamations fermées
 }
portal-settle = C'est réglé, fermer
portal-move = Pour changer d'adresse, adressez-vous à { $x }.
portal-subscribers = Abonnés de { $x }

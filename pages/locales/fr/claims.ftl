# Les réclamations.
claim = Réclamation
claim-state = État
claim-on = Abonnement concerné
claim-changed = Changée
claim-status-OPEN = Ouverte
claim-status-ANSWERED = Répondue
claim-status-CLOSED = Fermée
claims-all = Toutes
claims-many-OPEN = Ouvertes
claims-many-ANSWERED = Répondues
claims-many-CLOSED = Fermées
claims-count = { $n ->
    [one] { $n } réclamation
   *[other] { $n } réclamations
 }
claims-count-capped = Plus de { $n } réclamations
claims-first = Aucune réclamation
claims-first-text = Quand un numéro n'arrive pas ou que quelque chose ne va pas, la réclamation s'ouvre sur la fiche du contact et se suit ici.
claims-none = Aucune réclamation dans cet état
claims-see-all = Voir toutes les réclamations
claim-close = Fermer la réclamation
claim-answer = Répondre
claim-answer-text = Votre réponse
claim-answer-hint = La réclamation passe à « Répondue ».
claim-reopen = Rouvrir
claim-reopen-text = Pourquoi la rouvrir ?
claim-closed-by-mistake = Fermée par erreur.
claim-step-OPENED = a ouvert la réclamation
claim-step-ANSWERED = a répondu
claim-step-CLOSED = a fermé la réclamation
claim-step-REOPENED = a rouvert la réclamation
claim-open = Ouvrir une réclamation
claim-no-subscription = Ce contact n'a pas d'abonnement : une réclamation porte sur un abonnement.
claim-issue = Numéro attendu
claim-issue-none = Aucun numéro en particulier
claim-issue-due = { $x }, attendu le { $y }
claim-address = Il devait arriver à cette adresse :
claim-text = Ce qui ne va pas
claim-fill = Préremplir
person-subscriptions-none = Aucun abonnement
person-subscriptions-none-text = Les abonnements qui comptent pour ce contact apparaissent ici.
person-claims-none-text = Ce contact n'a rien signalé.
told-claim-opened = La réclamation est ouverte.
told-claim-answered = La réponse est enregistrée.
told-claim-closed = La réclamation est fermée.
told-claim-reopened = La réclamation est rouverte.

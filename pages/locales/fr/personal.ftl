# Ce qui est conservé d'une personne : le remettre, l'effacer.
personal = Données personnelles
personal-hand-out = Remettre à la personne ce qui est conservé d'elle
personal-hand-out-text = Sa fiche, ses adresses, accès, abonnements, réclamations, connexions, et tout son historique. La remise est notée dans l'historique.
personal-read = Document à lire et à imprimer
personal-take = Fichier JSON
personal-erase = Effacer la personne
personal-erase-text = Ses données deviennent illisibles partout, à toutes les dates, et rien ne les ramène. L'historique garde ce qui s'est passé, sans dire de qui.
personal-erase-do = Effacer pour toujours
personal-erased-text = Les données de cette personne ont été effacées. Ce qui s'est passé reste dans l'historique, sous un pseudonyme.
erase-title = Effacer { $x } pour toujours ?
erase-text = Nom, adresses, téléphone et messages ne pourront plus être lus par personne. Cela ne se défait pas.
told-erased = Les données de la personne ont été effacées.
receipt = Reçu de l'effacement
receipt-erased = Effacée
receipt-checked = Vérifié
receipt-values = Valeurs recherchées
receipt-shared = { $n ->
    [one] dont { $n } que quelqu'un d'autre a aussi, et qui ne prouve rien
   *[other] dont { $n } que d'autres ont aussi, et qui ne prouvent rien
}
receipt-places = Où l'on a cherché
receipt-place = Endroit
receipt-looked = Examiné
receipt-found = Trouvé
receipt-out-of-reach = Hors d'atteinte du service, à vérifier par qui l'exploite :
receipt-none-yet = Le service nettoie encore les fichiers de sa base, puis il y cherche ce qui aurait pu rester : quelques secondes, une heure au plus.
receipt-verdict-CLEAN = Rien n'est resté.
receipt-verdict-NO_KEY_NO_ROW = Ni clé ni ligne n'est restée.
receipt-verdict-FOUND = Quelque chose est resté.
receipt-says-CLEAN = Chaque valeur a été recherchée partout, et aucune n'a été trouvée.
receipt-says-NO_KEY_NO_ROW = Le service avait redémarré avant de chercher : les valeurs n'étaient plus là pour être comparées.
receipt-says-FOUND = Le tableau dit où ; prévenez qui exploite le service.
look-again = Regarder à nouveau
